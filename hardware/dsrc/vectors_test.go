package dsrc_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bompass/hardware/dsrc"
	"bompass/hardware/per"
)

type vector struct {
	Name  string          `json:"name"`
	Type  string          `json:"type"`
	Value json.RawMessage `json:"value"`
	Hex   string          `json:"hex"`
	Why   string          `json:"why"`
}

func vectors(tb testing.TB) (good, rejects []vector) {
	tb.Helper()
	text, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		tb.Fatal(err)
	}
	var file struct {
		Vectors []vector `json:"vectors"`
		Rejects []vector `json:"rejects"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		tb.Fatal(err)
	}
	return file.Vectors, file.Rejects
}

func octets(tb testing.TB, text string) []byte {
	tb.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// extended reports whether a vector uses an extension, which is rejected by name.
func extended(v vector) bool { return strings.HasSuffix(v.Name, "-ext") }

func TestVectorsDecode(t *testing.T) {
	good, _ := vectors(t)
	for _, v := range good {
		if extended(v) {
			continue
		}
		got, err := dsrc.DecodeType(v.Type, octets(t, v.Hex))
		if err != nil {
			t.Errorf("%s: %v", v.Name, err)
			continue
		}
		if diff := cmp.Diff(plain(t, v.Value), plain(t, got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", v.Name, diff)
		}
	}
}

func plain(t *testing.T, notation []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(notation, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestVectorsEncode(t *testing.T) {
	good, _ := vectors(t)
	for _, v := range good {
		if extended(v) {
			continue
		}
		got, err := dsrc.EncodeType(v.Type, v.Value)
		if text := strings.ToUpper(hex.EncodeToString(got)); err != nil || text != v.Hex {
			t.Errorf("%s: got %s %v, want %s", v.Name, text, err, v.Hex)
		}
	}
}

// An error names its field.
func TestRefusals(t *testing.T) {
	fields := map[string]struct {
		field  string
		reason per.Reason
	}{
		"unknown-pdu-15":               {"TApdu", per.Unknown},
		"bst-cut-in-time":              {"initialisationRequest.time", per.Short},
		"vst-cut-in-parameter":         {"initialisationResponse.applications[0].parameter.octetstring", per.Short},
		"get-response-list-count-lies": {"getResponse.attributelist", per.Short},
		"date-month-13":                {"month", per.Range},
		"date-month-15":                {"month", per.Range},
		"time-minute-60":               {"mins", per.Range},
		"time-double-second-31":        {"doubleSecs", per.Range},
		"lpn-alphabet-33":              {"alphabetIndicator", per.Range},
		"cop-9":                        {"copValue", per.Range},
		"payment-means-short":          {"paymentMeansUsageControl", per.Short},
		"bst-aid-ext":                  {"initialisationRequest.mandApplications[0].aid", per.Extended},
		"get-request-attr-ext":         {"getRequest.attrIdList[0]", per.Extended},
	}
	good, rejects := vectors(t)
	for _, v := range append(rejects, good...) {
		if v.Why == "" && !extended(v) {
			continue
		}
		_, err := dsrc.DecodeType(v.Type, octets(t, v.Hex))
		refused, ok := errors.AsType[*per.Error](err)
		want := fields[v.Name]
		if !ok || refused.Field != want.field || refused.Reason != want.reason {
			t.Errorf("%s (%s): got %v, want field %s", v.Name, v.Why, err, want.field)
		}
	}
}

// Encoding rejects a value out of range.
func TestEncodeRejectsOutOfRangeValues(t *testing.T) {
	for _, c := range []struct{ notation, want string }{
		{`{"getRequest":{"fill":"b0","eid":2,"attrIdList":[200]}}`, "getRequest.attrIdList[0]: 200 is outside 0..127"},
		{`{"getRequest":{"fill":"b0","eid":128}}`, "getRequest.eid: 128 is outside 0..127"},
		{`{"initialisationRequest":{"rsu":{"manufacturerid":1,"individualid":134217728},"mandApplications":[],"profileList":[]}}`, "initialisationRequest.rsu.individualid: 134217728 is outside 0..134217727"},
		{`{"setRequest":{"fill":"b0","attrList":[{"attributeId":32,"attributeValue":{"paymeans":{"paymentMeansExpiryDate":{"year":2031,"month":13,"day":1}}}}]}}`, "setRequest.attrList[0].attributeValue.paymeans.paymentMeansExpiryDate.month: 13 is outside 0..12"},
		{`{"setRequest":{"fill":"b0","attrList":[{"attributeId":1}]}}`, "setRequest.attrList[0].attributeValue: alternative -1 is not known"},
		{`{"actionRequest":{"mode":true,"actionParameter":{"setmmirq":256}}}`, "actionRequest.actionParameter.setmmirq: 256 is outside 0..255"},
	} {
		if _, err := dsrc.EncodeType("TApdu", []byte(c.notation)); err == nil || err.Error() != c.want {
			t.Errorf("%s: got %v, want %s", c.notation, err, c.want)
		}
	}
	for _, notation := range []string{`{}`, `{"getRequest":{},"getResponse":{}}`, `{"nonsense":{}}`, `{"getRequest":{"nonsense":1}}`, `null`} {
		if b, err := dsrc.EncodeType("TApdu", []byte(notation)); err == nil {
			t.Errorf("%s: got %X, want an error", notation, b)
		}
	}
}

func TestFragment(t *testing.T) {
	b, err := dsrc.AppendFragment(nil, 2)
	if err != nil || b[0] != 0x91 {
		t.Errorf("got %X %v, want 91", b, err)
	}
	for text, want := range map[string]string{
		"": "fragmentation: 8 bits wanted, 0 left", "11": "fragmentation.lastFragment: 0 is outside 1..1",
		"89": "fragmentation.pduNumber: 1 is outside 2..15", "92": "fragmentation.fragmentCounter: 2 is outside 1..1",
	} {
		if _, _, err := dsrc.CutFragment(octets(t, text)); err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
	if number, apdu, err := dsrc.CutFragment(octets(t, "F9200000")); number != 15 || len(apdu) != 3 || err != nil {
		t.Errorf("got %d %X %v", number, apdu, err)
	}
}

func TestCountry(t *testing.T) {
	for code, want := range map[string]dsrc.Country{"NO": 0b0011000011, "FR": 0xB28 >> 2, "BR": 0x9A8 >> 2, "no": 0, "": 0} {
		if got := dsrc.CountryOf(code); got != want {
			t.Errorf("%s: got %010b, want %010b", code, got, want)
		}
		if want != 0 && want.Code() != code {
			t.Errorf("%010b: got %s, want %s", want, want.Code(), code)
		}
	}
}
