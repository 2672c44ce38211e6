package reader

import (
	"context"
	"crypto/tls"
	"net"
	"time"
)

// dialTimeout is the limit of one attempt to connect.
const dialTimeout = 5 * time.Second

// DialTCP returns a Dial for an unencrypted connection. The port is 5084 unless the address has another.
func DialTCP(address string) func(context.Context) (net.Conn, error) {
	address = withPort(address, Port)
	return func(ctx context.Context) (net.Conn, error) {
		return (&net.Dialer{Timeout: dialTimeout}).DialContext(ctx, "tcp", address)
	}
}

// DialTLS returns a Dial for a connection over TLS. The port is 5085 unless the address has another. A nil
// config trusts the system's certificates; set its Certificates for readers that authenticate their clients.
func DialTLS(address string, config *tls.Config) func(context.Context) (net.Conn, error) {
	address = withPort(address, PortTLS)
	if config == nil {
		config = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	return func(ctx context.Context) (net.Conn, error) {
		d := tls.Dialer{NetDialer: &net.Dialer{Timeout: dialTimeout}, Config: config}
		return d.DialContext(ctx, "tcp", address)
	}
}

func withPort(address, port string) string {
	if _, _, err := net.SplitHostPort(address); err != nil {
		return net.JoinHostPort(address, port)
	}
	return address
}
