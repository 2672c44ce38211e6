package invoice

// Form is a form of a document as a file.
type Form string

// The forms.
const (
	FormPDF      Form = "pdf"          // for people, with sums
	FormDetailed Form = "pdf.detailed" // for people, with every line
	FormEHF      Form = "ehf"          // for the accounting system of a business
)

// Places reports whether files of a form say where vehicles have been.
func (f Form) Places() bool { return f != FormPDF }

// Ending returns the ending of the names of files of a form.
func (f Form) Ending() string {
	if f == FormEHF {
		return ".xml"
	}
	return ".pdf"
}

// MediaType returns the media type of files of a form.
func (f Form) MediaType() string {
	if f == FormEHF {
		return "application/xml"
	}
	return "application/pdf"
}
