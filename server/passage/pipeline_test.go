package passage_test

import (
	"testing"
	"time"

	"bompass/shared/api"
	"bompass/shared/fixture"
	"bompass/shared/oslo"
)

var november = oslo.Date(2025, time.November, 1)

func TestABatchSentTwiceChargesOnce(t *testing.T) {
	r := newRig(t, (november + 25).Start())
	body := ndjson(fixture.Passages(november, november+20)...)
	for range 2 {
		reply := r.send(body)
		if want := (api.BatchReply{Accepted: 0}); reply.Accepted == want.Accepted || reply.RefusedN != 0 {
			t.Fatalf("got %+v", reply)
		}
		r.settle()
	}
	list, err := r.store.Audit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != len(fixture.Passages(november, november+20)) {
		t.Errorf("got %d passages", len(list))
	}
	for _, a := range list {
		if a.Revisions != 1 {
			t.Errorf("got %+v", a)
		}
	}
	t.Logf("%+v", list[:3])
}
