package api_test

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"canopy/api"
)

const echoed = "opaque-0123456789-abcdefghijklmnopqrstuvwxyz"

// TestAHostThatRepeatsTheCredentialOutsideTheBody sends it back where net/http quotes it in its
// errors, and where the client reads it.
func TestAHostThatRepeatsTheCredentialOutsideTheBody(t *testing.T) {
	for what, head := range map[string]string{
		"status line":      "HTTP/1.1 " + echoed + "\r\n\r\n",
		"no HTTP at all":   echoed + "\r\n\r\n",
		"content length":   "HTTP/1.1 200 OK\r\nContent-Length: " + echoed + "\r\n\r\n",
		"trace id":         "HTTP/1.1 404 Not Found\r\nX-Debug-Trace-Id: " + echoed + "\r\nContent-Length: 0\r\n\r\n",
		"broken location":  "HTTP/1.1 302 Found\r\nLocation: http://[" + echoed + "\r\nContent-Length: 0\r\n\r\n",
		"foreign location": "HTTP/1.1 302 Found\r\nLocation: http://" + echoed + ".example/\r\nContent-Length: 0\r\n\r\n",
		"header line":      "HTTP/1.1 200 OK\r\n" + echoed + "\r\n\r\n",
	} {
		t.Run(what, func(t *testing.T) {
			at := raw(t, head)
			client, err := api.New(api.Config{
				Hosts: api.Hosts{IAM: at, Serverless: at, Dedicated: at},
				HTTP:  &http.Client{Transport: bearer{echoed}},
				Wait:  func(context.Context, time.Duration) error { return nil },
			})
			if err != nil {
				t.Fatal(err)
			}
			_, err = client.Organization(context.Background())
			if err == nil {
				t.Fatal("the answer was taken")
			}
			if strings.Contains(err.Error(), echoed[7:25]) {
				t.Errorf("the error repeats the credential: %v", err)
			}
		})
	}
}

// raw answers every connection with the same bytes.
func raw(t *testing.T, answer string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if _, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
				_, _ = c.Write([]byte(answer))
			}
			_ = c.Close()
		}
	}()
	return "http://" + l.Addr().String()
}
