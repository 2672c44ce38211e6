package web

import (
	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// may returns a fault if the actor's role does not have the right, or if the role no longer rests on a
// mandate. What binds the customer needs a recent answer of the register; reading, and what is the
// person's own, need only its last answer while it is unavailable.
func (s *server) may(c *fiber.Ctx, actor access.Principal, right role.Right) error {
	if !actor.Role.May(right) {
		return fault.New(fault.Refused)
	}
	if right != role.SeeOwn && actor.Privacy != toll.ConsentVersion(toll.ConsentPrivacy) {
		return fault.New(fault.ConsentNeeded).At(string(toll.ConsentPrivacy)) // S4.28: not on pages alone
	}
	if s.Parties == nil {
		return nil
	}
	if safe(c.Method()) || right == role.SeeOwn {
		return s.Parties.RequireRecentMandate(c.UserContext(), actor)
	}
	return s.Parties.RequireMandate(c.UserContext(), actor)
}

// ownVehicle restricts a driver's request to the driver's own vehicle; the vehicles of others do not exist
// for a driver.
func ownVehicle(actor access.Principal, req *api.PassageListRequest) error {
	if actor.Role != role.Driver {
		return nil
	}
	if actor.Vehicle == "" || req.Vehicle != "" && req.Vehicle != actor.Vehicle {
		return fault.New(fault.NotFound)
	}
	req.Vehicle = actor.Vehicle
	return nil
}
