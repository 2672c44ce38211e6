package config

// metrics reads the address of /metrics. It has no authentication, so only a loopback address is accepted.
func (r *reader) metrics() string {
	const name = "BOMPASS_METRICS_ADDR"
	if r.text(name, "") == "" {
		return ""
	}
	addr := r.addr(name, "")
	if addr != "" && !isLoopback(addr) {
		r.addProblem(name, addr, "write an address of this machine alone, such as 127.0.0.1:9464")
		return ""
	}
	return addr
}
