// Package folder takes the bank's files out of a folder: those that were entered go to its folder done, those that are wrong to
// refused, each with a text that says why. What is to be sent to the bank is written to its folder out.
package folder

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"bompass/server/bank"
)

const (
	// Interval is the time between two looks at the folder.
	Interval = 30 * time.Second
	// Timeout is the maximum time of one look.
	Timeout = time.Hour
	// quiet is the time for which a file must not have changed: until then it may be incomplete.
	quiet = 10 * time.Second
	// attempts of one look; the next look is another job.
	attempts = 1
)

// The folders within.
const (
	done    = "done"
	refused = "refused"
	out     = "out"
)

// Job is a look at the folder. One waits or runs at a time, however many servers there are.
type Job struct{}

// Kind returns the name of the job.
func (Job) Kind() string { return "bank.folder" }

// MaxAttempts is the maximum number of attempts.
func (Job) MaxAttempts() int { return attempts }

// Files is the service that the files are for.
type Files interface {
	Import(ctx context.Context, name string, data []byte) (bank.Result, error)
	Export(ctx context.Context, c bank.Creditor, write func(name string, data []byte) error) (int, error)
}

// Folder is a folder of the bank's files. It is safe for concurrent use.
type Folder struct {
	path     string
	files    Files
	creditor bank.Creditor
	now      func() time.Time
	log      *slog.Logger

	entered, refused atomic.Int64
}

// New returns a Folder. Without a customer unit in c nothing is claimed.
func New(path string, files Files, c bank.Creditor, now func() time.Time, log *slog.Logger) (*Folder, error) {
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("%s is no folder that can be read", path)
	}
	for _, name := range []string{done, refused, out} {
		if err := os.MkdirAll(filepath.Join(path, name), 0o700); err != nil {
			return nil, err
		}
	}
	return &Folder{path: path, files: files, creditor: c, now: now, log: log}, nil
}

// Entered returns the number of files that this server has entered since it started.
func (f *Folder) Entered() int64 { return f.entered.Load() }

// Refused returns the number of files that this server has refused since it started.
func (f *Folder) Refused() int64 { return f.refused.Load() }

// Work performs a Job: it takes each file that is complete, and writes what is to be sent. A file that could not be entered for
// another reason than its contents stays for the next look.
func (f *Folder) Work(ctx context.Context, _ Job, _ int) error {
	list, err := os.ReadDir(f.path)
	if err != nil {
		return err
	}
	var failed error
	for _, entry := range list {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if entry.Type().IsRegular() && !unfinished(entry.Name()) {
			failed = errors.Join(failed, f.take(ctx, entry.Name()))
		}
	}
	if f.creditor.Unit == "" {
		return failed
	}
	_, err = f.files.Export(ctx, f.creditor, func(name string, data []byte) error { return WriteWhole(filepath.Join(f.path, out, name), data) })
	return errors.Join(failed, err)
}

// unfinished reports whether programs name files like this while they write them.
func unfinished(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".part") || strings.HasSuffix(name, ".tmp") || strings.HasSuffix(name, ".filepart")
}

// take enters a file if it is complete, and moves it.
func (f *Folder) take(ctx context.Context, name string) error {
	path := filepath.Join(f.path, name)
	data, complete, err := f.read(path)
	if !complete {
		return err
	}
	var r bank.Result
	if err == nil {
		r, err = f.files.Import(ctx, name, data)
	}
	again, read := errors.AsType[*bank.ReadError](err)
	switch {
	case err == nil:
		f.entered.Add(1)
		f.log.Info("bank file entered", "file", name, "payments", r.Payments, "unplaced", r.Unplaced)
		return f.move(path, done, "")
	case read && again.Same: // entered by a look that ended before the file was moved, or sent twice
		return f.move(path, done, "")
	case bank.Refused(err):
		f.refused.Add(1)
		f.log.Error("bank file refused", "file", name, "error", err)
		return f.move(path, refused, fmt.Sprintf("%s %s\nNothing of it was entered.\n", name, err))
	}
	return fmt.Errorf("enter %s: %w", name, err)
}

// read returns a file if it is complete: unchanged for a while, and while it was read. One that is too large is complete.
func (f *Folder) read(path string) (data []byte, complete bool, err error) {
	before, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, false, nil // another look has moved it
	case err != nil:
		return nil, false, err
	case f.now().Sub(before.ModTime()) < quiet:
		return nil, false, nil
	case before.Size() > bank.SizeMax:
		return nil, true, bank.ErrSize
	}
	if data, err = os.ReadFile(path); err != nil {
		return nil, false, err
	}
	after, err := os.Stat(path)
	return data, err == nil && after.Size() == int64(len(data)) && after.ModTime().Equal(before.ModTime()), err
}

// move moves a file into a folder, with a text beside it that says why.
func (f *Folder) move(path, to, why string) error {
	name := filepath.Base(path)
	target := filepath.Join(f.path, to, name)
	for n := 2; ; n++ {
		if _, err := os.Lstat(target); errors.Is(err, fs.ErrNotExist) {
			break
		}
		target = filepath.Join(f.path, to, fmt.Sprintf("%s-%d", name, n))
	}
	err := os.Rename(path, target)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil // another look has moved it
	case err != nil || why == "":
		return err
	}
	return WriteWhole(target+".why.txt", []byte(why))
}

// WriteWhole writes a file under another name and renames it when it is complete, so that nobody reads a part of it.
func WriteWhole(path string, data []byte) error {
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.part")
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
	return err
}
