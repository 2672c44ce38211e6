package llrp_test

import (
	"encoding/hex"
	"fmt"

	"bompass/hardware/llrp"
)

// A report of one tag.
func ExampleDecode() {
	octets, err := hex.DecodeString("083d0000002900000007" + "00f0001f8d3000abcdef0000000000000381000186d0820005a9e4bef862e0")
	if err != nil {
		fmt.Println(err)
		return
	}
	frame, err := llrp.Decode(octets)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, tag := range frame.Message.(*llrp.ROAccessReport).Tags {
		fmt.Printf("EPC %X, antenna %d, %d dBm\n", tag.EPC, tag.Antenna, tag.RSSI)
	}
	// Output:
	// EPC 3000ABCDEF00000000000003, antenna 1, -48 dBm
}
