package vegvesen_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bompass/server/partner/register"
	"bompass/server/partner/register/sim"
	"bompass/server/partner/register/vegvesen"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

const key = "a-key-of-ours"

func vehicles() map[toll.Plate]register.Vehicle {
	return map[toll.Plate]register.Vehicle{
		toll.NewPlate("NO", "DP 45821"): {Make: "VOLKSWAGEN", Model: "GOLF", Since: "2017", LengthMM: 4270, Facts: toll.Facts{Category: "M1", WeightKG: 1900, Fuel: toll.FuelPetrol, Euro: 6}},
		toll.NewPlate("NO", "EK 31204"): {Make: "TESLA", Model: "MODEL 3", Since: "2021", LengthMM: 4694, Facts: toll.Facts{Category: "M1", WeightKG: 2300, Fuel: toll.FuelElectric}},
		toll.NewPlate("NO", "RK 20877"): {Make: "TOYOTA", Model: "PRIUS", Since: "2019", Facts: toll.Facts{Category: "M1", WeightKG: 1750, Fuel: toll.FuelPetrol, PlugIn: true, Euro: 6}},
		toll.NewPlate("NO", "VJ 40110"): {Make: "SCANIA", Model: "R450", Since: "2020", Facts: toll.Facts{Category: "N3", WeightKG: 26000, Fuel: toll.FuelDiesel, Euro: 6}},
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

// S2.32: the register tells what decides the price, and nothing of an owner.
func TestItReadsWhatTheRegisterTells(t *testing.T) {
	s, _ := open(t, key)
	for plate, want := range vehicles() {
		got, err := s.Vehicle(t.Context(), plate)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", plate, err, diff)
		}
	}
}

func TestAPlateThatNobodyKnowsIsNotFound(t *testing.T) {
	s, r := open(t, key)
	if _, err := s.Vehicle(t.Context(), toll.NewPlate("NO", "ZZ 99999")); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("unknown: got %v", err)
	}
	before := r.Asked()
	if _, err := s.Vehicle(t.Context(), toll.NewPlate("DE", "M AB 1234")); fault.CodeOf(err) != fault.NotFound || r.Asked() != before {
		t.Errorf("foreign: got %v after %d questions", err, r.Asked()-before)
	}
}

func TestARegisterThatFailsIsNoAnswer(t *testing.T) {
	golf := toll.NewPlate("NO", "DP 45821")
	for name, h := range map[string]http.HandlerFunc{
		"an error": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"no JSON":  func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) },
		"elsewhere": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://elsewhere.invalid", http.StatusFound)
		},
		"endless": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(strings.Repeat(" ", 2<<20))) },
		"no category": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"kjoretoydataListe":[{"kjoretoyId":{"kjennemerke":"DP45821"}}]}`))
		},
	} {
		s, r := open(t, key)
		r.Break(h)
		if _, err := s.Vehicle(t.Context(), golf); fault.CodeOf(err) != fault.PartnerDown {
			t.Errorf("%s: got %v", name, err)
		}
	}
	s, _ := open(t, "another")
	if _, err := s.Vehicle(t.Context(), golf); fault.CodeOf(err) != fault.PartnerDown {
		t.Errorf("another key: got %v", err)
	}
	s, r := open(t, key)
	r.Break(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"kjoretoydataListe":[{"kjoretoyId":{"kjennemerke":"EK 31204"}}]}`))
	})
	if _, err := s.Vehicle(t.Context(), golf); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("somebody else's vehicle: got %v", err)
	}
}

func TestNobodyIsConfiguredUnsafely(t *testing.T) {
	for _, c := range []vegvesen.Config{{}, {Address: "http://register.example", Key: key}, {Address: "https://register.example"}} {
		if _, err := vegvesen.New(c); err == nil {
			t.Errorf("%+v is taken", c)
		}
	}
	_, err := register.Unconfigured{Variable: "BOMPASS_VEHICLES_URL"}.Vehicle(t.Context(), toll.Plate{})
	if fault.CodeOf(err) != fault.PartnerUnset {
		t.Errorf("unset: got %v", err)
	}
}
