package toll

import (
	"slices"
	"strings"

	"bompass/shared/fault"
	"bompass/shared/text"
)

// OrderItem is what an order of the tag shop is for.
type OrderItem string

// The items.
const (
	ItemTag         OrderItem = "tag"         // for a vehicle without one
	ItemReplacement OrderItem = "replacement" // takes the place of the vehicle's tag when it is delivered
	ItemHolder      OrderItem = "holder"      // for the windscreen
)

// OrderStatus is how far an order is.
type OrderStatus string

// The states of an order.
const (
	OrderPlaced    OrderStatus = "ordered"
	OrderPacked    OrderStatus = "packed"
	OrderSent      OrderStatus = "sent"
	OrderDelivered OrderStatus = "delivered"
)

// OrderStatuses lists the states that an order passes, in their order.
func OrderStatuses() []OrderStatus {
	return []OrderStatus{OrderPlaced, OrderPacked, OrderSent, OrderDelivered}
}

// Reached reports whether an order in this state has come as far as another one.
func (s OrderStatus) Reached(other OrderStatus) bool {
	return slices.Index(OrderStatuses(), s) >= slices.Index(OrderStatuses(), other)
}

// addressLineMax is the maximum length of a postal address on one line in characters.
const addressLineMax = 200

// AddressLine returns a postal address on one line as it is stored, or a fault of the field address.
func AddressLine(written string) (string, error) {
	address := strings.TrimSpace(written)
	switch {
	case address == "":
		return "", fault.New(fault.FieldMissing).At("address")
	case !text.HasAtMost(address, addressLineMax) || !text.IsLine(address) || strings.ContainsAny(address, "<>"):
		return "", fault.New(fault.FieldWrong).At("address")
	}
	return address, nil
}
