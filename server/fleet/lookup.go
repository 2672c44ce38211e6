package fleet

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/partner/register"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// Limiter limits the rate of requests to partners, package access.
type Limiter interface {
	AllowRequest(ctx context.Context, actor access.Principal, flow string) error
}

// lookedMax is how long an answer of the register is used.
const lookedMax = 24 * time.Hour

// looked is an answer of the register, which the page sends back sealed: what was shown is what is saved, and a plate is
// counted and asked for once.
type looked struct {
	register.Lookup
	At time.Time
}

// lookedRow is what a sealed answer is bound to.
func lookedRow(actor access.Principal, plate toll.Plate) string {
	return "looked " + string(actor.Account) + " " + plate.Country + plate.Text
}

// LookUp returns what the register says about a plate. Requests are limited, so that nobody can go through the plates of
// others.
func (s *Service) LookUp(ctx context.Context, actor access.Principal, req api.VehicleLookupRequest) (api.VehicleLookupReply, error) {
	plate, err := register.CheckPlate(req.Country, req.Plate)
	if err != nil {
		return api.VehicleLookupReply{}, err
	}
	l, err := s.lookUp(ctx, actor, plate)
	if err != nil {
		return api.VehicleLookupReply{}, err
	}
	data, err := json.Marshal(looked{l, s.now()})
	if err != nil {
		return api.VehicleLookupReply{}, fmt.Errorf("answer of the register: %w", err)
	}
	sealed := s.keys.Seal(data, lookedRow(actor, plate))
	reply := api.VehicleLookupReply{Plate: plate, Silent: l.Silent, Meant: l.Meant, Looked: sealed.Key + "." + base64.RawURLEncoding.EncodeToString(sealed.Data)}
	if v := l.Found; v != nil {
		reply.Found = &api.VehicleFound{Make: v.Make, Model: v.Model, Since: v.Since, Facts: v.Facts}
	}
	return reply, nil
}

func (s *Service) lookUp(ctx context.Context, actor access.Principal, plate toll.Plate) (register.Lookup, error) {
	if err := s.limiter.AllowRequest(ctx, actor, "plate"); err != nil {
		return register.Lookup{}, err
	}
	return register.LookUp(ctx, s.register, plate)
}

// looked returns the sealed answer of the register for a plate, or asks again if there is none of the last day.
func (s *Service) looked(ctx context.Context, actor access.Principal, plate toll.Plate, text string) (register.Lookup, error) {
	key, encoded, _ := strings.Cut(text, ".")
	if data, err := base64.RawURLEncoding.DecodeString(encoded); err == nil && len(data) > 0 {
		var l looked
		plain, err := s.keys.Open(seal.Sealed{Key: key, Data: data}, lookedRow(actor, plate))
		if err == nil && json.Unmarshal(plain, &l) == nil && s.now().Sub(l.At) < lookedMax {
			return l.Lookup, nil
		}
	}
	return s.lookUp(ctx, actor, plate)
}

// Sources of the facts of a vehicle.
const (
	fromRegister = "register"
	fromPerson   = "stated"
)

// vehicle returns the vehicle that has a plate, with the facts of the register or those that the person states.
func (s *Service) vehicle(ctx context.Context, actor access.Principal, plate toll.Plate, req api.FleetChangeRequest) (*toll.Vehicle, string, error) {
	v := &toll.Vehicle{ID: toll.VehicleID(uuid.NewString()), Plate: plate}
	l, err := s.looked(ctx, actor, plate, req.Looked)
	switch {
	case err != nil:
		return nil, "", err
	case l.Found != nil:
		v.Facts, v.LengthMM = l.Found.Facts, l.Found.LengthMM
		return v, fromRegister, nil
	case req.Stated == nil:
		return nil, "", fault.New(fault.FieldMissing).At("kind")
	}
	facts, wrong := req.Stated.Facts()
	if wrong != "" {
		return nil, "", fault.New(fault.FieldMissing).At(wrong)
	}
	v.Facts = facts
	return v, fromPerson, nil
}
