package web

import (
	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// rights says what a customer's route needs, by its name. A route that has no row here is for those
// alone who may change things; the matrix of routes and people in the tests asks for its row.
func rights() map[string]role.Right {
	return map[string]role.Right{
		"me": role.SeeOwn, "me.language": role.SeeOwn, "session.end": role.SeeOwn,
		"profile": role.SeeOwn, "profile.save": role.SeeOwn, "profile.email": role.SeeOwn, "profile.code": role.SeeOwn,
		"profile.confirm": role.SeeOwn, "consent.save": role.SeeOwn, "erasure": role.SeeOwn, "export": role.SeeOwn,
		"session.list": role.SeeOwn, "session.end.one": role.SeeOwn, "session.end.all": role.SeeOwn,
		"overview": role.SeeOverview, "passage.list": role.SeePassages, "events": role.SeePassages, "bill": role.SeePassages,
		"agreement.receipt": role.SeeOverview,
		"people":            role.ManagePeople, "people.invite": role.ManagePeople, "people.remove": role.ManagePeople, "people.withdraw": role.ManagePeople,
	}
}

// whole tells of routes that show all of a customer's vehicles; drivers have one.
func whole(path string) bool { return path == api.Events.Path || path == api.Bill.Path }

// needed is the right that a request needs.
func needed(c *fiber.Ctx) role.Right {
	for _, r := range api.All {
		if r.Path == c.Path() && safe(r.Method) == safe(c.Method()) {
			return rightOf(r.Name)
		}
	}
	return role.Change
}

// rightOf is the right that a route needs.
func rightOf(name string) role.Right {
	if right, known := rights()[name]; known {
		return right
	}
	return role.Change
}

// may refuses what the actor's role has no right to, and what no longer rests on a mandate. For what
// binds the customer the register must have said so lately; for looking, and for what is the person's
// own, its last word counts while it is silent.
func (s *server) may(c *fiber.Ctx, actor access.Actor) error {
	right := needed(c)
	if !actor.Role.May(right) || actor.Role == role.Driver && whole(c.Path()) {
		return fault.New(fault.Refused)
	}
	if right != role.SeeOwn && actor.Privacy != toll.ConsentVersion(toll.ConsentPrivacy) {
		return fault.New(fault.ConsentNeeded).At(string(toll.ConsentPrivacy)) // S4.28: not on pages alone
	}
	if s.Parties == nil {
		return nil
	}
	if safe(c.Method()) || right == role.SeeOwn {
		return s.Parties.Look(c.UserContext(), actor)
	}
	return s.Parties.Confirm(c.UserContext(), actor)
}

// ownVehicle keeps a driver to the driver's own vehicle; others' are not there.
func ownVehicle(actor access.Actor, req *api.PassageListRequest) error {
	if actor.Role != role.Driver {
		return nil
	}
	if actor.Vehicle == "" || req.Vehicle != "" && req.Vehicle != actor.Vehicle {
		return fault.New(fault.NotFound)
	}
	req.Vehicle = actor.Vehicle
	return nil
}
