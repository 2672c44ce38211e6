package main

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"bompass/hardware/dsrc"
)

// annotate appends the meaning of a code to a value.
func annotate(path, value string) string {
	if value == "" {
		return ""
	}
	// The last component of the path is the field's name in the standard.
	field := path[strings.LastIndexByte(path, '.')+1:]
	number, _ := strconv.Atoi(value)
	note := ""
	switch field {
	case "time":
		note = time.Unix(int64(number), 0).UTC().Format(time.DateTime)
	case "countryCode":
		bits, _ := strconv.ParseUint(strings.TrimPrefix(value, "b"), 2, 16)
		note = dsrc.Country(bits).Code()
	case "personalAccountNumber":
		note = "number " + strings.TrimSuffix(value, "F")
	case "licencePlateNumber":
		octets, _ := hex.DecodeString(value)
		note = dsrc.Octets(octets).Text()
	case "ret", "returnStatus":
		note = nameAt(number, "no error", "access denied", "argument error", "complexity limited", "processing failure", "processing", "chaining error")
	case "setmmirq":
		note = map[int]string{0: "ok", 1: "not ok", 2: "contact operator", 255: "silent"}[number]
	case "aid":
		note = map[int]string{1: "toll collection", 20: "compliance check", 21: "localisation", 29: "private"}[number]
	case "attributeId":
		note = attributes[number]
	}
	// Elements of the list are numbers of attributes, without a name of their own.
	if strings.HasPrefix(field, "attrIdList[") {
		note = attributes[number]
	}
	if note == "" {
		return value
	}
	return fmt.Sprintf("%s  (%s)", value, note)
}

func nameAt(i int, names ...string) string {
	if i < 0 || i >= len(names) {
		return ""
	}
	return names[i]
}

var attributes = map[int]string{
	0: "EFC-ContextMark", 1: "ContractSerialNumber", 4: "ContractAuthenticator", 16: "VehicleLicencePlateNumber", 17: "VehicleClass",
	18: "VehicleDimensions", 19: "VehicleAxles", 20: "VehicleWeightLimits", 22: "VehicleSpecificCharacteristics",
	23: "VehicleAuthenticator", 24: "EquipmentOBUId", 26: "EquipmentStatus", 32: "PaymentMeans", 33: "ReceiptData1", 34: "ReceiptData2",
}
