package link_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net"
	"time"

	"bompass/hardware"
	"bompass/hardware/dsrc"
	"bompass/hardware/efc"
	"bompass/hardware/link"
	"bompass/hardware/seal"
	"bompass/hardware/sim"
)

// A lane with a simulated beacon on TCP and one passing vehicle.
func ExampleReader() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()

	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	keys, zone := seal.TestKeys(sim.NorwegianMark()), sim.NewZone()
	go func() { _ = sim.NewBeacon(zone, time.Now, sim.BeaconOptions{}).ServeTCP(ctx, listener) }()

	tag, err := sim.NewTag("9578010000000000012", hardware.PlateRead{Country: "NO", Text: "DP45821"})
	if err != nil {
		fmt.Println(err)
		return
	}
	zone.Enter(tag.Secure(keys))

	reader := link.Reader{
		Lane:    1,
		Connect: link.NewConnector(link.TCP(listener.Addr().String()), rand.Reader),
		Profile: efc.Secure(dsrc.BeaconID{Manufacturer: 1, Individual: 1052}, seal.TestKeyRef, nil),
		Keys:    keys, Now: time.Now, Random: rand.Reader,
		Jitter: func() float64 { return 0.5 }, Log: slog.New(slog.DiscardHandler),
	}
	err = reader.Run(ctx, func(s hardware.Sighting) error {
		fmt.Println("lane", s.Lane, s.Tag.Finding, s.Tag.PAN, s.Tag.Plate.Text, "verified:", s.Tag.Verified)
		cancel()
		return nil
	})
	fmt.Println(err)
	// Output:
	// lane 1 read 9578010000000000012 DP45821 verified: true
	// <nil>
}
