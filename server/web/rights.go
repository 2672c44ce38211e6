package web

import (
	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// rights says what a customer's route needs, by its name. A route that has no row here is for those
// alone who may change things; the matrix of routes and people in the tests asks for its row.
func rights() map[string]access.Right {
	return map[string]access.Right{
		"me": access.SeeOwn, "me.language": access.SeeOwn, "session.end": access.SeeOwn,
		"profile": access.SeeOwn, "profile.save": access.SeeOwn, "profile.email": access.SeeOwn, "profile.code": access.SeeOwn,
		"profile.confirm": access.SeeOwn, "consent.save": access.SeeOwn, "erasure": access.SeeOwn, "export": access.SeeOwn,
		"session.list": access.SeeOwn, "session.end.one": access.SeeOwn, "session.end.all": access.SeeOwn,
		"overview": access.SeeOverview, "passage.list": access.SeePassages, "events": access.SeePassages, "bill": access.SeePassages,
		"agreement.receipt": access.SeeOverview,
		"people":            access.ManagePeople, "people.invite": access.ManagePeople, "people.remove": access.ManagePeople, "people.withdraw": access.ManagePeople,
	}
}

// whole tells of routes that show all of a customer's vehicles; drivers have one.
func whole(path string) bool { return path == api.Events.Path || path == api.Bill.Path }

// needed is the right that a request needs.
func needed(c *fiber.Ctx) access.Right {
	for _, r := range api.All {
		if r.Path == c.Path() && safe(r.Method) == safe(c.Method()) {
			return rightOf(r.Name)
		}
	}
	return access.Change
}

// rightOf is the right that a route needs.
func rightOf(name string) access.Right {
	if right, known := rights()[name]; known {
		return right
	}
	return access.Change
}

// may refuses what the actor's role has no right to, and what no longer rests on a mandate. For what
// binds the customer the register must have said so lately; for looking, and for what is the person's
// own, its last word counts while it is silent.
func (s *server) may(c *fiber.Ctx, actor access.Actor) error {
	right := needed(c)
	if !actor.Role.May(right) || actor.Role == access.Driver && whole(c.Path()) {
		return fault.New(fault.Refused)
	}
	if right != access.SeeOwn && actor.Privacy != toll.ConsentVersion(toll.ConsentPrivacy) {
		return fault.New(fault.ConsentNeeded).At(string(toll.ConsentPrivacy)) // S4.28: not on pages alone
	}
	if s.Parties == nil {
		return nil
	}
	if safe(c.Method()) || right == access.SeeOwn {
		return s.Parties.Look(c.UserContext(), actor)
	}
	return s.Parties.Confirm(c.UserContext(), actor)
}

// ownVehicle keeps a driver to the driver's own vehicle; others' are not there.
func ownVehicle(actor access.Actor, req *api.PassageListRequest) error {
	if actor.Role != access.Driver {
		return nil
	}
	if actor.Vehicle == "" || req.Vehicle != "" && req.Vehicle != actor.Vehicle {
		return fault.New(fault.NotFound)
	}
	req.Vehicle = actor.Vehicle
	return nil
}
