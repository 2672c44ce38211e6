package sim

import (
	"encoding/binary"

	"bompass/hardware/dsrc"
)

// answer returns the tag's answer, nil if it is silent: before a BST, after a release, and to messages that need no
// answer.
func (t *Tag) answer(request dsrc.PDU) dsrc.PDU {
	if bst, ok := request.(dsrc.BST); ok {
		return t.onBST(bst)
	}
	// No session with a beacon.
	if !t.open {
		return nil
	}
	switch p := request.(type) {
	case dsrc.GetRequest:
		return t.onGet(p)
	case dsrc.ActionRequest:
		return t.onAction(p)
	case dsrc.SetRequest:
		return t.onSet(p)
	case dsrc.EventReportRequest:
		if p.Type == dsrc.EventRelease {
			t.open, t.served = false, t.beacon
			if t.Released != nil {
				t.Released()
			}
		}
	}
	return nil
}

// onBST answers the BST unless the same beacon has just released the tag.
func (t *Tag) onBST(bst dsrc.BST) dsrc.PDU {
	if bst.RSU == t.served {
		return nil
	}
	t.open, t.beacon = true, bst.RSU
	t.called++
	binary.BigEndian.PutUint32(t.random[:], t.called*0x9E3779B1^binary.BigEndian.Uint32(t.Number[4:]))
	own := dsrc.TollParameter{Mark: t.Mark, Access: t.Access, KeyRef: t.KeyRef, Random: t.random}
	var list []dsrc.Application
	for _, c := range t.Others {
		list = append(list, application(c.AID, c.EID, dsrc.TollParameter{Mark: c.Mark}))
	}
	return dsrc.VST{
		Applications: append(list, application(dsrc.AIDToll, tollEID, own)),
		OBE:          dsrc.ObeConfiguration{EquipmentClass: 1, Manufacturer: 2, Status: dsrc.Some(int(t.Status))},
	}
}

func application(aid, eid int, p dsrc.TollParameter) dsrc.Application {
	return dsrc.Application{
		AID: aid, EID: dsrc.Some(eid), Parameter: dsrc.Container{Value: dsrc.OctetString{Octets: p.Octets()}},
	}
}

// mayAnswer reports whether a request has the right element and credentials.
func (t *Tag) mayAnswer(eid int, credentials dsrc.Octets) bool {
	if t.Refuses || eid != tollEID {
		return false
	}
	return !t.Access || t.Keys != nil && t.Keys.CheckCredentials(t.KeyRef, t.random, credentials)
}

// onGet answers a GET. If an attribute does not exist, the others are returned with an error.
func (t *Tag) onGet(p dsrc.GetRequest) dsrc.PDU {
	if !t.mayAnswer(p.EID, p.Credentials) {
		return dsrc.GetResponse{EID: p.EID, Return: dsrc.Some(dsrc.AccessDenied)}
	}
	list, complete := t.attributes(p.Attributes)
	response := dsrc.GetResponse{EID: p.EID, Attributes: list}
	if !complete {
		response.Return = dsrc.Some(dsrc.ArgumentError)
	}
	return response
}

// attributes returns the requested attributes that the tag has, and whether it has all.
func (t *Tag) attributes(wanted []int) (list []dsrc.Attribute, complete bool) {
	for _, id := range wanted {
		if value := t.attribute(id); value != nil {
			list = append(list, dsrc.Attribute{ID: id, Value: dsrc.Container{Value: value}})
		}
	}
	return list, len(list) == len(wanted)
}

// attribute returns the value of an attribute (EN ISO 14906), nil if the tag does not have it.
func (t *Tag) attribute(id int) dsrc.Value {
	switch id {
	case dsrc.AttrPaymentMeans:
		return dsrc.PaymentMeans{PAN: t.Number, Expiry: t.Expiry}
	case dsrc.AttrEquipmentOBUId:
		return dsrc.EquipmentOBUId{Octets: t.OBU}
	case dsrc.AttrLicencePlate:
		text, _ := dsrc.Latin1(t.Plate.Text)
		return dsrc.LicencePlate{Country: dsrc.CountryOf(t.Plate.Country), Number: text}
	case dsrc.AttrVehicleClass:
		return dsrc.VehicleClass(t.Class)
	case dsrc.AttrEquipmentStatus:
		return dsrc.EquipmentStatus(t.Status)
	case dsrc.AttrReceiptData1:
		return dsrc.ReceiptData1{ReceiptData: t.Receipts[0]}
	case dsrc.AttrReceiptData2:
		return dsrc.ReceiptData2{ReceiptData: t.Receipts[1]}
	}
	return nil
}

// onSet stores receipts and refuses every other attribute.
func (t *Tag) onSet(p dsrc.SetRequest) dsrc.PDU {
	status := dsrc.NoError
	if !t.mayAnswer(p.EID, p.Credentials) {
		status = dsrc.AccessDenied
	}
	for _, a := range p.Attributes {
		if status != dsrc.NoError {
			break
		}
		switch v := a.Value.Value.(type) {
		case dsrc.ReceiptData1:
			t.Receipts[0] = v.ReceiptData
		case dsrc.ReceiptData2:
			t.Receipts[1] = v.ReceiptData
		default:
			status = dsrc.AccessDenied
		}
	}
	if !p.Confirm {
		return nil
	}
	response := dsrc.SetResponse{EID: p.EID}
	if status != dsrc.NoError {
		response.Return = dsrc.Some(status)
	}
	return response
}

// onAction answers an ACTION.
func (t *Tag) onAction(p dsrc.ActionRequest) dsrc.PDU {
	if !p.Confirm {
		return nil
	}
	response := dsrc.ActionResponse{EID: p.EID}
	switch p.Type {
	case dsrc.SetMMI:
	case dsrc.Echo:
		response.Parameter = p.Parameter
	case dsrc.GetStamped:
		return t.onGetStamped(p)
	default:
		response.Return = dsrc.Some(dsrc.ArgumentError)
	}
	return response
}

// onGetStamped answers GET_STAMPED: the attributes with an authenticator over them and the beacon's nonce.
func (t *Tag) onGetStamped(p dsrc.ActionRequest) dsrc.PDU {
	refused := func(s dsrc.Status) dsrc.PDU { return dsrc.ActionResponse{EID: p.EID, Return: dsrc.Some(s)} }
	if !t.mayAnswer(p.EID, p.Credentials) {
		return refused(dsrc.AccessDenied)
	}
	want, ok := p.Parameter.Value.(dsrc.GetStampedRequest)
	list, complete := t.attributes(want.Attributes)
	if !ok || !complete || t.Keys == nil {
		return refused(dsrc.ArgumentError)
	}
	octets, err := dsrc.AppendAttributes(nil, list)
	if err != nil {
		return refused(dsrc.ProcessingFailure)
	}
	signed, err := t.Keys.Sign(want.KeyRef, octets, want.Nonce)
	if err != nil {
		return refused(dsrc.ArgumentError)
	}
	return dsrc.ActionResponse{EID: p.EID, Parameter: dsrc.Container{Value: dsrc.GetStampedResponse{
		Attributes: list, Authenticator: signed[:],
	}}}
}
