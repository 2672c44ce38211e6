package vegvesen_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"bompass/server/partner/register"
	"bompass/server/partner/register/sim"
	"bompass/server/partner/register/suite"
	"bompass/server/partner/register/vegvesen"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

const key = "a-key-of-ours"

// vehicles have every Euro class from 4 to 6 and none, since the class decides the price of heavy vehicles.
func vehicles() map[toll.Plate]register.Vehicle {
	return map[toll.Plate]register.Vehicle{
		toll.NewPlate("NO", "DP 45821"): {Make: "VOLKSWAGEN", Model: "GOLF", Since: "2017", LengthMM: 4270, Facts: toll.Facts{Category: "M1", WeightKG: 1900, Fuel: toll.FuelPetrol, Euro: 6}},
		toll.NewPlate("NO", "EK 31204"): {Make: "TESLA", Model: "MODEL 3", Since: "2021", LengthMM: 4694, Facts: toll.Facts{Category: "M1", WeightKG: 2300, Fuel: toll.FuelElectric}},
		toll.NewPlate("NO", "RK 20877"): {Make: "TOYOTA", Model: "PRIUS", Since: "2019", Facts: toll.Facts{Category: "M1", WeightKG: 1750, Fuel: toll.FuelPetrol, PlugIn: true, Euro: 5}},
		toll.NewPlate("NO", "VJ 40110"): {Make: "SCANIA", Model: "R450", Since: "2020", Facts: toll.Facts{Category: "N3", WeightKG: 26000, Fuel: toll.FuelDiesel, Euro: 4}},
	}
}

func open(t *testing.T, key string) (*vegvesen.Source, *sim.Register) {
	t.Helper()
	r := sim.New("a-key-of-ours", vehicles())
	web := httptest.NewServer(r)
	t.Cleanup(web.Close)
	s, err := vegvesen.New(vegvesen.Config{Address: web.URL + "/", Key: key})
	if err != nil {
		t.Fatal(err)
	}
	return s, r
}

func answer(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }
}

func TestAdapterPassesTheSuite(t *testing.T) {
	suite.Run(t, func(t *testing.T) suite.Register {
		t.Helper()
		s, r := open(t, key)
		wrong, _ := open(t, "another")
		return suite.Register{
			Source: s, WrongKey: wrong, Known: vehicles(), Unknown: toll.NewPlate("NO", "ZZ 99999"), Foreign: toll.NewPlate("DE", "M AB 1234"),
			Requests: r.Requests, Break: r.Break, Malformed: map[string]http.HandlerFunc{
				"a vehicle without a category": func(w http.ResponseWriter, req *http.Request) {
					answer(`{"kjoretoydataListe":[{"kjoretoyId":{"kjennemerke":"`+req.URL.Query().Get("kjennemerke")+`"}}]}`)(w, req)
				},
			},
		}
	})
}

func TestAnotherPlateInTheAnswerIsNotFound(t *testing.T) {
	s, r := open(t, key)
	r.Break(answer(`{"kjoretoydataListe":[{"kjoretoyId":{"kjennemerke":"EK 31204"}}]}`))
	if _, err := s.Vehicle(t.Context(), toll.NewPlate("NO", "DP 45821")); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("got %v", err)
	}
}

// The register writes Euro classes in several forms.
func TestEuroClassesAreParsed(t *testing.T) {
	s, r := open(t, key)
	for name, want := range map[string]int{
		"Euro 6d": 6, "EURO VI": 6, "Euro V": 5, "euro 5": 5, "Euro-4": 4, "EURO IV": 4, "Euro III": 3, "Euro 2": 2, "EURO I": 1, "Euro": 0, "": 0, "ukjent": 0,
	} {
		r.Break(answer(`{"kjoretoydataListe":[{"kjoretoyId":{"kjennemerke":"DP 45821"},"godkjenning":{"tekniskGodkjenning":{
			"kjoretoyklassifisering":{"tekniskKode":{"kodeVerdi":"N3"}},"tekniskeData":{"miljodata":{"euroKlasse":{"kodeNavn":"` + name + `"}}}}}}]}`))
		v, err := s.Vehicle(t.Context(), toll.NewPlate("NO", "DP 45821"))
		if err != nil || v.Facts.Euro != want {
			t.Errorf("%q: got %d, %v, want %d", name, v.Facts.Euro, err, want)
		}
	}
}

func TestConfigurationIsChecked(t *testing.T) {
	for _, c := range []vegvesen.Config{
		{}, {Address: "http://register.example", Key: key}, {Address: "https://register.example"}, {Address: "https://", Key: key}, {Address: "https://:443", Key: key},
	} {
		if _, err := vegvesen.New(c); err == nil {
			t.Errorf("%+v is accepted", c)
		}
	}
	_, err := register.Unconfigured{Variable: "BOMPASS_VEHICLES_URL"}.Vehicle(t.Context(), toll.Plate{})
	if fault.CodeOf(err) != fault.PartnerUnset {
		t.Errorf("unset: got %v", err)
	}
}
