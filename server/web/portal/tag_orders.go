package portal

import (
	"cmp"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/fleet"
	"bompass/server/web/kit"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/oslo"
	"bompass/shared/role"
	"bompass/shared/site"
	"bompass/shared/toll"
)

// orderAddressPath takes the corrected address of an order.
const orderAddressPath = site.TagOrders + "/address"

func (h *Handlers) mountTagOrders(app *fiber.App) {
	app.Get(site.TagOrders, h.SignedIn(mayChange(h.ordersPage), site.TagOrders))
	app.Post(site.TagOrders, h.SignedIn(mayChange(h.placeOrder)))
	app.Post(orderAddressPath, h.SignedIn(mayChange(h.correctAddress)))
}

// mayChange returns a handler that refuses actors who may not change anything of the customer they act for.
func mayChange(handle kit.SignedInHandler) kit.SignedInHandler {
	return func(c *fiber.Ctx, actor access.Principal, p *kit.Page) error {
		if !actor.Role.May(role.Change) {
			return fault.New(fault.Refused)
		}
		return handle(c, actor, p)
	}
}

// orderStep is a state of an order: when it came to it, empty if it has not.
type orderStep struct {
	Text    string
	Current bool
}

// orderView is an order on the page.
type orderView struct {
	ID             int64
	Title, Address string
	Steps          []orderStep
	Note           string // what to do now
	Open           bool   // its address can be corrected
	Wrong          string // what is wrong with the corrected address
}

// ordersView is the content of the page of orders.
type ordersView struct {
	kit.FormPage
	Orders  []orderView
	Placed  bool // an order has just been placed
	Saved   bool // an address has just been corrected
	Correct string
}

// newOrdersView returns the page with the form of a new order. It has no form if no vehicle is on an agreement.
func (h *Handlers) newOrdersView(c *fiber.Ctx, actor access.Principal, p *kit.Page) (*ordersView, error) {
	v := &ordersView{FormPage: kit.FormPage{Page: *p}, Correct: orderAddressPath}
	v.Title = v.T("tagorder.title")
	reply, err := h.Fleet.Fleet(c.UserContext(), actor)
	if err != nil {
		return nil, err
	}
	list, err := h.Fleet.Orders(c.UserContext(), actor)
	if err != nil {
		return nil, err
	}
	for _, o := range list {
		v.Orders = append(v.Orders, viewOrder(&v.Page, o))
	}
	profile, err := h.Person.Profile(c.UserContext(), actor)
	if err != nil {
		return nil, err
	}
	v.Form = orderForm(&v.Page, reply, addressLine(profile.Details))
	return v, nil
}

// addressLine returns a postal address on one line, empty if there is none.
func addressLine(d api.Details) string {
	var parts []string
	for _, part := range []string{d.Street, strings.TrimSpace(d.PostalCode + " " + d.City), d.Country} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

// orderForm asks for which vehicle what is ordered, and where to send it.
func orderForm(p *kit.Page, reply api.FleetReply, address string) *kit.Form {
	vehicles := []kit.Option{{Text: p.T("tagorder.choose")}}
	for _, l := range reply.Lines {
		if l.Vehicle == "" {
			continue
		}
		text := p.T("change.vehicle.bare", "plate", l.Plate.String())
		if l.Tag != "" {
			text = p.T("change.vehicle.tagged", "plate", l.Plate.String(), "tag", string(l.Tag))
		}
		vehicles = append(vehicles, kit.Option{Value: string(l.Vehicle), Text: text})
	}
	return &kit.Form{
		Title: p.T("tagorder.title"), Lead: p.T("tagorder.lead"), Action: site.TagOrders, Submit: p.T("tagorder.submit"),
		Fields: []kit.Field{
			{Name: "car", Label: p.T("tagorder.vehicle"), Options: vehicles},
			{Name: "item", Label: p.T("tagorder.item"), Hint: p.T("tagorder.item.hint"), Options: []kit.Option{
				{Text: p.T("tagorder.choose")},
				{Value: string(toll.ItemTag), Text: p.T("tagorder.item.tag")},
				{Value: string(toll.ItemHolder), Text: p.T("tagorder.item.holder")},
			}},
			{Name: "address", Label: p.T("tagorder.address"), Hint: p.T("tagorder.address.hint"), Value: address, Complete: "off"},
		},
	}
}

// viewOrder returns an order as the page shows it.
func viewOrder(p *kit.Page, o fleet.Order) orderView {
	status := o.Status()
	v := orderView{
		ID: o.ID, Title: orderTitle(p, o), Address: o.Address, Open: !status.Reached(toll.OrderSent),
	}
	for _, s := range toll.OrderStatuses() {
		step := orderStep{Text: orderStatus(p, s), Current: s == status}
		if at := o.Reached(s); !at.IsZero() {
			step.Text = p.T("tagorder.reached", "status", step.Text, "at", p.Day(oslo.DayOf(at)))
		}
		v.Steps = append(v.Steps, step)
	}
	if !v.Open {
		v.Note = orderNote(p, o)
	}
	return v
}

// orderTitle says what is ordered for which vehicle.
func orderTitle(p *kit.Page, o fleet.Order) string {
	plate := o.Plate.String()
	switch o.Item {
	case toll.ItemHolder:
		return p.T("tagorder.of.holder", "plate", plate)
	case toll.ItemReplacement:
		return p.T("tagorder.of.replacement", "plate", plate)
	case toll.ItemTag:
	}
	return p.T("tagorder.of.tag", "plate", plate)
}

// orderStatus names a state of an order.
func orderStatus(p *kit.Page, s toll.OrderStatus) string {
	switch s {
	case toll.OrderPacked:
		return p.T("tagorder.status.packed")
	case toll.OrderSent:
		return p.T("tagorder.status.sent")
	case toll.OrderDelivered:
		return p.T("tagorder.status.delivered")
	case toll.OrderPlaced:
	}
	return p.T("tagorder.status.ordered")
}

// orderNote says what to do with what was sent.
func orderNote(p *kit.Page, o fleet.Order) string {
	switch o.Item {
	case toll.ItemReplacement:
		return p.T("tagorder.note.replacement", "tag", string(o.Tag), "plate", o.Plate.String())
	case toll.ItemTag:
		return p.T("tagorder.note.tag", "tag", string(o.Tag), "plate", o.Plate.String())
	case toll.ItemHolder:
	}
	return p.T("tagorder.note.holder")
}

// ordersPage shows the orders and the form of a new one. The address of the page may name the vehicle and what is ordered.
func (h *Handlers) ordersPage(c *fiber.Ctx, actor access.Principal, p *kit.Page) error {
	v, err := h.newOrdersView(c, actor, p)
	if err != nil {
		return err
	}
	v.Form.Fields[0].Value, v.Form.Fields[1].Value = c.Query("vehicle"), c.Query("item")
	v.Placed, v.Saved = c.Query("done") == "placed", c.Query("done") == "saved"
	v.Self = site.TagOrders
	return h.Send(c, fiber.StatusOK, "orders", v)
}

// placeOrder places an order.
func (h *Handlers) placeOrder(c *fiber.Ctx, actor access.Principal, p *kit.Page) error {
	err := h.Fleet.Place(c.UserContext(), actor, toll.VehicleID(c.FormValue("car")), c.FormValue("item"), c.FormValue("address"), c.FormValue("terms") != "")
	if err == nil {
		return c.Redirect(ordersAddress("placed"), fiber.StatusSeeOther)
	}
	v, failed := h.newOrdersView(c, actor, p)
	if failed != nil {
		return failed
	}
	known, _ := h.Explain(c, err)
	if wrong := known.About("terms"); wrong != nil {
		v.AddFailure("terms", v.Fault(wrong))
	}
	return h.SendFormErrorOn(c, v, v.Form, "orders", err)
}

// ordersAddress returns the address of the page after something was done.
func ordersAddress(done string) string { return site.With(site.TagOrders, url.Values{"done": {done}}) }

// correctAddress corrects the address of an order.
func (h *Handlers) correctAddress(c *fiber.Ctx, actor access.Principal, p *kit.Page) error {
	order, err := strconv.ParseInt(c.FormValue("order"), 10, 64)
	if err != nil {
		return fault.New(fault.NotFound)
	}
	err = h.Fleet.CorrectAddress(c.UserContext(), actor, order, c.FormValue("address"))
	if err == nil {
		return c.Redirect(ordersAddress("saved"), fiber.StatusSeeOther)
	}
	known, status := h.Explain(c, err)
	if known.Code != fault.FieldMissing && known.Code != fault.FieldWrong && known.Code != fault.ChangedMeanwhile {
		return err
	}
	v, failed := h.newOrdersView(c, actor, p)
	if failed != nil {
		return failed
	}
	for i := range v.Orders {
		if o := &v.Orders[i]; o.ID == order {
			o.Wrong = v.Fault(cmp.Or(known.About("address"), &known))
			v.AddFailure("order-"+strconv.FormatInt(order, 10), o.Wrong)
		}
	}
	v.Self = site.TagOrders
	return h.Send(c, status, "orders", v)
}
