package inventory_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"go.uber.org/goleak"

	"canopy/api/inventory"
)

func TestAPageIsAskedForWhileTheOneBeforeIsTakenIn(t *testing.T) {
	cloud := newCloud(t)
	cloud.pageSize = 1
	asked := make(chan string, 10)
	cloud.fault = func(_ http.ResponseWriter, _ *http.Request, what, token string) bool {
		if what == "serverless" && token != "" {
			asked <- token
		}
		return false
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	ahead := 0
	err := cloud.inventory(t).Reload(ctx, serverlessPart, func(s *inventory.Snapshot) {
		if status := s.Status(serverlessPart); status.Rows == 0 || !status.Loading {
			return
		}
		select { // nothing else happens until the publishing of this page ends
		case <-asked:
			ahead++
		case <-ctx.Done():
		}
		if len(asked) > 0 {
			t.Error("more than one page is ahead")
		}
	})
	if err != nil || ahead != 4 {
		t.Errorf("of 5 pages %d were asked for in time: %v", ahead, err)
	}
}

func TestNoRequestOutlivesAReading(t *testing.T) {
	for name, c := range map[string]struct {
		pages map[string]string
		want  error
	}{
		"that is stopped by a loop":  {map[string]string{"": `{"clusters":[{"clusterId":"1"}],"nextPageToken":"x"}`, "x": `{"clusters":[{"clusterId":"2"}],"nextPageToken":"x"}`}, nil},
		"that ends with its context": {map[string]string{"": `{"clusters":[{"clusterId":"1"}],"nextPageToken":"x"}`}, context.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			cloud := newCloud(t)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			answered := pages(c.pages)
			cloud.fault = func(w http.ResponseWriter, r *http.Request, what, token string) bool {
				if _, ok := c.pages[token]; !ok {
					cancel()
					<-r.Context().Done() // the request is given up, or this never ends
					return true
				}
				return answered(w, r, what, token)
			}
			v := cloud.inventory(t)
			before := goleak.IgnoreCurrent()
			err := v.Reload(ctx, serverlessPart, nil)
			if err == nil || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("it ended with %v", err)
			}
			if s := v.Snapshot().Status(serverlessPart); s.Loading || s.Rows == 0 {
				t.Errorf("status %+v", s)
			}
			cloud.Client().CloseIdleConnections()
			cloud.CloseClientConnections()
			goleak.VerifyNone(t, before, goleak.IgnoreTopFunction("net/http.(*conn).serve"))
		})
	}
}
