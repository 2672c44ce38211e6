package config

// metrics reads where /metrics is served. It has no sign-in, so only programs on the same machine may reach it.
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
