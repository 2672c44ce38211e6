package main_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"bompass/server/internal/pgtest"
	"bompass/shared/api"
	"bompass/shared/toll"
)

// sendWith sends one batch with an API key, and returns the status and the reply.
func (c *crashed) sendWith(key string, passages ...toll.Observation) (int, api.BatchReply) {
	c.t.Helper()
	var body bytes.Buffer
	for _, o := range passages {
		if err := json.NewEncoder(&body).Encode(o); err != nil {
			c.t.Fatal(err)
		}
	}
	req, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, "http://"+c.addr+api.PassageBatch.Path, &body)
	if err != nil {
		c.t.Fatal(err)
	}
	req.Host = publicHost
	req.Header.Set("Authorization", "Bearer "+key)
	req.Header.Set("Content-Type", "application/x-ndjson")
	reply, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = reply.Body.Close() }()
	var got api.BatchReply
	_ = json.NewDecoder(reply.Body).Decode(&got)
	return reply.StatusCode, got
}

// awaitStatus sends until a batch with a key is answered with a status.
func (c *crashed) awaitStatus(key string, want int, passage toll.Observation) api.BatchReply {
	c.t.Helper()
	status := 0
	for range 400 {
		var reply api.BatchReply
		if status, reply = c.sendWith(key, passage); status == want {
			return reply
		}
		time.Sleep(50 * time.Millisecond)
	}
	c.t.Fatalf("got status %d, want %d", status, want)
	return api.BatchReply{}
}

// A key that the command makes is accepted by the running server for its stations, and refused when it is withdrawn.
func TestStationKeysAreMadeAndWithdrawn(t *testing.T) {
	c := newCrashed(t)
	c.start()
	defer c.kill()
	c.awaitReady()
	out, said, err := perform(t, c.binary, c.env(), "station", "key", "add", "oslo north", "oslo-301")
	key := strings.TrimSpace(out)
	if err != nil || len(key) < 43 || strings.Contains(key, " ") {
		t.Fatalf("got %q, %v\n%s", out, err, said)
	}
	inside, outside := recentPassages()[0], recentPassages()[0]
	inside.Station, outside.Station = "oslo-301", "oslo-302"
	reply := c.awaitStatus(key, http.StatusOK, inside)
	if reply.Accepted != 1 {
		t.Errorf("got %+v, want the passage accepted", reply)
	}
	if status, reply := c.sendWith(key, outside); status != http.StatusOK || reply.Accepted != 0 || len(reply.Refused) != 1 {
		t.Errorf("a station that the key is not valid for: got %d %+v, want the passage refused", status, reply)
	}
	if out, said, err = perform(t, c.binary, c.env(), "station", "key", "list"); err != nil || !strings.Contains(out, "oslo north") || strings.Contains(out, key) {
		t.Errorf("got %q, %v\n%s", out, err, said)
	}
	if out, said, err = perform(t, c.binary, c.env(), "station", "key", "withdraw", "oslo north"); err != nil || !strings.Contains(out, "withdrawn") {
		t.Errorf("got %q, %v\n%s", out, err, said)
	}
	c.awaitStatus(key, http.StatusUnauthorized, inside)
}

func TestStationKeyCommandsRefuseInvalidArguments(t *testing.T) {
	server := program(t)
	env := []string{"DATABASE_URL=" + pgtest.URL(t), "BOMPASS_HOME=" + t.TempDir()}
	if out, said, err := perform(t, server, env, "station", "key", "add", "all of them", "--all"); err != nil {
		t.Fatalf("got %q, %v\n%s", out, err, said)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"station"}, ""},
		{[]string{"station", "key", "add", "x"}, "name the stations"},
		{[]string{"station", "key", "add", "x", "oslo-301", "--all"}, ""},
		{[]string{"station", "key", "add", "--all"}, "write: server station key add"},
		{[]string{"station", "key", "add", "all of them", "--all"}, "choose another name"},
		{[]string{"station", "key", "add", "x", "oslo-999"}, "oslo-301"},
		{[]string{"station", "key", "withdraw", "nobody"}, `no station key "nobody"`},
		{[]string{"station", "key", "lend"}, "write: server station key add"},
	} {
		out, said, err := perform(t, server, env, c.args...)
		if c.want != "" && (err == nil || !strings.Contains(said, c.want)) {
			t.Errorf("%v: got %v, %q %q, want %q", c.args, err, out, said, c.want)
		}
	}
}
