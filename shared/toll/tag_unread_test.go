package toll_test

import (
	"testing"

	"bompass/shared/toll"
)

func TestTagUnreadFromHalfOfPassages(t *testing.T) {
	cases := []struct {
		passages, unread int
		want             bool
	}{{0, 0, false}, {3, 3, false}, {4, 1, false}, {4, 2, true}, {70, 7, false}, {70, 35, true}, {70, 70, true}}
	for _, c := range cases {
		if got := toll.TagUnread(c.passages, c.unread); got != c.want {
			t.Errorf("%d of %d by plate: got %t", c.unread, c.passages, got)
		}
	}
}
