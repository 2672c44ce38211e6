package dsrc_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"bompass/hardware/dsrc"
)

// Decoding into a used struct leaves nothing of its earlier content.
func TestDecodeOverwritesReusedStruct(t *testing.T) {
	good, rejects := vectors(t)
	var vst dsrc.VST
	var got dsrc.GetResponse
	for _, v := range append(good, rejects...) {
		if v.Type != "TApdu" {
			continue
		}
		in := octets(t, v.Hex)
		want, failed := dsrc.Decode(in)
		switch errVST, errGot := vst.Decode(in), got.Decode(in); want := want.(type) {
		case dsrc.VST:
			if diff := cmp.Diff(want, vst); diff != "" || errVST != nil || errGot == nil {
				t.Errorf("%s: %v %v (-want +got):\n%s", v.Name, errVST, errGot, diff)
			}
		case dsrc.GetResponse:
			if diff := cmp.Diff(want, got); diff != "" || errGot != nil || errVST == nil {
				t.Errorf("%s: %v %v (-want +got):\n%s", v.Name, errVST, errGot, diff)
			}
		default:
			if errVST == nil || errGot == nil {
				t.Errorf("%s (%v): taken for a VST %v, for a GET response %v", v.Name, failed, errVST, errGot)
			}
		}
	}
}

func TestDecodingAllocatesAtMostOneValue(t *testing.T) {
	var vst dsrc.VST
	var got dsrc.GetResponse
	call, response := answer(t, "vst-level0"), answer(t, "get-response-payment-means")
	if n := testing.AllocsPerRun(100, func() { _ = vst.Decode(call) }); n > 1 {
		t.Errorf("VST: %v allocations", n)
	}
	if n := testing.AllocsPerRun(100, func() { _ = got.Decode(response) }); n > 1 {
		t.Errorf("GET response: %v allocations", n)
	}
}
