//go:build unix && !linux

package embedded

import (
	"os/exec"
	"syscall"
)

// own makes the command run as the owner, in a process group of its own.
func own(cmd *exec.Cmd, o owner) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if o.change {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: o.uid, Gid: o.gid}
	}
}

// startAndWait starts the command and waits for it.
func startAndWait(cmd *exec.Cmd) (started <-chan error, ended <-chan struct{}) {
	start, end := make(chan error, 1), make(chan struct{})
	go func() {
		if err := cmd.Start(); err != nil {
			start <- err
			return
		}
		start <- nil
		_ = cmd.Wait() // the reason is in its log
		close(end)
	}()
	return start, end
}
