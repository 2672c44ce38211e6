package attachment_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"net"
	"strings"
	"testing"

	"bompass/server/attachment"
	"bompass/shared/fault"
)

// picture returns a picture of 40 by 20 pixels whose left half is red.
func picture() *image.NRGBA {
	p := image.NewNRGBA(image.Rect(0, 0, 40, 20))
	for y := range 20 {
		for x := range 40 {
			p.Set(x, y, color.NRGBA{B: 255, A: 255})
			if x < 20 {
				p.Set(x, y, color.NRGBA{R: 255, A: 255})
			}
		}
	}
	return p
}

func asJPEG(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture(), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, picture()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withEXIF returns a JPEG that says that the camera was turned to the left, and where it was.
func withEXIF(t *testing.T) []byte {
	t.Helper()
	tiff := []byte("MM\x00\x2a\x00\x00\x00\x08\x00\x02" +
		"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00" + // orientation: 90° clockwise
		"\x01\x0e\x00\x02\x00\x00\x00\x20\x00\x00\x00\x26" + // description
		"\x00\x00\x00\x00" + "59.9139 N 10.7522 E, at my home \x00")
	body := append([]byte("Exif\x00\x00"), tiff...)
	segment := append([]byte{0xff, 0xe1}, binary.BigEndian.AppendUint16(nil, uint16(len(body)+2))...)
	plain := asJPEG(t)
	return append(append(append([]byte{}, plain[:2]...), append(segment, body...)...), plain[2:]...)
}

// bomb returns a PNG of a few bytes that has 54 million pixels.
func bomb(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 9_000, 6_000))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A picture is turned as the camera was held, and loses what the camera wrote into it.
func TestPicturesLoseWhereTheyWereTaken(t *testing.T) {
	sent := withEXIF(t)
	if !bytes.Contains(sent, []byte("59.9139")) {
		t.Fatal("the sent picture does not say where it was taken")
	}
	got, err := attachment.Clean(t.Context(), attachment.File{Name: "IMG_1.jpg", Body: sent}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(got.Body, []byte("59.9139")) || bytes.Contains(got.Body, []byte("Exif")) {
		t.Error("the stored picture says where it was taken")
	}
	p, err := jpeg.Decode(bytes.NewReader(got.Body))
	if err != nil || got.Type != attachment.JPEG {
		t.Fatalf("%s, %v", got.Type, err)
	}
	if p.Bounds().Dx() != 20 || p.Bounds().Dy() != 40 {
		t.Errorf("the picture is %v, want it turned", p.Bounds())
	}
	if r, _, b, _ := p.At(10, 5).RGBA(); r < b {
		t.Error("the top of the turned picture is not its left half")
	}
}

// What follows or hides in a picture is not stored; other kinds of files and what cannot be read are refused.
func TestOnlyPicturesAndDocumentsAreAccepted(t *testing.T) {
	zip := "PK\x03\x04" + strings.Repeat("x", 100)
	for name, c := range map[string]struct {
		body []byte
		want fault.Code // empty for accepted
	}{
		"letter.pdf":  {[]byte("%PDF-1.7\n1 0 obj\n"), ""},
		"a.png":       {asPNG(t), ""},
		"page.png":    {append(asPNG(t), "<script>alert(1)</script>"+zip...), ""},
		"drawing.svg": {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), fault.FileKind},
		"page.pdf":    {[]byte("<html><script>alert(1)</script>%PDF-1.7"), fault.FileKind},
		"a.zip":       {[]byte(zip), fault.FileKind},
		"a.docx":      {[]byte(zip), fault.FileKind},
		"program.pdf": {append([]byte("MZ"), make([]byte, 500)...), fault.FileKind},
		"photo.heic":  {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), fault.FileKind},
		"half.jpg":    {asJPEG(t)[:100], fault.FileKind},
		"bomb.png":    {bomb(t), fault.FileKind},
		"empty.pdf":   {nil, fault.FileKind},
		"large.pdf":   {append([]byte("%PDF-1.7\n"), make([]byte, attachment.BytesMax)...), fault.FileTooLarge},
	} {
		got, err := attachment.Clean(t.Context(), attachment.File{Name: name, Body: c.body}, nil)
		if c.want == "" && err != nil || c.want != "" && fault.CodeOf(err) != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
		if bytes.Contains(got.Body, []byte("script")) {
			t.Errorf("%s: what follows the picture is stored", name)
		}
	}
}

// The name of a file has no folder, no characters that mean something to systems, and a bounded length.
func TestNamesOfFilesAreHarmless(t *testing.T) {
	for sent, want := range map[string]string{
		"../../etc/passwd": "passwd", `C:\Users\Kari\brev.pdf`: "brev.pdf", "a\r\nSet-Cookie: x": "aSet-Cookie x", "": "file", "..": "file",
		"\u202efdp.exe": "fdp.exe", "Bøter – mai.pdf": "Bøter – mai.pdf",
		strings.Repeat("å", 200) + ".pdf": strings.Repeat("å", 50) + "…" + strings.Repeat("å", 46) + ".pdf",
	} {
		got, err := attachment.Clean(t.Context(), attachment.File{Name: sent, Body: []byte("%PDF-1.7\n")}, nil)
		if err != nil || got.Name != want {
			t.Errorf("%q: %q, %v, want %q", sent, got.Name, err, want)
		}
	}
}

// clamd answers like ClamAV's daemon: it finds the test virus EICAR, and nothing else.
func clamd(t *testing.T) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go serveClamd(conn)
		}
	}()
	return listener.Addr().String()
}

func serveClamd(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	command := make([]byte, len("zINSTREAM\x00"))
	if _, err := io.ReadFull(conn, command); err != nil || string(command) != "zINSTREAM\x00" {
		_, _ = conn.Write([]byte("UNKNOWN COMMAND\x00"))
		return
	}
	var body []byte
	for {
		size := make([]byte, 4)
		if _, err := io.ReadFull(conn, size); err != nil {
			return
		}
		n := binary.BigEndian.Uint32(size)
		if n == 0 {
			break
		}
		chunk := make([]byte, n)
		if _, err := io.ReadFull(conn, chunk); err != nil {
			return
		}
		body = append(body, chunk...)
	}
	answer := "stream: OK\x00"
	if bytes.Contains(body, []byte("EICAR-STANDARD-ANTIVIRUS-TEST-FILE")) {
		answer = "stream: Eicar-Test-Signature FOUND\x00"
	}
	_, _ = conn.Write([]byte(answer))
}

// A file in which the scanner finds a virus is refused, and so is every file while the scanner does not answer.
func TestVirusesAreRefused(t *testing.T) {
	scan := attachment.NewScanner(clamd(t))
	clean := attachment.File{Name: "a.pdf", Body: append([]byte("%PDF-1.7\n"), make([]byte, 200_000)...)}
	if _, err := attachment.Clean(t.Context(), clean, scan); err != nil {
		t.Errorf("a clean file: %v", err)
	}
	infected := attachment.File{Name: "b.pdf", Body: append(clean.Body[:150_000:150_000], "EICAR-STANDARD-ANTIVIRUS-TEST-FILE"...)}
	if _, err := attachment.Clean(t.Context(), infected, scan); fault.CodeOf(err) != fault.FileInfected {
		t.Errorf("an infected file: %v", err)
	}
	if _, err := attachment.Clean(t.Context(), clean, attachment.NewScanner("127.0.0.1:1")); fault.CodeOf(err) != fault.PartnerDown {
		t.Errorf("without the scanner: %v", err)
	}
}
