package config

import "strings"

// Texts has the settings of the operator of text messages.
type Texts struct {
	// BOMPASS_SMS_URL: address of the operator's OneAPI; empty: the mailbox in development, disabled in production
	URL      string
	Sender   string // BOMPASS_SMS_SENDER: the sending number
	Name     string // BOMPASS_SMS_NAME: sender name that telephones show
	User     string // BOMPASS_SMS_USER
	Password Secret // BOMPASS_SMS_PASSWORD
	Token    string // BOMPASS_SMS_TOKEN_URL: endpoint for an OAuth token; empty: basic authentication
	Factor   bool   // BOMPASS_SMS_FACTOR: codes by text message are allowed as a second factor beside another

	Countries []string // BOMPASS_SMS_COUNTRIES: calling codes without a limit of the country; empty: Europe
	Others    int      // BOMPASS_SMS_OTHERS: text messages a day to each other country
}

// othersPerDay is the default of Texts.Others.
const othersPerDay = 20

// texts reads the settings of text messages. They are complete or absent: single settings without the operator's
// address are most likely a mistake.
func (r *reader) texts(mode Mode) Texts {
	const name = "BOMPASS_SMS"
	t := Texts{
		URL:    r.link(name+"_URL", "https://api.operator.example/smsmessaging/v1", "https", "http"),
		Sender: r.text(name+"_SENDER", ""),
		Name:   r.text(name+"_NAME", "Bompass"), User: r.text(name+"_USER", ""),
		Password: Secret(r.text(name+"_PASSWORD", "")),
		Token:    r.link(name+"_TOKEN_URL", "https://api.operator.example/oauth/v3/token", "https", "http"),
		Factor:   r.boolean(name + "_FACTOR"),

		Countries: r.callingCodes(name + "_COUNTRIES"),
		Others:    r.number(name+"_OTHERS", othersPerDay, 0, 100_000),
	}
	if t.URL == "" {
		if t.Sender+t.User+string(t.Password)+t.Token != "" && r.getenv(name+"_URL") == "" {
			r.addProblem(name+"_URL", "",
				"the operator's address is missing; write one such as https://api.operator.example/smsmessaging/v1")
		}
		if t.Factor && mode == Production {
			r.addProblem(name+"_FACTOR", "on",
				"production has no operator of text messages that could carry a code; set "+name+
					"_URL, or leave it out")
		}
		return t
	}
	// With an operator, the other settings are required.
	r.require(name+"_SENDER", t.Sender, "write our number at the operator, such as +4759440000")
	r.require(name+"_USER", t.User, "write the name that the operator gave you")
	r.require(name+"_PASSWORD", string(t.Password), "write the password that the operator gave you")
	if mode == Production {
		r.requireHTTPS(name+"_URL", t.URL)
		r.requireHTTPS(name+"_TOKEN_URL", t.Token)
	}
	return t
}

// callingCodes reads a list of calling codes of countries, such as 47,46,45.
func (r *reader) callingCodes(name string) (list []string) {
	value := r.text(name, "")
	for part := range strings.FieldsFuncSeq(value, func(c rune) bool { return c == ',' || c == ' ' }) {
		code := strings.TrimPrefix(part, "+")
		if code == "" || len(code) > 3 || strings.Trim(code, "0123456789") != "" {
			r.addProblem(name, value, "write calling codes with commas, such as 47,46,45")
			return nil
		}
		list = append(list, code)
	}
	return list
}

// requireHTTPS adds a problem if an address has plain http, over which passwords would be readable.
func (r *reader) requireHTTPS(name, address string) {
	if strings.HasPrefix(address, "http://") {
		r.addProblem(name, "http://…", "production is safe only over https; write the operator's https address")
	}
}

// boolean reads a switch, which is off by default.
func (r *reader) boolean(name string) bool {
	switch value := r.text(name, "off"); value {
	case "on":
		return true
	case "off":
	default:
		r.addProblem(name, value, "write on or off")
	}
	return false
}
