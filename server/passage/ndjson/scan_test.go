package ndjson_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bompass/server/passage/ndjson"
	"bompass/shared/toll"
)

// The fast parser never reads a line differently from encoding/json.
func FuzzScanAgreesWithEncodingJSON(f *testing.F) {
	for _, line := range []string{
		`{"station":"oslo-301","lane":1,"epoch":2,"sequence":3,"at":"2025-11-01T07:00:00Z","direction":"in","tag":"9578","country":"NO","plate":"DP45821"}`,
		`{"station":"a","at":"2025-11-01T07:00:00.123456+01:00"}`, `{"lane":01}`, `{"lane":1,"lane":2}`, `{"Station":"a"}`, `{"lane":-1}`, `{"lane":1e3}`,
		`{"station":"\u0041"}`, `{}`, `{"station":null}`, ` {"lane":1} `, `{"lane":1}x`, `{"other":1}`, `{"at":"2025-11-01T7:00:00Z"}`, `{"sequence":9223372036854775808}`,
	} {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		fast, ok := ndjson.ScanForTest(line)
		if !ok {
			return
		}
		var slow toll.Observation
		if err := json.Unmarshal(line, &slow); err != nil {
			t.Fatalf("%s: the fast parser accepts what encoding/json refuses: %v", line, err)
		}
		if diff := cmp.Diff(slow, fast); diff != "" {
			t.Errorf("%s: %s", line, diff)
		}
	})
}
