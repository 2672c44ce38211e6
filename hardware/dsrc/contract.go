package dsrc

import "bompass/hardware/per"

// Provider is a toll charger or issuer: a country and a number within it.
type Provider struct {
	Country Country `json:"countryCode"`
	Issuer  int     `json:"providerIdentifier"`
}

// ContextMark is the EFC context mark: issuer, type and version of a contract. Compare contracts by the six
// octets (Mark), not by the fields, because later profiles divide the last octet differently.
type ContextMark struct {
	Provider Provider `json:"contractProvider"`
	Contract Octets2  `json:"typeOfContract"`
	Version  int      `json:"contextVersion"`
}

// ContractSerialNumber is the issuer's number of the contract.
type ContractSerialNumber uint32

// ContractAuthenticator authenticates the contract's data.
type ContractAuthenticator struct{ Octets }

// PaymentMeans holds the PAN, the tag's number outside the radio, with its expiry date.
type PaymentMeans struct {
	PAN    PAN         `json:"personalAccountNumber"`
	Expiry DateCompact `json:"paymentMeansExpiryDate"`
	Usage  Octets2     `json:"paymentMeansUsageControl"`
}

// PaymentBalance is a signed 24-bit amount in payment units.
type PaymentBalance int32

// PaymentUnit is a currency in BCD with a leading scale digit: 2578 is Norwegian øre.
type PaymentUnit struct{ Octets2 }

// PaymentSecurityData is issuer-specific.
type PaymentSecurityData struct{ Octets }

// ValidityOfContract is the validity of a contract in place and time.
type ValidityOfContract struct {
	Restrictions Octets2     `json:"issuerRestrictions"`
	Expiry       DateCompact `json:"contractExpiryDate"`
}

func (ContextMark) alternative() int           { return inContextMark }
func (ContractSerialNumber) alternative() int  { return inContractSerialNumber }
func (ContractAuthenticator) alternative() int { return inContractAuthenticator }
func (PaymentMeans) alternative() int          { return inPaymentMeans }
func (PaymentBalance) alternative() int        { return inPaymentBalance }
func (PaymentUnit) alternative() int           { return inPaymentUnit }
func (PaymentSecurityData) alternative() int   { return inPaymentSecurityData }
func (ValidityOfContract) alternative() int    { return inValidity }

func writeContract(w *per.Writer, v Value) bool {
	switch v := v.(type) {
	case ContextMark:
		v.write(w)
	case ContractSerialNumber:
		w.Bits(uint64(v), 32)
	case ContractAuthenticator:
		w.Octets("", v.Octets)
	case PaymentMeans:
		v.write(w)
	case PaymentBalance:
		v.write(w)
	case PaymentUnit:
		w.Fixed(v.Octets2[:])
	case PaymentSecurityData:
		w.Octets("", v.Octets)
	case ValidityOfContract:
		w.Fixed(v.Restrictions[:])
		v.Expiry.writeAs(w, "contractExpiryDate")
	case ReceiptAuthenticator:
		w.Octets("", v.Octets)
	case ReceiptData1:
		v.write(w)
	case ReceiptData2:
		v.write(w)
	default:
		return false
	}
	return true
}

func readContract(r *per.Reader, alternative int) Value {
	switch alternative {
	case inContextMark:
		return readContextMark(r)
	case inContractSerialNumber:
		return ContractSerialNumber(r.Bits("", 32))
	case inContractAuthenticator:
		return ContractAuthenticator{r.Octets("")}
	case inPaymentMeans:
		return readPaymentMeans(r)
	case inPaymentBalance:
		return readPaymentBalance(r)
	case inPaymentUnit:
		return PaymentUnit{readOctets2(r, "")}
	case inPaymentSecurityData:
		return PaymentSecurityData{r.Octets("")}
	case inValidity:
		return ValidityOfContract{Restrictions: readOctets2(r, "issuerRestrictions"), Expiry: readDateAs(r, "contractExpiryDate")}
	case inReceiptAuthenticator:
		return ReceiptAuthenticator{r.Octets("")}
	case inReceiptData1:
		return ReceiptData1{readReceiptData(r)}
	case inReceiptData2:
		return ReceiptData2{readReceiptData(r)}
	}
	r.Unknown("", alternative)
	return nil
}

func (v Provider) write(w *per.Writer) {
	w.Int("countryCode", int(v.Country), 0, countryMax)
	w.Int("providerIdentifier", v.Issuer, 0, 1<<14-1)
}

func (v Provider) writeAs(w *per.Writer, field string) {
	w.Enter(field)
	v.write(w)
	w.Leave()
}

func readProvider(r *per.Reader) (v Provider) {
	v.Country = Country(r.Int("countryCode", 0, countryMax))
	v.Issuer = r.Int("providerIdentifier", 0, 1<<14-1)
	return v
}

func readProviderAs(r *per.Reader, field string) Provider {
	r.Enter(field)
	v := readProvider(r)
	r.Leave()
	return v
}

func (v ContextMark) write(w *per.Writer) {
	v.Provider.writeAs(w, "contractProvider")
	w.Fixed(v.Contract[:])
	w.Root("contextVersion", v.Version, 127)
}

func readContextMark(r *per.Reader) (v ContextMark) {
	v.Provider = readProviderAs(r, "contractProvider")
	v.Contract = readOctets2(r, "typeOfContract")
	v.Version = r.Root("contextVersion", 127)
	return v
}

func (v PaymentMeans) write(w *per.Writer) {
	w.Fixed(v.PAN[:])
	v.Expiry.writeAs(w, "paymentMeansExpiryDate")
	w.Fixed(v.Usage[:])
}

func readPaymentMeans(r *per.Reader) (v PaymentMeans) {
	copy(v.PAN[:], r.Fixed("personalAccountNumber", len(v.PAN)))
	v.Expiry = readDateAs(r, "paymentMeansExpiryDate")
	v.Usage = readOctets2(r, "paymentMeansUsageControl")
	return v
}

// balanceBits is the number of bits of a balance.
const balanceBits = 24

// The bit of the choice between positive and negative and the 23 bits of the amount together are 24-bit
// two's complement.
func (v PaymentBalance) write(w *per.Writer) {
	w.Signed("", int(v), balanceBits)
}

func readPaymentBalance(r *per.Reader) PaymentBalance {
	return PaymentBalance(r.Signed("", balanceBits))
}
