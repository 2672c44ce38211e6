package i18n

// Countries returns the codes of the countries that people choose from, Norway and its neighbours first, the others
// by code. Their names have the keys "country.<code>". Customer service handles vehicles and addresses of all other
// countries.
func Countries() []string {
	return []string{
		"NO", "SE", "DK", "FI", "IS", "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "EE", "ES", "FR", "GB", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
		"MT", "NL", "PL", "PT", "RO", "SI", "SK", "UA",
	}
}
