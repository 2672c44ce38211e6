package embedded

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// socketMax is the maximum length of a Unix socket's directory: 107 bytes less the file name.
const socketMax = 107 - len("/.s.PGSQL.65535")

// sharedRoot is the directory of databases whose user cannot enter the home.
const sharedRoot = "/var/lib/bompass"

// owner is the user that PostgreSQL runs as; it refuses to run as root.
type owner struct {
	name     string
	uid, gid uint32
	change   bool // whether it is another user than this process has
}

// findOwner returns the user that PostgreSQL runs as: the current one or, for root, postgres or nobody, because
// PostgreSQL refuses to run as root.
func findOwner() (owner, error) {
	if os.Getuid() != 0 {
		return owner{uid: uint32(os.Getuid()), gid: uint32(os.Getgid())}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errU := strconv.ParseUint(u.Uid, 10, 32)
		gid, errG := strconv.ParseUint(u.Gid, 10, 32)
		if errU == nil && errG == nil {
			return owner{name: name, uid: uint32(uid), gid: uint32(gid), change: true}, nil
		}
	}
	return owner{}, errors.New("PostgreSQL does not run as root and there is no user postgres or nobody; create one (useradd --system postgres) or start Bompass as an ordinary user")
}

// place is the directories of a private database.
type place struct {
	root   string // contains data, socket and log; belongs to the owner
	socket string // directory; empty if no short one could be created, then loopback is used
}

func (p place) data() string { return filepath.Join(p.root, "data") }
func (p place) log() string  { return filepath.Join(p.root, "postgres.log") }

// findPlace returns the directory: in the home, or, if the owner cannot enter its parents (a checkout under /root, for
// example), a directory of this home under /var/lib/bompass.
func findPlace(home string, o owner) (place, error) {
	root := filepath.Join(home, "postgres")
	if !o.change || traversable(home, o) {
		if err := makeOwned(root, o); err == nil {
			return place{root: root, socket: findSocket(root, o)}, nil
		} else if !o.change {
			return place{}, err
		}
	}
	root, err := elsewhere(home) // also for a file system without owners
	if err != nil {
		return place{}, err
	}
	if err := makeOwned(root, o); err != nil {
		return place{}, err
	}
	return place{root: root, socket: findSocket(root, o)}, nil
}

// elsewhere returns the home's directory under /var/lib/bompass. Its path is stored in the home: a home that is deleted
// and created again gets a new directory, without the data of the former one.
func elsewhere(home string) (string, error) {
	note := noteOf(home)
	if text, err := os.ReadFile(note); err == nil {
		return strings.TrimSpace(string(text)), nil
	}
	random := make([]byte, 4)
	_, _ = rand.Read(random)
	root := filepath.Join(sharedRoot, shortHash(home)+"-"+hex.EncodeToString(random))
	if err := os.WriteFile(note, []byte(root+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("database directory: %w", err)
	}
	return root, nil
}

// noteOf returns the file of a home that contains the path of its directory elsewhere.
func noteOf(home string) string { return filepath.Join(home, "postgres.place") }

// findSocket returns a directory for the Unix socket whose path is short enough for the operating system, empty if
// there is none.
func findSocket(root string, o owner) string {
	for _, dir := range []string{filepath.Join(root, "socket"), filepath.Join(os.TempDir(), "bompass-"+shortHash(root))} {
		if len(dir) <= socketMax && makeOwned(dir, o) == nil {
			return dir
		}
	}
	return ""
}

// clear removes a socket directory outside the home.
func (p place) clear() {
	if p.socket != "" && filepath.Dir(p.socket) != p.root {
		_ = os.Remove(p.socket)
	}
}

// makeOwned creates a directory that only the owner (and root) may enter.
func makeOwned(dir string, o owner) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return fmt.Errorf("database directory: %w", err)
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return fmt.Errorf("database directory: %w", err)
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return fmt.Errorf("database directory: %w", err)
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !info.IsDir() || !ok {
		return fmt.Errorf("database directory: %s is not a directory", dir)
	}
	if st.Uid != o.uid && int(st.Uid) != os.Getuid() { // another user can have created it in a directory that is writable for all
		return fmt.Errorf("database directory: %s belongs to another user; remove it or set BOMPASS_HOME to another directory", dir)
	}
	if st.Uid == o.uid && info.Mode().Perm() == 0o700 {
		return nil
	}
	if err := os.Chown(dir, int(o.uid), int(o.gid)); err != nil {
		return fmt.Errorf("database directory: %w", err)
	}
	if err := os.Chmod(dir, 0o700); err != nil { //nolint:gosec // a directory needs x to be entered
		return fmt.Errorf("database directory: %w", err)
	}
	return nil
}

// traversable reports whether the owner may enter a directory and all its parents.
func traversable(dir string, o owner) bool {
	for {
		info, err := os.Stat(dir)
		if err != nil {
			return false
		}
		if !mayEnter(info, o) {
			return false
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return true
		}
		dir = parent
	}
}

// mayEnter reports whether the owner has execute permission on a directory. Supplementary groups are ignored: the
// database runs without them.
func mayEnter(info os.FileInfo, o owner) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return false
	}
	switch mode := info.Mode().Perm(); {
	case st.Uid == o.uid:
		return mode&0o100 != 0
	case st.Gid == o.gid:
		return mode&0o010 != 0
	default:
		return mode&0o001 != 0
	}
}

func shortHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:6])
}
