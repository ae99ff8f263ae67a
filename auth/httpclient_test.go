package auth_test

import (
	"encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"canopy/auth"
)

// privateCA is a TLS server under an authority that no system knows, and the file of that authority.
func privateCA(t *testing.T, handler http.Handler) (s *httptest.Server, caFile string) {
	t.Helper()
	s = httptest.NewUnstartedServer(handler)
	s.Config.ErrorLog = quiet
	s.StartTLS()
	t.Cleanup(s.Close)
	caFile = filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	if err := os.WriteFile(caFile, block, 0o600); err != nil {
		t.Fatal(err)
	}
	return s, caFile
}

func client(t *testing.T, caFile string) *http.Client {
	t.Helper()
	c, err := auth.HTTPClient(caFile)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.CloseIdleConnections)
	return c
}

// fails checks that an error names the host, wraps ErrOffline, and says what helps.
func fails(t *testing.T, what string, err error, host, says string) {
	t.Helper()
	if !errors.Is(err, auth.ErrOffline) || !strings.Contains(err.Error(), host) || !strings.Contains(err.Error(), says) {
		t.Errorf("%s gives %v; want %s and %q", what, err, host, says)
	}
	if err != nil && strings.Contains(err.Error(), "canary") {
		t.Errorf("%s gives a secret away: %v", what, err)
	}
}

func TestBehaviour09AnAuthorityOfTheUsersOwnIsTrustedFromItsFileOnly(t *testing.T) {
	server := newServer(t)
	s, caFile := privateCA(t, server.Config.Handler)
	host := strings.TrimPrefix(s.URL, "https://")
	onTLS := func(caFile string) func(*auth.Config, *auth.Environment) {
		return func(cfg *auth.Config, e *auth.Environment) {
			cfg.HTTP = client(t, caFile)
			e.TokenEndpoint, e.UserinfoEndpoint, e.RevocationEndpoint, e.IAM = s.URL+"/token", s.URL+"/userinfo", s.URL+"/revoke", s.URL
		}
	}
	h := houseOn(t, server, t.TempDir(), auth.NewMemoryStore(), onTLS(caFile))
	g := h.mustSignIn()
	if status, err := fetch(t, h.auth.Client(g.ID), s.URL+"/v1beta1/projects"); status != 200 || err != nil {
		t.Errorf("with the file reading gives %d, %v", status, err)
	}
	without := houseOn(t, server, h.dir, h.store, onTLS(""))
	_, err := fetch(t, without.auth.Client(g.ID), s.URL+"/v1beta1/projects")
	fails(t, "reading without the file", err, host, "CA file")
	without.clock.move(2 * time.Hour)
	_, err = fetch(t, without.auth.Client(g.ID), s.URL+"/v1beta1/projects")
	fails(t, "renewing without the file", err, host, "CA file")
	_, err = auth.Discover(t.Context(), client(t, ""), s.URL)
	fails(t, "metadata without the file", err, host, "CA file")
	if _, err := auth.Discover(t.Context(), client(t, caFile), s.URL); !errors.Is(err, auth.ErrServer) {
		t.Errorf("with the file the metadata give %v; want the server's 404", err)
	}
}

func TestBehaviour09ACertificateOfAnotherNameIsNamed(t *testing.T) {
	s, caFile := privateCA(t, http.NotFoundHandler())
	_, port, _ := strings.Cut(strings.TrimPrefix(s.URL, "https://"), ":")
	_, err := auth.Discover(t.Context(), client(t, caFile), "https://localhost:"+port)
	fails(t, "a certificate for 127.0.0.1", err, "localhost:"+port, "another name")
}

func TestBehaviour09APortWithoutTLSIsNamed(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	defer s.Close()
	host := strings.TrimPrefix(s.URL, "http://")
	_, err := auth.Discover(t.Context(), client(t, ""), "https://"+host)
	fails(t, "a server without TLS", err, host, "does not speak TLS")
}

func TestBehaviour20AProxyThatWantsAPasswordIsNamed(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Proxy-Authenticate", `Basic realm="office"`)
		w.WriteHeader(http.StatusProxyAuthRequired)
	}))
	defer proxy.Close()
	at, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	c := client(t, "")
	c.Transport.(*http.Transport).Proxy = http.ProxyURL(at)
	_, err = auth.Discover(t.Context(), c, "https://oauth.example")
	fails(t, "https through the proxy", err, "oauth.example", "HTTPS_PROXY")
	h := newHouse(t)
	g := h.mustSignIn()
	behind := houseOn(t, h.server, h.dir, h.store, func(cfg *auth.Config, e *auth.Environment) {
		cfg.HTTP = c
		e.IAM = "https://iam.example"
	})
	_, err = fetch(t, behind.auth.Client(g.ID), "https://iam.example/v1beta1/projects")
	fails(t, "reading through the proxy", err, "iam.example", "HTTPS_PROXY")
	behind.clock.move(2 * time.Hour)
	if _, err := behind.get(g); !errors.Is(err, auth.ErrOffline) || !strings.Contains(err.Error(), "HTTPS_PROXY") {
		t.Errorf("renewing over http through the proxy gives %v", err)
	}
}

func TestHTTPClientSaysWhatIsWrongWithTheCAFile(t *testing.T) {
	dir := t.TempDir()
	empty := filepath.Join(dir, "empty.pem")
	if err := os.WriteFile(empty, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, says := range map[string]string{filepath.Join(dir, "none.pem"): "no such file", empty: "holds no certificate", dir: "is a directory"} {
		if _, err := auth.HTTPClient(path); err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s gives %v", path, err)
		}
	}
}
