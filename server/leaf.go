package main

import (
	"context"

	"bompass/server/embedded"
)

// openLeaf lets stations connect as NATS leaf nodes, where the configuration wants it. What they send is
// taken in by the same rules as over HTTP.
func (p *product) openLeaf(ctx context.Context) error {
	if p.config.Leaf.Addr == "" {
		return nil
	}
	certificates, err := p.config.Leaf.TLS()
	if err != nil {
		return err
	}
	working := context.WithoutCancel(ctx) // a batch that has begun is answered
	leaf, err := embedded.StartLeaf(p.config.Leaf.Addr, certificates, func(key string) bool { return p.pipeline.AcceptsKey(working, key) })
	if err != nil {
		return err
	}
	p.opened.add(leaf.Stop)
	conn, err := leaf.Connect()
	if err != nil {
		return err
	}
	p.opened.add(conn.Close)
	stop, err := p.pipeline.AnswerLeaves(working, conn)
	if err != nil {
		return err
	}
	p.opened.add(stop)
	p.log.Info("stations may connect as leaf nodes", "address", leaf.Address(), "tls", certificates != nil)
	return nil
}
