package pdf

import (
	"bytes"
	"cmp"
	"compress/zlib"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// errForm is returned if what fpdf writes has another form than this package reads.
var errForm = errors.New("the library writes files of an unknown form")

// finish returns the file. fpdf writes pages and fonts; this adds the structure, and with it makes the file PDF 1.7.
func (s *sheet) finish() ([]byte, error) {
	var b bytes.Buffer
	if err := s.Output(&b); err != nil {
		return nil, err
	}
	objects, err := parse(b.Bytes())
	if err != nil {
		return nil, err
	}
	pages := make([]int, len(s.marks))
	for i := range pages {
		pages[i] = 3 + 2*i // after the list of pages and their resources: a page, and what is on it
		if err := objects.amend(pages[i], "<</Type /Page\n", "/StructParents "+itoa(i)+" /Tabs /S\n"); err != nil {
			return nil, err
		}
	}
	catalog := len(objects)
	err = objects.amend(catalog, "<<\n/Type /Catalog\n",
		"/MarkInfo <</Marked true>> /StructTreeRoot "+ref(catalog+1)+" /ViewerPreferences <</DisplayDocTitle true>>\n")
	if err != nil {
		return nil, err
	}
	w := &writer{sum: sha256.Sum256(b.Bytes())}
	w.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	for _, text := range objects {
		w.begin()
		w.Write(text)
	}
	if err := w.pack(s.structure(catalog+1, pages)); err != nil {
		return nil, err
	}
	return w.close(catalog)
}

// objects are the objects of a file, from the first, each with its number and its end.
type objects [][]byte

// parse returns the objects of a file, by its table of offsets.
func parse(file []byte) (objects, error) {
	_, end, _ := bytes.Cut(file[max(0, bytes.LastIndex(file, []byte("startxref\n"))):], []byte("\n"))
	at, err := strconv.Atoi(string(bytes.TrimSpace(bytes.TrimSuffix(bytes.TrimSpace(end), []byte("%%EOF")))))
	if err != nil || at >= len(file) {
		return nil, errForm
	}
	var count int
	if _, err := fmt.Sscanf(string(file[at:min(len(file), at+40)]), "xref\n0 %d\n", &count); err != nil {
		return nil, errForm
	}
	const entry = 20
	table := file[at+len("xref\n0 \n")+len(itoa(count)):]
	if len(table) < count*entry {
		return nil, errForm
	}
	type place struct{ number, offset int }
	places := make([]place, count-1)
	for i := range places {
		offset, err := strconv.Atoi(string(table[(i+1)*entry : (i+1)*entry+10]))
		if err != nil || offset > at {
			return nil, errForm
		}
		places[i] = place{i, offset}
	}
	slices.SortFunc(places, func(a, b place) int { return cmp.Compare(a.offset, b.offset) })
	list := make(objects, len(places))
	for i, p := range places {
		until := at
		if i+1 < len(places) {
			until = places[i+1].offset
		}
		list[p.number] = file[p.offset:until]
	}
	return list, nil
}

// amend adds entries to an object after its beginning.
func (o objects) amend(number int, beginning, entries string) error {
	whole := itoa(number) + " 0 obj\n" + beginning
	if number > len(o) || !bytes.HasPrefix(o[number-1], []byte(whole)) {
		return errForm
	}
	o[number-1] = slices.Concat([]byte(whole), []byte(entries), o[number-1][len(whole):])
	return nil
}

// packed is the number of objects that are compressed together.
const packed = 1000

// writer writes a file whose table of offsets is compressed (ISO 32000-1, 7.5.7 and 7.5.8).
type writer struct {
	bytes.Buffer
	entries []byte // of the table: kind, place, and for a compressed object its index
	sum     [sha256.Size]byte
}

// begin notes that an object begins here. Objects are begun in the order of their numbers.
func (w *writer) begin() { w.note(1, w.Len(), 0) }

func (w *writer) note(kind byte, place, index int) {
	w.entries = append(w.entries, kind)
	w.entries = binary.BigEndian.AppendUint32(w.entries, uint32(place))
	w.entries = binary.BigEndian.AppendUint16(w.entries, uint16(index))
}

// pack adds objects, compressed.
func (w *writer) pack(list []string) error {
	first := w.objects() + len(list)
	for i := range list {
		w.note(2, first+i/packed, i%packed)
	}
	number := first - len(list)
	for group := range slices.Chunk(list, packed) {
		var heads, bodies strings.Builder
		for _, text := range group {
			fmt.Fprintf(&heads, "%d %d ", number, bodies.Len())
			bodies.WriteString(text + "\n")
			number++
		}
		w.begin()
		if err := w.stream(fmt.Sprintf("/Type/ObjStm/N %d/First %d", len(group), heads.Len()), []byte(heads.String()+bodies.String())); err != nil {
			return err
		}
	}
	return nil
}

// objects returns the number of the next object.
func (w *writer) objects() int { return len(w.entries)/entrySize + 1 }

// entrySize is the size of an entry of the table.
const entrySize = 7

// stream writes the object that has been begun last, with compressed data.
func (w *writer) stream(entries string, data []byte) error {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	if _, err := z.Write(data); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(w, "%d 0 obj\n<<%s/Filter/FlateDecode/Length %d>>\nstream\n", w.objects()-1, entries, b.Len()) // into memory
	w.Write(b.Bytes())
	w.WriteString("\nendstream\nendobj\n")
	return nil
}

// close writes the table and returns the file.
func (w *writer) close(catalog int) ([]byte, error) {
	at := w.Len()
	w.begin()
	free := []byte{0, 0, 0, 0, 0, 0xff, 0xff}
	err := w.stream(fmt.Sprintf("/Type/XRef/Size %d/W[1 4 2]/Root %s/Info %s/ID[<%x><%x>]", w.objects(), ref(catalog), ref(catalog-1), w.sum[:16], w.sum[:16]),
		append(free, w.entries...))
	if err != nil {
		return nil, err
	}
	w.WriteString("startxref\n" + itoa(at) + "\n%%EOF\n")
	return w.Bytes(), nil
}
