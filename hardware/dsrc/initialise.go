package dsrc

import "bompass/hardware/per"

// Application identifiers (AID) of BST and VST.
const (
	AIDToll         = 1 // electronic fee collection
	AIDCompliance   = 20
	AIDLocalisation = 21
	AIDPrivate      = 29
	aidMax          = 31
)

// BST is the beacon service table: the beacon's id and the applications it offers.
type BST struct {
	RSU         BeaconID      `json:"rsu"`
	Time        uint32        `json:"time"` // seconds since 1970
	Profile     int           `json:"profile"`
	Mandatory   []Application `json:"mandApplications"`
	Optional    []Application `json:"nonmandApplications,omitzero"` // nil when absent
	ProfileList []int         `json:"profileList"`
}

// BeaconID identifies a beacon. A tag does not answer the same beacon twice in a row.
type BeaconID struct {
	Manufacturer int `json:"manufacturerid"`
	Individual   int `json:"individualid"` // 27 bits
}

// VST is the vehicle service table: the tag's applications.
type VST struct {
	Fill         Fill4            `json:"fill"`
	Profile      int              `json:"profile"`
	Applications []Application    `json:"applications"`
	OBE          ObeConfiguration `json:"obeConfiguration"`
}

// Application is an application offered by a beacon or held by a tag. A tag's toll contract has an EID, its
// address, and a parameter that begins with its context mark.
type Application struct {
	AID       int           `json:"aid"`
	EID       Optional[int] `json:"eid,omitzero"`
	Parameter Container     `json:"parameter,omitzero"`
}

// ObeConfiguration describes a tag.
type ObeConfiguration struct {
	EquipmentClass int           `json:"equipmentClass"`
	Manufacturer   int           `json:"manufacturerID"`
	Status         Optional[int] `json:"obeStatus,omitzero"`
}

func (BST) index() int { return initialisationRequest }
func (VST) index() int { return initialisationResponse }

func (p BST) write(w *per.Writer) {
	w.Bool(p.Optional != nil)
	w.Enter("rsu")
	w.Int("manufacturerid", p.RSU.Manufacturer, 0, 1<<16-1)
	w.Int("individualid", p.RSU.Individual, 0, 1<<27-1)
	w.Leave()
	w.Bits(uint64(p.Time), 32)
	w.Root("profile", p.Profile, profileMax)
	writeApplications(w, "mandApplications", p.Mandatory)
	if p.Optional != nil {
		writeApplications(w, "nonmandApplications", p.Optional)
	}
	writeInts(w, "profileList", p.ProfileList)
}

func readBST(r *per.Reader) (p BST) {
	optional := r.Bool("nonmandApplications")
	r.Enter("rsu")
	p.RSU.Manufacturer = r.Int("manufacturerid", 0, 1<<16-1)
	p.RSU.Individual = r.Int("individualid", 0, 1<<27-1)
	r.Leave()
	p.Time = uint32(r.Bits("time", 32))
	p.Profile = r.Root("profile", profileMax)
	p.Mandatory = readApplications(r, "mandApplications")
	if optional {
		p.Optional = readApplications(r, "nonmandApplications")
	}
	p.ProfileList = readInts(r, "profileList")
	return p
}

func (p VST) write(w *per.Writer) {
	w.Int("fill", int(p.Fill), 0, 15)
	w.Root("profile", p.Profile, profileMax)
	writeApplications(w, "applications", p.Applications)
	w.Enter("obeConfiguration")
	w.Bool(p.OBE.Status.Present)
	w.Int("equipmentClass", p.OBE.EquipmentClass, 0, 1<<15-1)
	w.Int("manufacturerID", p.OBE.Manufacturer, 0, 1<<16-1)
	if p.OBE.Status.Present {
		w.Int("obeStatus", p.OBE.Status.Value, 0, 1<<16-1)
	}
	w.Leave()
}

// read decodes into p and reuses its list of applications.
func (p *VST) read(r *per.Reader) {
	p.Fill = Fill4(r.Bits("fill", 4))
	p.Profile = r.Root("profile", profileMax)
	p.Applications = readApplicationsInto(r, "applications", p.Applications)
	r.Enter("obeConfiguration")
	status := r.Bool("obeStatus")
	p.OBE.EquipmentClass = r.Int("equipmentClass", 0, 1<<15-1)
	p.OBE.Manufacturer = r.Int("manufacturerID", 0, 1<<16-1)
	p.OBE.Status = Optional[int]{}
	if status {
		p.OBE.Status = Some(r.Int("obeStatus", 0, 1<<16-1))
	}
	r.Leave()
}

func writeApplications(w *per.Writer, field string, list []Application) {
	w.Count(field, len(list))
	for i := range list {
		w.EnterItem(field, i)
		list[i].write(w)
		w.Leave()
	}
}

func readApplications(r *per.Reader, field string) []Application {
	return readApplicationsInto(r, field, nil)
}

func readApplicationsInto(r *per.Reader, field string, list []Application) []Application {
	list = sized(list, r.Count(field, 8))
	for i := range list {
		r.EnterItem(field, i)
		list[i].read(r)
		r.Leave()
	}
	return list
}

func (a *Application) write(w *per.Writer) {
	w.Bool(a.EID.Present)
	w.Bool(!a.Parameter.IsZero())
	w.Root("aid", a.AID, aidMax)
	writeOptional(w, "eid", a.EID, eidMax)
	if !a.Parameter.IsZero() {
		a.Parameter.writeAs(w, "parameter")
	}
}

func (a *Application) read(r *per.Reader) {
	eid, parameter := r.Bool("eid"), r.Bool("parameter")
	a.AID = r.Root("aid", aidMax)
	a.EID = readOptional(r, "eid", eid, eidMax)
	if a.Parameter.Value = nil; parameter {
		a.Parameter = readContainer(r, "parameter")
	}
}
