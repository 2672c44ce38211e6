#!/bin/sh
# Decodes a recorded run with Wireshark's LLRP dissector and fails on any complaint.
# SET_PROTOCOL_VERSION (47) is excluded: the dissector takes its one octet for the header's version and then
# counts it as trailing. TestSetProtocolVersionIsOneOctet checks its layout.
set -eu
if ! command -v tshark >/dev/null || ! command -v text2pcap >/dev/null; then
	echo "llrp-check: NOT CHECKED: tshark is not installed (apt-get install tshark)" >&2
	exit 1
fi
run=$(mktemp -d)
trap 'rm -rf "$run"' EXIT
go run ./hardware/llrp/llrptest/record >"$run/frames.txt"
text2pcap -q -D -T 5084,40000 "$run/frames.txt" "$run/frames.pcap" 2>/dev/null
said=$(grep -c '^[IO]$' "$run/frames.txt")
read=$(tshark -r "$run/frames.pcap" -d tcp.port==5084,llrp -Y llrp 2>/dev/null | wc -l)
tshark -r "$run/frames.pcap" -d tcp.port==5084,llrp -Y 'llrp && llrp.type != 47 && (_ws.malformed || _ws.expert.severity >= "Warning" || _ws.unreassembled)' -V 2>/dev/null >"$run/complaints"
if [ "$said" -ne "$read" ] || [ -s "$run/complaints" ]; then
	cat "$run/complaints" >&2
	echo "llrp-check: $said frames sent, $read read as LLRP" >&2
	exit 1
fi
echo "llrp-check: $read frames read by $(tshark --version 2>/dev/null | head -1) without a complaint (type 47 not checked, see the script)"
