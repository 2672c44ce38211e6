package embedded

import (
	"os/exec"
	"runtime"
	"syscall"
)

// own makes the command run as the owner, in a process group of its own, because Ctrl-C is for the server, which
// stops the database last. The kernel interrupts it when the server ends in any way.
func own(cmd *exec.Cmd, o owner) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGINT}
	if o.change {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: o.uid, Gid: o.gid}
	}
}

// startAndWait starts the command and waits for it on one thread: the kernel sends the death signal
// when the starting thread ends, so that thread must live as long as the command.
func startAndWait(cmd *exec.Cmd) (started <-chan error, ended <-chan struct{}) {
	start, end := make(chan error, 1), make(chan struct{})
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
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
