package portal

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/andybalholm/brotli"
	"github.com/gofiber/fiber/v2"

	"bompass/server/web/asset"
	"bompass/server/web/kit"
	"bompass/shared/api"
	"bompass/shared/tariff"
)

// published are the tariffs of one release in the encodings in which they are sent. They are compressed once.
type published struct {
	release int64
	version string
	file    asset.File
	names   map[string]string // of stations and toll companies, by id
}

func publish(release int64, files []tariff.File) (*published, error) {
	p, err := &published{release: release}, error(nil)
	p.version, p.names = tariff.Fingerprint(files), map[string]string{}
	book, _ := tariff.Read(files) // the rating core has refused those with problems
	for _, scheme := range book.Schemes {
		p.names[string(scheme.Charger)] = scheme.ChargerName
		for _, station := range scheme.Stations {
			p.names[string(station.ID)] = station.Name
		}
	}
	p.file = asset.File{Type: asset.ContentType(".json"), Tag: p.version}
	if p.file.Raw, err = json.Marshal(api.TariffBookReply{Version: p.version, Files: files}); err != nil {
		return p, fmt.Errorf("publish tariffs: %w", err)
	}
	var br, gz bytes.Buffer
	b, g := brotli.NewWriterLevel(&br, brotli.BestCompression), gzip.NewWriter(&gz)
	_, errB := b.Write(p.file.Raw)
	_, errG := g.Write(p.file.Raw)
	if err := errors.Join(errB, b.Close(), errG, g.Close()); err != nil {
		return p, fmt.Errorf("publish tariffs: %w", err)
	}
	p.file.Brotli, p.file.Gzip = br.Bytes(), gz.Bytes()
	return p, nil
}

// publishedTariffs returns the tariffs in force.
func (h *Handlers) publishedTariffs() (*published, error) {
	h.publishing.Lock()
	defer h.publishing.Unlock()
	release, files := h.Tariffs()
	if h.tariffs != nil && h.tariffs.release == release {
		return h.tariffs, nil
	}
	next, err := publish(release, files)
	if err != nil {
		return nil, err
	}
	h.tariffs = next
	return next, nil
}

// tariffBook sends the tariffs that passages are rated by to anyone. A copy is checked by its ETag.
func (h *Handlers) tariffBook(c *fiber.Ctx) error {
	if len(c.Request().URI().QueryString()) > 0 {
		return kit.BadRequest(errors.New("the tariffs are not asked for in parts"))
	}
	tariffs, err := h.publishedTariffs()
	if err != nil {
		return err
	}
	return tariffs.file.Send(c, "no-cache")
}
