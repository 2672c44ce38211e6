package web

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/andybalholm/brotli"
	"github.com/gofiber/fiber/v2"

	"bompass/shared/api"
	"bompass/shared/tariff"
)

// published are the price plans in the forms that they are sent in. They stay the same while the
// server runs, so they are packed once.
type published struct {
	version string
	file    assetFile
	names   map[string]string // what stations and toll companies are called
}

func publish(files []tariff.File) (p published, err error) {
	p.version, p.names = tariff.Fingerprint(files), map[string]string{}
	book, _ := tariff.Read(files) // whoever rates by them has refused those with problems
	for _, scheme := range book.Schemes {
		p.names[string(scheme.Charger)] = scheme.ChargerName
		for _, station := range scheme.Stations {
			p.names[string(station.ID)] = station.Name
		}
	}
	p.file = assetFile{kind: contentType(".json"), tag: p.version}
	if p.file.raw, err = json.Marshal(api.TariffBookReply{Version: p.version, Files: files}); err != nil {
		return p, fmt.Errorf("publish tariffs: %w", err)
	}
	var br, gz bytes.Buffer
	b, g := brotli.NewWriterLevel(&br, brotli.BestCompression), gzip.NewWriter(&gz)
	_, errB := b.Write(p.file.raw)
	_, errG := g.Write(p.file.raw)
	if err := errors.Join(errB, b.Close(), errG, g.Close()); err != nil {
		return p, fmt.Errorf("publish tariffs: %w", err)
	}
	p.file.br, p.file.gz = br.Bytes(), gz.Bytes()
	return p, nil
}

// tariffBook gives anyone the price plans that passages are rated by. Whoever has them already asks
// whether they still hold.
func (s *server) tariffBook(c *fiber.Ctx) error {
	if len(c.Request().URI().QueryString()) > 0 {
		return badRequest(errors.New("the tariffs are not asked for in parts"))
	}
	return s.tariffs.file.send(c, "no-cache")
}
