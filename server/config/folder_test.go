package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bompass/server/config"
)

func TestUnusableFoldersAreRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	for _, c := range []struct {
		name string
		cfg  config.Config
		want string
	}{
		{
			"a home that is a file",
			config.Config{Home: file},
			`BOMPASS_HOME is "` + file + `", but ` + file +
				" is a file; set BOMPASS_HOME to a directory you may write in",
		},
		{"a home below a file", config.Config{Home: filepath.Join(file, "a", "b")}, "but " + file + " is a file"},
		{
			"a home that cannot be created",
			config.Config{Home: "/proc/bompass"},
			"set BOMPASS_HOME to a directory you may write in",
		},
		{
			"a paper folder that is a file",
			config.Config{Home: home, Paper: file},
			"set BOMPASS_PAPER_DIR to a directory you may write in",
		},
		{
			"a paper folder that is not writable",
			config.Config{Home: home, Paper: "/proc"},
			"set BOMPASS_PAPER_DIR to a directory you may write in",
		},
		{"assets that do not exist", config.Config{Home: home, Assets: filepath.Join(home, "none")}, "does not exist"},
		{
			"assets that are a file",
			config.Config{Home: home, Assets: file},
			"set BOMPASS_ASSETS to a directory you may read",
		},
	} {
		err := c.cfg.CheckFolders()
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v, want one line with %q", c.name, err, c.want)
		}
	}
}

func TestUsableFoldersAreCreatedAndLeftEmpty(t *testing.T) {
	dir := t.TempDir()
	cfg := config.Config{Home: filepath.Join(dir, "home"), Paper: filepath.Join(dir, "a", "paper"), Assets: dir}
	if err := cfg.CheckFolders(); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{cfg.Home, cfg.Paper} {
		if left, err := os.ReadDir(path); err != nil || len(left) != 0 {
			t.Errorf("%s: got %v, %v, want an empty directory", path, left, err)
		}
	}
}
