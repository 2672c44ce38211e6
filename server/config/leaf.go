package config

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
)

// Leaf is where stations connect as NATS leaf nodes.
type Leaf struct {
	Addr        string // BOMPASS_LEAF: where to listen; empty is nowhere
	Certificate string // BOMPASS_LEAF_CERT: file of the certificate with which a connection begins
	Key         string // BOMPASS_LEAF_CERT_KEY: file of its key
}

func (r *reader) leaf(mode Mode) Leaf {
	l := Leaf{Certificate: r.text("BOMPASS_LEAF_CERT", ""), Key: r.text("BOMPASS_LEAF_CERT_KEY", "")}
	if r.text("BOMPASS_LEAF", "") != "" {
		l.Addr = r.addr("BOMPASS_LEAF", "")
	}
	if (l.Certificate == "") != (l.Key == "") {
		r.addProblem("BOMPASS_LEAF_CERT", l.Certificate, "write the files of the certificate and, in BOMPASS_LEAF_CERT_KEY, of its key")
	}
	if l.Addr != "" && l.Certificate == "" && mode == Production && !isLoopback(l.Addr) {
		r.addProblem("BOMPASS_LEAF", l.Addr, "stations send their key: in production set BOMPASS_LEAF_CERT, or listen on 127.0.0.1 behind a proxy that speaks TLS")
	}
	return l
}

func isLoopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// TLS reads the certificate; without one it is nil.
func (l Leaf) TLS() (*tls.Config, error) {
	if l.Certificate == "" {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(l.Certificate, l.Key)
	if err != nil {
		return nil, fmt.Errorf("certificate for stations: %w; check BOMPASS_LEAF_CERT and BOMPASS_LEAF_CERT_KEY", err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, nil
}
