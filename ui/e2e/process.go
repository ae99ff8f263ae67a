package e2e

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// grace is how long a process may take to end after it was asked to.
const grace = 5 * time.Second

// Process is a program that runs on the desktop.
type Process struct {
	Name string
	PID  int
	log  string
	done chan struct{}
	err  error // how it ended; read only after done
}

// command says which program to start. Its output goes to a log file unless stdout is set.
type command struct {
	name   string
	args   []string // args[0] is the program
	env    []string
	stdin  io.Reader
	stdout io.Writer
	files  []*os.File // from descriptor 3 on
}

// A spawner starts all processes from one thread that lives as long as it does. Linux ends them when that thread ends, so
// that none outlives the program, however it goes.
type spawner struct {
	work chan func()
}

func newSpawner() *spawner {
	s := &spawner{work: make(chan func())}
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine, and with it what it started
		for f := range s.work {
			f()
		}
	}()
	return s
}

func (s *spawner) close() { close(s.work) }

// start runs c and logs to folder out.
func (s *spawner) start(ctx context.Context, out string, c command) (*Process, error) {
	p := &Process{Name: c.name, log: filepath.Join(out, c.name+".log"), done: make(chan struct{})}
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(context.WithoutCancel(ctx), c.args[0], c.args[1:]...) // ended by Stop, never with ctx
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = c.env, c.stdin, c.stdout, log, c.files
	if cmd.Stdout == nil {
		cmd.Stdout = log
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.WaitDelay = grace
	started := make(chan error, 1)
	s.work <- func() { started <- cmd.Start() }
	if err := <-started; err != nil {
		return nil, errors.Join(fmt.Errorf("start %s: %w", c.name, err), log.Close())
	}
	p.PID = cmd.Process.Pid
	go func() {
		err := cmd.Wait()
		p.err = errors.Join(err, log.Close())
		close(p.done)
	}()
	return p, nil
}

// Log returns what the process has written so far.
func (p *Process) Log() (string, error) {
	text, err := os.ReadFile(p.log)
	return string(text), err
}

// Running reports whether the process has not ended.
func (p *Process) Running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// Wait waits for the end of the process and returns its exit code.
func (p *Process) Wait(ctx context.Context) (code int, err error) {
	select {
	case <-p.done:
		var exit *exec.ExitError
		if errors.As(p.err, &exit) {
			return exit.ExitCode(), nil
		}
		return 0, p.err
	case <-ctx.Done():
		return 0, fmt.Errorf("waiting for %s to end: %w", p.Name, ctx.Err())
	}
}

// Kill ends the process at once, as a crash would.
func (p *Process) Kill() {
	if p.Running() {
		_ = syscall.Kill(p.PID, syscall.SIGKILL)
	}
	<-p.done
}

// Stop asks the process to end, and makes it when it does not. What it started itself, it is asked too.
func (p *Process) Stop() {
	if !p.Running() {
		return
	}
	_ = syscall.Kill(-p.PID, syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(grace):
		_ = syscall.Kill(-p.PID, syscall.SIGKILL)
		<-p.done
	}
}

// tail returns the last lines of a log, for an error that should say why.
func (p *Process) tail() string {
	text, err := p.Log()
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-8):], "\n")
}
