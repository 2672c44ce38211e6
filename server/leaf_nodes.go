package main

import (
	"context"

	"bompass/server/embedded"
)

// openLeaf listens for stations that connect as NATS leaf nodes, if configured. Their batches are accepted by the same
// rules as over HTTP.
func (p *product) openLeaf(ctx context.Context) error {
	if p.config.Leaf.Addr == "" {
		return nil
	}
	certificates, err := p.config.Leaf.TLS()
	if err != nil {
		return err
	}
	working := context.WithoutCancel(ctx) // a batch in progress is answered
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
	p.log.Info("listen for leaf nodes", "address", leaf.Address(), "tls", certificates != nil)
	return nil
}
