// Package vegvesen is the adapter of Statens vegvesen's vehicle register: look-ups of technical data by
// Norwegian registration number. The service does not return owners.
package vegvesen

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"bompass/server/partner/register"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// Limits of requests to the register.
const (
	timeMax  = 6 * time.Second
	bytesMax = 1 << 20 // of one answer
	textMax  = 60      // of a make or model
	partner  = "Statens vegvesen"
)

// Config is the register's address and our key.
type Config struct {
	Address   string // such as https://akfell-datautlevering.atlas.vegvesen.no
	Key       string // that the register gave us
	Transport http.RoundTripper
}

// Source queries the register. It is safe for concurrent use.
type Source struct {
	Config
	http *http.Client
}

var _ register.Source = (*Source)(nil)

// New returns a Source. It checks the configuration and connects at the first request.
func New(c Config) (*Source, error) {
	u, err := url.Parse(c.Address)
	if err != nil || u.Hostname() == "" || (u.Scheme != "https" && u.Hostname() != "127.0.0.1") {
		return nil, fmt.Errorf("vehicle register: %q must begin with https", c.Address)
	}
	if c.Key == "" {
		return nil, errors.New("vehicle register: a key is needed")
	}
	return &Source{Config: c, http: &http.Client{
		Timeout: timeMax, Transport: c.Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Vehicle looks up a plate. It returns fault.NotFound for all plates but Norwegian ones.
func (s *Source) Vehicle(ctx context.Context, plate toll.Plate) (register.Vehicle, error) {
	if plate.Country != "NO" {
		return register.Vehicle{}, fault.New(fault.NotFound)
	}
	address := strings.TrimRight(s.Address, "/") + "/enkeltoppslag/kjoretoydata?" + url.Values{"kjennemerke": {plate.Text}}.Encode()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return register.Vehicle{}, fmt.Errorf("vehicle register: %w", err)
	}
	r.Header.Set("SVV-Authorization", "Apikey "+s.Key)
	r.Header.Set("Accept", "application/json")
	resp, err := s.http.Do(r)
	if err != nil {
		return register.Vehicle{}, down(err)
	}
	defer func() { _ = resp.Body.Close() }()
	switch resp.StatusCode {
	case http.StatusOK:
	// The register has no vehicle with this plate, or does not accept the form of the plate.
	case http.StatusNoContent, http.StatusNotFound, http.StatusUnprocessableEntity:
		return register.Vehicle{}, fault.New(fault.NotFound)
	default:
		return register.Vehicle{}, down(fmt.Errorf("answered %d", resp.StatusCode))
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, bytesMax+1))
	if err == nil && len(body) > bytesMax {
		err = errors.New("the answer is too long")
	}
	if err != nil {
		return register.Vehicle{}, down(err)
	}
	return read(body, plate)
}

// read returns the vehicle of a plate in an answer. The answer may have other vehicles, which must not be taken for
// it.
func read(body []byte, plate toll.Plate) (register.Vehicle, error) {
	var a answer
	if err := json.Unmarshal(body, &a); err != nil {
		return register.Vehicle{}, down(err)
	}
	for _, v := range a.List {
		if toll.NewPlate("NO", v.ID.Plate) == plate {
			return v.vehicle()
		}
	}
	return register.Vehicle{}, fault.New(fault.NotFound)
}

func down(why error) error {
	return fmt.Errorf("%w: vehicle register: %w", fault.New(fault.PartnerDown, "partner", partner), why)
}
