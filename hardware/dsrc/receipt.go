package dsrc

import "bompass/hardware/per"

// ReceiptAuthenticator authenticates a receipt.
type ReceiptAuthenticator struct{ Octets }

// ReceiptData1 is the first of the tag's two receipts.
type ReceiptData1 struct{ ReceiptData }

// ReceiptData2 is the second receipt; the roadside overwrites the older of the two.
type ReceiptData2 struct{ ReceiptData }

// ReceiptData is the receipt of one passage, written into the tag by the roadside.
type ReceiptData struct {
	Time          DateAndTime `json:"sessionTime"`
	Charger       Provider    `json:"sessionServiceProvider"`
	Station       int         `json:"locationOfStation"`
	Ascending     bool        `json:"ascendingKilometrage"`
	Lane          int         `json:"laneCodeNumber"`
	Type          int         `json:"sessionType"`
	Result        int         `json:"sessionResult"`
	TariffClass   int         `json:"sessionTariffClass"`
	ClaimedClass  int         `json:"sessionClaimedClass"`
	Fee           int         `json:"sessionFeeAmount"`
	FeeUnit       Octets2     `json:"sessionFeeUnit"`
	Issuer        Provider    `json:"sessionContractProvider"`
	Contract      Octets2     `json:"sessionTypeOfContract"`
	Version       int         `json:"sessionContextVersion"`
	Authenticator Octets4     `json:"receiptDataAuthenticator"`
}

func (ReceiptAuthenticator) alternative() int { return inReceiptAuthenticator }
func (ReceiptData1) alternative() int         { return inReceiptData1 }
func (ReceiptData2) alternative() int         { return inReceiptData2 }

func (v ReceiptData) write(w *per.Writer) {
	w.Enter("sessionTime")
	v.Time.write(w)
	w.Leave()
	v.Charger.writeAs(w, "sessionServiceProvider")
	w.Int("locationOfStation", v.Station, 0, 1<<16-1)
	w.Bool(v.Ascending)
	w.Int("laneCodeNumber", v.Lane, 0, 127)
	w.Int("sessionType", v.Type, 0, 255)
	w.Int("sessionResult", v.Result, 0, 255)
	w.Int("sessionTariffClass", v.TariffClass, 0, 255)
	w.Int("sessionClaimedClass", v.ClaimedClass, 0, 255)
	w.Int("sessionFeeAmount", v.Fee, 0, 1<<16-1)
	w.Fixed(v.FeeUnit[:])
	v.Issuer.writeAs(w, "sessionContractProvider")
	w.Fixed(v.Contract[:])
	w.Root("sessionContextVersion", v.Version, 127)
	w.Fixed(v.Authenticator[:])
}

func readReceiptData(r *per.Reader) (v ReceiptData) {
	r.Enter("sessionTime")
	v.Time = readDateAndTime(r)
	r.Leave()
	v.Charger = readProviderAs(r, "sessionServiceProvider")
	v.Station = r.Int("locationOfStation", 0, 1<<16-1)
	v.Ascending = r.Bool("ascendingKilometrage")
	v.Lane = r.Int("laneCodeNumber", 0, 127)
	v.Type = r.Int("sessionType", 0, 255)
	v.Result = r.Int("sessionResult", 0, 255)
	v.TariffClass = r.Int("sessionTariffClass", 0, 255)
	v.ClaimedClass = r.Int("sessionClaimedClass", 0, 255)
	v.Fee = r.Int("sessionFeeAmount", 0, 1<<16-1)
	v.FeeUnit = readOctets2(r, "sessionFeeUnit")
	v.Issuer = readProviderAs(r, "sessionContractProvider")
	v.Contract = readOctets2(r, "sessionTypeOfContract")
	v.Version = r.Root("sessionContextVersion", 127)
	copy(v.Authenticator[:], r.Fixed("receiptDataAuthenticator", len(v.Authenticator)))
	return v
}
