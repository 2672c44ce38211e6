package toll

import (
	"strings"

	"bompass/shared/fault"
	"bompass/shared/text"
)

// LabelMax is the maximum length of a cost centre and of a customer's reference of a vehicle in characters.
const LabelMax = 50

// Label returns a cost centre or a reference as it is stored, or the fault of the field that has it.
func Label(written, field string) (string, error) {
	label := strings.TrimSpace(written)
	if !text.HasAtMost(label, LabelMax) || !text.IsLine(label) || strings.ContainsAny(label, "<>") {
		return "", fault.New(fault.FieldWrong).At(field)
	}
	return label, nil
}
