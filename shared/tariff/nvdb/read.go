package nvdb

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// object is a road object in the format of the data bank.
type object struct {
	ID         int64      `json:"id"`
	Properties []property `json:"egenskaper"`
	Geometry   *geometry  `json:"geometri"`
	Location   struct {
		Geometry *geometry `json:"geometri"`
	} `json:"lokasjon"`
	Metadata struct {
		Type struct {
			ID int `json:"id"`
		} `json:"type"`
		From string `json:"startdato"`
		To   string `json:"sluttdato"`
	} `json:"metadata"`
}

// property is one property of an object, in the data bank's own names.
type property struct {
	ID    int             `json:"id"`
	Name  string          `json:"navn"`
	Value json.RawMessage `json:"verdi"`
}

// geometry is the position of an object in the format Well-Known Text.
type geometry struct {
	WKT string `json:"wkt"`
}

// page is a reply of the API. A file may contain several.
type page struct {
	Objects  []json.RawMessage `json:"objekter"`
	Metadata struct {
		Count int `json:"antall"`
	} `json:"metadata"`
}

// tollStation is the type of the objects that are read.
const tollStation = 45

// read parses replies of the API, or bare lists of objects, one after the other.
func (m *importer) read(text []byte) (objects []object) {
	dec := json.NewDecoder(bytes.NewReader(text))
	announced := 0
	for {
		var raw json.RawMessage
		err := dec.Decode(&raw)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			m.problem(0, "", "the file is not JSON as the data bank's API writes it: %v", err)
			break
		}
		p, err := pageOf(raw)
		if err != nil {
			m.problem(0, "", "neither a reply with objekter nor a list of objects: %v", err)
			continue
		}
		announced = max(announced, p.Metadata.Count)
		for _, one := range p.Objects {
			if len(objects) >= ObjectsMax {
				m.problem(0, "", "more than %d objects; the rest is left out, split the file", ObjectsMax)
				return objects
			}
			if o, ok := m.object(one); ok {
				objects = append(objects, o)
			}
		}
	}
	// Replies are paged, and the count is that of all pages.
	if announced > len(objects) {
		m.problem(0, "", "the data bank announced %d objects and the file holds %d; fetch the other pages and put them in the same file", announced, len(objects))
	}
	if len(objects) == 0 {
		m.problem(0, "", "the file holds no toll station; fetch vegobjekter/45 with egenskaper, geometri and metadata")
	}
	return objects
}

// pageOf returns the objects of an answer: a page with metadata from the API, or a bare list from an export.
func pageOf(raw json.RawMessage) (p page, err error) {
	if bytes.HasPrefix(raw, []byte("[")) {
		err = json.Unmarshal(raw, &p.Objects)
		return p, err
	}
	err = json.Unmarshal(raw, &p)
	return p, err
}

// object decodes an object. It reports and leaves out objects that are not toll stations (type 45).
func (m *importer) object(raw json.RawMessage) (o object, ok bool) {
	if err := json.Unmarshal(raw, &o); err != nil {
		m.problem(o.ID, "", "not an object as the data bank writes it, left out: %v", err)
		return o, false
	}
	if t := o.Metadata.Type.ID; t != 0 && t != tollStation {
		m.problem(o.ID, "", "is of object type %d, not a toll station (45), and is left out", t)
		return o, false
	}
	return o, true
}

// text returns a value without quotes on one line.
func (p property) text() string {
	var s string
	if json.Unmarshal(p.Value, &s) != nil {
		s = string(p.Value)
	}
	if s == "null" {
		return ""
	}
	return strings.Join(strings.Fields(strings.ReplaceAll(s, `"`, "'")), " ")
}

// wkt returns the object's own geometry, or that of its place on the road network.
func (o object) wkt() string {
	for _, g := range []*geometry{o.Geometry, o.Location.Geometry} {
		if g != nil && g.WKT != "" {
			return g.WKT
		}
	}
	return ""
}
