package portal

import (
	"bytes"
	"context"
	"io"

	"bompass/server/access"
	"bompass/server/passage/export"
	"bompass/server/web/kit"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/role"
)

func (h *Handlers) passageList(ctx context.Context, actor access.Principal, req api.PassageListRequest) (api.PassageListReply, error) {
	if err := restrictToOwnVehicle(actor, &req); err != nil {
		return api.PassageListReply{}, err
	}
	return h.Passages.List(ctx, actor.Customer, req, h.Now())
}

// passageExport returns passages as a file.
func (h *Handlers) passageExport(ctx context.Context, actor access.Principal, req api.PassageExportRequest) (kit.File, error) {
	if err := restrictToOwnVehicle(actor, &req.PassageListRequest); err != nil {
		return kit.File{}, err
	}
	reader := export.Reader{Customer: actor.Customer, Name: actor.Name, Person: actor.Person, Language: actor.Language}
	f, err := h.Exports.Write(ctx, reader, req.PassageListRequest, req.Format)
	if err != nil {
		return kit.File{}, err
	}
	return kit.File{Name: f.Name, Type: f.Type, Size: int64(len(f.Body)), Body: io.NopCloser(bytes.NewReader(f.Body))}, nil
}

// restrictToOwnVehicle limits a driver's request to the driver's own vehicle. The vehicles of others do not
// exist for a driver.
func restrictToOwnVehicle(actor access.Principal, req *api.PassageListRequest) error {
	if actor.Role != role.Driver {
		return nil
	}
	if actor.Vehicle == "" || req.Vehicle != "" && req.Vehicle != actor.Vehicle {
		return fault.New(fault.NotFound)
	}
	req.Vehicle = actor.Vehicle
	return nil
}
