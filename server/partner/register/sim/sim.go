// Package sim is a simulator of the vehicle register: the look-up of Statens vegvesen over HTTP, for development and
// tests.
package sim

import (
	"encoding/json"
	"net/http"
	"strconv"
	"sync"
	"time"

	"bompass/server/partner/register"
	"bompass/shared/toll"
)

// Register is the simulated register.
type Register struct {
	key      string
	vehicles map[toll.Plate]register.Vehicle

	now     func() time.Time // nil without the plates that are answered in another way
	started time.Time

	mu       sync.Mutex
	broken   http.HandlerFunc
	requests int
}

// New returns a register that answers requests with the key.
func New(key string, vehicles map[toll.Plate]register.Vehicle) *Register {
	return &Register{key: key, vehicles: vehicles}
}

// WithStates makes the register answer SlowPlate, DownPlate and NewPlate as their names say, by a clock.
func (s *Register) WithStates(now func() time.Time) *Register {
	s.now, s.started = now, now()
	return s
}

// slowFor is longer than a look-up waits.
const slowFor = 15 * time.Second

// unusual answers a look-up of one of the plates that are answered in another way, and reports whether it did.
func (s *Register) unusual(w http.ResponseWriter, r *http.Request, plate toll.Plate) bool {
	if s.now == nil {
		return false
	}
	switch plate {
	case toll.NewPlate("NO", SlowPlate):
		select {
		case <-time.After(slowFor):
		case <-r.Context().Done():
		}
		w.WriteHeader(http.StatusGatewayTimeout)
	case toll.NewPlate("NO", DownPlate):
		w.WriteHeader(http.StatusServiceUnavailable)
	case toll.NewPlate("NO", NewPlate):
		if s.now().Sub(s.started) >= 24*time.Hour {
			return false
		}
		w.WriteHeader(http.StatusNoContent)
	default:
		return false
	}
	return true
}

// Break answers every request with a handler; nil repairs the register.
func (s *Register) Break(h http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = h
}

// Requests returns the number of requests.
func (s *Register) Requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

// ServeHTTP answers a look-up.
func (s *Register) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.requests++
	broken := s.broken
	s.mu.Unlock()
	switch {
	case broken != nil:
		broken(w, r)
	case r.Method != http.MethodGet || r.URL.Path != "/enkeltoppslag/kjoretoydata":
		http.NotFound(w, r)
	case r.Header.Get("Svv-Authorization") != "Apikey "+s.key:
		w.WriteHeader(http.StatusForbidden)
	default:
		plate := toll.NewPlate("NO", r.URL.Query().Get("kjennemerke"))
		if s.unusual(w, r, plate) {
			return
		}
		v, known := s.vehicles[plate]
		if !known {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"kjoretoydataListe": []any{item(plate, v)}}) // the client may have disconnected
	}
}

type object = map[string]any

// item returns the fields of a vehicle that the adapter reads, in the register's form.
func item(plate toll.Plate, v register.Vehicle) object {
	hybrid := "INGEN"
	if v.Facts.PlugIn {
		hybrid = "LADBAR"
	}
	codes := map[toll.Fuel]string{toll.FuelPetrol: "1", toll.FuelDiesel: "2", toll.FuelGas: "4", toll.FuelElectric: "5", toll.FuelHydrogen: "6", toll.FuelUnknown: "9"}
	fuels := []object{{"drivstoffKode": object{"kodeVerdi": codes[v.Facts.Fuel]}}}
	if v.Facts.PlugIn {
		fuels = append([]object{{"drivstoffKode": object{"kodeVerdi": codes[toll.FuelElectric]}}}, fuels...)
	}
	technical := object{
		"generelt":        object{"merke": []object{{"merke": v.Make}}, "handelsbetegnelse": []string{v.Model}},
		"dimensjoner":     object{"lengde": v.LengthMM},
		"vekter":          object{"tillattTotalvekt": v.Facts.WeightKG},
		"motorOgDrivverk": object{"hybridKategori": object{"kodeVerdi": hybrid}, "motor": []object{{"drivstoff": fuels}}},
		"miljodata":       object{},
	}
	if v.Facts.Euro > 0 {
		technical["miljodata"] = object{"euroKlasse": object{"kodeNavn": "Euro " + strconv.Itoa(v.Facts.Euro)}}
	}
	return object{
		"kjoretoyId":              object{"kjennemerke": plate.String()},
		"forstegangsregistrering": object{"registrertForstegangNorgeDato": v.Since + "-03-01"},
		"godkjenning": object{
			"forstegangsGodkjenning": object{"forstegangRegistrertDato": v.Since + "-03-01"},
			"tekniskGodkjenning":     object{"kjoretoyklassifisering": object{"tekniskKode": object{"kodeVerdi": v.Facts.Category}}, "tekniskeData": technical},
		},
	}
}
