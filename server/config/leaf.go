package config

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
)

// Leaf is the listener for stations that connect as NATS leaf nodes.
type Leaf struct {
	Addr        string // BOMPASS_LEAF: address to listen on; empty for none
	Certificate string // BOMPASS_LEAF_CERT: PEM file of the TLS certificate
	Key         string // BOMPASS_LEAF_CERT_KEY: PEM file of its private key
}

// leaf reads the settings of leaf nodes. Stations send their key when they connect, so production needs TLS unless only
// this machine can connect.
func (r *reader) leaf(mode Mode) Leaf {
	l := Leaf{Certificate: r.text("BOMPASS_LEAF_CERT", ""), Key: r.text("BOMPASS_LEAF_CERT_KEY", "")}
	if r.text("BOMPASS_LEAF", "") != "" {
		l.Addr = r.addr("BOMPASS_LEAF", "")
	}
	if (l.Certificate == "") != (l.Key == "") {
		r.addProblem("BOMPASS_LEAF_CERT", l.Certificate,
			"write the files of the certificate and, in BOMPASS_LEAF_CERT_KEY, of its key")
	}
	if l.Addr != "" && l.Certificate == "" && mode == Production && !isLoopback(l.Addr) {
		r.addProblem("BOMPASS_LEAF", l.Addr,
			"stations send their key: in production set BOMPASS_LEAF_CERT, or listen on 127.0.0.1 behind a proxy that speaks TLS")
	}
	return l
}

// isLoopback reports whether an address of host:port can be reached from this machine only.
func isLoopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// TLS returns the configuration with the certificate, or nil if none is set.
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
