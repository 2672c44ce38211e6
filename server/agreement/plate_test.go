package agreement_test

import (
	"testing"

	"bompass/shared/api"
	"bompass/shared/fixture"
)

// A plate that the register does not have, and that is a usual mistake for one that it has, leads to the question which
// was meant. Each question of the register counts.
func TestMistypedPlateIsAskedAbout(t *testing.T) {
	r, per := open(t), actor("Per Dahl")
	r.answer(per, api.StepCountry, api.AgreementAnswers{Country: "NO"})
	for _, written := range []string{"BT 9O214", "BT90241"} {
		reply := r.answer(per, api.StepPlate, api.AgreementAnswers{Country: "NO", Plate: written})
		if reply.Found != nil || reply.Meant == nil || *reply.Meant != fixture.LivPlate {
			t.Errorf("%s: meant %v", written, reply.Meant)
		}
	}
	for _, written := range []string{"B T 9 0 2 1 4", "ＢＴ９０２１４"} {
		if reply := r.answer(per, api.StepPlate, api.AgreementAnswers{Country: "NO", Plate: written}); reply.Found == nil || reply.Meant != nil {
			t.Errorf("%s: %+v", written, reply)
		}
	}
	olav := actor("Olav Haugen")
	r.answer(olav, api.StepCountry, api.AgreementAnswers{Country: "NO"})
	if reply := r.answer(olav, api.StepPlate, api.AgreementAnswers{Country: "NO", Plate: "RABIES"}); reply.Meant != nil {
		t.Errorf("a personal plate: meant %v", reply.Meant)
	}
}
