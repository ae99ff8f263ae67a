package sandbox_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"canopy/api/sandbox"
)

func TestTheSandboxSaysWhereItIs(t *testing.T) {
	b := open(t)
	a := b.get(b.at.Issuer+"/_sandbox", "")
	want := []string{"issuer", "authorization_endpoint", "token_endpoint", "device_authorization_endpoint", "revocation_endpoint",
		"userinfo_endpoint", "iam", "serverless", "dedicated", "console", "client_id", "redirect_path"}
	at := -1
	for _, member := range want {
		next := strings.Index(a.body, `"`+member+`":`)
		if next < at {
			t.Errorf("%s is missing or out of order in %s", member, a.body)
		}
		at = next
	}
	if a.text("redirect_path") != "/callback" || a.text("client_id") != "canopy-sandbox" || len(a.json) != len(want) {
		t.Errorf("got %s", a.body)
	}
	hosts := map[string]bool{b.at.Issuer: true, b.at.Console: true, b.at.IAM: true, b.at.Serverless: true, b.at.Dedicated: true}
	if len(hosts) != 5 {
		t.Errorf("%d hosts, want 5", len(hosts))
	}
	b.get(b.at.Issuer+"/_sandbox/keys", "").says(t, `"organization":"1001"`, `"public":"SBX01001"`)
}

func TestTheSandboxSaysWhatWasGivenAndNoSecret(t *testing.T) {
	b := open(t)
	first := b.signIn(bob, acme, "101", "102")
	b.clock.pass(time.Second)
	second := b.signIn(gina, globex, "all")
	a := b.get(b.at.Issuer+"/_sandbox/grants", "")
	if got := a.texts("grants", "user"); !slices.Equal(got, []string{bob, gina}) {
		t.Errorf("the grants are those of %v; want those of bob and gina, the oldest first", got)
	}
	a.says(t, `"organization":"1001"`, `"projects":["101","102"]`, `"all_projects":true`)
	for _, token := range []string{first.text("access_token"), first.text("refresh_token"), second.text("refresh_token")} {
		if strings.Contains(a.body, token) {
			t.Error("a token is in the list of grants")
		}
	}
	b.revoke(first.text("refresh_token"), "")
	if got := b.get(b.at.Issuer+"/_sandbox/grants", "").texts("grants", "user"); !slices.Equal(got, []string{gina}) {
		t.Errorf("after bob's was revoked the grants are those of %v; want gina's alone", got)
	}
}

func TestWrongOptionsSayWhatIsWrong(t *testing.T) {
	for words, change := range map[string]func(*sandbox.Options){
		"not a loopback address":      func(o *sandbox.Options) { o.Listen = "0.0.0.0" },
		`"localhost" is not`:          func(o *sandbox.Options) { o.Listen = "localhost" },
		"port -1 is out of range":     func(o *sandbox.Options) { o.Port = -1 },
		"port 65532 is out of range":  func(o *sandbox.Options) { o.Port = 65532 },
		"-1 clusters":                 func(o *sandbox.Options) { o.Clusters = -1 },
		"-1 projects":                 func(o *sandbox.Options) { o.Projects = -1 },
		"unknown PKCE mode":           func(o *sandbox.Options) { o.PKCE = "maybe" },
		"cannot answer 500":           func(o *sandbox.Options) { o.ForeignStatus = 500 },
		"latency -1s is negative":     func(o *sandbox.Options) { o.Latency = -time.Second },
		"token lifetime -1s":          func(o *sandbox.Options) { o.TokenLifetime = -time.Second },
		"not of the form":             func(o *sandbox.Options) { o.Redirects = []string{"http://127.0.0.1"} },
		"does not lead to this":       func(o *sandbox.Options) { o.Redirects = []string{"http://evil.example/callback"} },
		`unknown fault "nope"`:        func(o *sandbox.Options) { o.Faults = []string{"nope"} },
		"draw the key for page token": func(o *sandbox.Options) { o.Rand = iotest.ErrReader(errors.New("empty")) },
		"draw the key for nonces":     func(o *sandbox.Options) { o.Rand = io.LimitReader(zeros{}, 48) },
		"folder that can be written":  func(o *sandbox.Options) { o.State = filepath.Join(t.TempDir(), "none", "state") },
		"move it away":                func(o *sandbox.Options) { o.State = damaged(t) },
		"read the sandbox's state":    func(o *sandbox.Options) { o.State = t.TempDir() },
	} {
		var o sandbox.Options
		change(&o)
		server, err := sandbox.Start(o)
		if err == nil {
			_ = server.Close()
		}
		if err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("got %v, want %q", err, words)
		}
	}
}

// zeros is a source of no surprise.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func damaged(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "state.json")
	if err := os.WriteFile(name, []byte(`{"version":1,`), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestADamagedStateFileStaysAsItIs(t *testing.T) {
	name := damaged(t)
	if _, err := sandbox.Start(sandbox.Options{State: name}); err == nil {
		t.Fatal("it started")
	}
	if text, err := os.ReadFile(name); err != nil || string(text) != `{"version":1,` {
		t.Errorf("the file is %q now (%v)", text, err)
	}
}

func TestPortsAreConsecutiveAndATakenOneIsNamed(t *testing.T) {
	first := freePorts(t)
	b := open(t, func(o *sandbox.Options) { o.Port = first })
	for i, address := range []string{b.at.Issuer, b.at.Console, b.at.IAM, b.at.Serverless, b.at.Dedicated} {
		if want := fmt.Sprintf("http://127.0.0.1:%d", first+i); address != want {
			t.Errorf("host %d is at %s, want %s", i, address, want)
		}
	}
	_, err := sandbox.Start(sandbox.Options{Port: first - 2})
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("port %d of 127.0.0.1 is taken", first)) {
		t.Errorf("got %v", err)
	}
}

// freePorts finds five consecutive ports, with two before them, that nobody uses.
func freePorts(t *testing.T) int {
	t.Helper()
search:
	for first := 21002; first < 30000; first += 7 {
		for port := first - 2; port < first+5; port++ {
			l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
			if err != nil {
				continue search
			}
			l.Close()
		}
		return first
	}
	t.Fatal("no ports are free")
	return 0
}

func TestCloseEndsEverythingAtOnce(t *testing.T) {
	arrived := make(chan struct{}, 10)
	b := open(t, func(o *sandbox.Options) { o.Latency, o.Rand = time.Hour, &bell{rings: arrived} })
	for len(arrived) > 0 {
		<-arrived // rung while starting
	}
	done := make(chan error)
	go func() {
		_, err := b.try(b.request(http.MethodGet, b.at.IAM+"/v1beta1/org", nil))
		done <- err
	}()
	<-arrived // the request has got its trace id and waits out the latency
	if err := b.server.Close(); err != nil {
		t.Error(err)
	}
	if err := <-done; err == nil {
		t.Error("the request was answered")
	}
	if err := b.server.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
}

// bell is a source of randomness that tells when it is used.
type bell struct{ rings chan struct{} }

func (s *bell) Read(b []byte) (int, error) {
	select {
	case s.rings <- struct{}{}:
	default:
	}
	return rand.Read(b)
}

func TestGrantsSurviveARestart(t *testing.T) {
	name := filepath.Join(t.TempDir(), "state.json")
	keep := func(o *sandbox.Options) { o.State = name }
	b := open(t, keep)
	given := b.signIn(bob, acme, "101", "103")
	revoked := b.signIn(bob, acme, "all")
	b.revoke(revoked.text("refresh_token"), "")
	rotated := b.signIn(alice, acme, "all").text("refresh_token")
	b.refresh(rotated).gives(t, 200)
	code := b.code(alice, acme, "all")
	if err := b.server.Close(); err != nil {
		t.Fatal(err)
	}

	after := open(t, keep)
	after.get(after.at.UserinfoEndpoint, given.text("access_token")).says(t, bob)
	after.clusters("", given.text("access_token")).says(t, `"totalSize":6`)
	after.refresh(given.text("refresh_token")).gives(t, 200)
	after.get(after.at.UserinfoEndpoint, revoked.text("access_token")).gives(t, 401)
	after.refresh(rotated).refused(t, 400, "invalid_grant")
	after.exchange(code).refused(t, 400, "invalid_grant")
}

func TestTheStateFileHoldsNoSecretAndIsPrivate(t *testing.T) {
	name := filepath.Join(t.TempDir(), "state.json")
	b := open(t, func(o *sandbox.Options) { o.State = name })
	given := b.signIn(alice, acme, "all")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{given.text("access_token"), given.text("refresh_token"), "ticloud_o"} {
		if bytes.Contains(text, []byte(secret)) {
			t.Errorf("the file holds %q", secret)
		}
	}
	if !bytes.Contains(text, []byte(alice)) {
		t.Errorf("the file does not hold the grant:\n%s", text)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file's mode is %v (%v)", info.Mode(), err)
	}
	if files, _ := os.ReadDir(filepath.Dir(name)); len(files) != 1 {
		t.Errorf("%d files lie there", len(files))
	}
}

func TestAnOrganizationThatIsGoneMakesItsTokensUseless(t *testing.T) {
	name := filepath.Join(t.TempDir(), "state.json")
	b := open(t, func(o *sandbox.Options) { o.State, o.Clusters = name, 10 })
	given := b.signIn(bob, "3003", "all")
	if err := b.server.Close(); err != nil {
		t.Fatal(err)
	}
	after := open(t, func(o *sandbox.Options) { o.State = name })
	after.clusters("", given.text("access_token")).gives(t, 401)
	after.refresh(given.text("refresh_token")).gives(t, 400)
	after.post(after.at.Console+"/account/oauth-apps", url.Values{"user": {bob}}).says(t, "No app may read anything")
}

func TestALostStateFolderDoesNotBreakAnswers(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "folder")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	server, err := sandbox.Start(sandbox.Options{State: filepath.Join(folder, "state"), Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	b := &box{t: t, server: server, at: server.Endpoints(), clock: &clock{}, client: &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	b.signIn(alice, acme, "all")
	if err := server.Close(); err == nil {
		t.Error("Close does not say that the state was not kept")
	}
	if !strings.Contains(log.String(), "the sandbox's state could not be kept") {
		t.Errorf("the log says %q", log.String())
	}
}

func TestTheLogHoldsNoSecret(t *testing.T) {
	var mu sync.Mutex
	var log bytes.Buffer
	b := open(t, func(o *sandbox.Options) {
		o.ClientSecret = "s3cret"
		o.Log = slog.New(slog.NewTextHandler(lockedWriter{&mu, &log}, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	code := b.code(alice, acme, "all")
	given := b.exchange(code, "client_secret", "s3cret")
	b.clusters("", given.text("access_token"))
	b.faults("html=iam")
	b.get(b.at.IAM+"/v1beta1/org", given.text("access_token"))
	b.revoke(given.text("access_token"), "")
	mu.Lock()
	defer mu.Unlock()
	for _, secret := range []string{code, given.text("access_token"), given.text("refresh_token"), verifier, challengeOf(verifier), "s3cret", "code="} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log holds %q:\n%s", secret, log.String())
		}
	}
	for _, line := range []string{"path=/v1/token status=200", "path=/v1beta1/org status=200"} {
		if !strings.Contains(log.String(), line) {
			t.Errorf("the log does not say %q:\n%s", line, log.String())
		}
	}
}

type lockedWriter struct {
	mu *sync.Mutex
	w  io.Writer
}

func (l lockedWriter) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(b)
}

func TestWhenRandomnessRunsOutNothingIsGiven(t *testing.T) {
	// Enough for the start and a few requests, then nothing.
	b := open(t, func(o *sandbox.Options) { o.Rand = io.LimitReader(zeros{}, 48+32) })
	if q := b.post(b.link(), form(alice, acme, "all")).callback(t); q.Get("error") != "server_error" {
		t.Errorf("the redirect carries %v", q)
	}
	b.post(b.at.DeviceAuthorizationEndpoint, url.Values{"client_id": {b.at.ClientID}}).refused(t, 500, "server_error")
	if id := b.get(b.at.IAM+"/v1beta1/org", "").header.Get("X-Debug-Trace-Id"); id != "none" {
		t.Errorf("the trace id is %q", id)
	}
}

func TestGeneratedOrganization(t *testing.T) {
	b := open(t, func(o *sandbox.Options) { o.Clusters, o.Seed, o.RateLimit = 1001, 7, -1 })
	token := b.token("ida@halden.example", "3003", "all")
	b.get(b.at.IAM+"/v1beta1/org", token).says(t, "Halden Freight")
	if n := len(b.get(b.at.IAM+"/v1beta1/projects", token).list("projects")); n != 6 {
		t.Errorf("1001 clusters lie in %d projects, want 6", n)
	}
	b.clusters("", token).says(t, `"totalSize":1001`)
	if n := len(b.clusters("pageSize=1000", token).list("clusters")); n != 100 {
		t.Errorf("a page of a thousand has %d rows, want 100", n)
	}
	last := b.clusters("skip=1000&pageSize=100", token)
	if n := len(last.list("clusters")); n != 1 || last.text("nextPageToken") != "" {
		t.Errorf("the last page has %d rows and the token %q", n, last.text("nextPageToken"))
	}
	some := b.token(bob, "3003", "300002", "300006")
	b.clusters("skip=190&pageSize=20", some).says(t, `"totalSize":201`)
	if n := len(b.clusters("skip=190&pageSize=20", some).list("clusters")); n != 11 {
		t.Errorf("across two projects: %d rows, want 11", n)
	}
	if got := len(b.post(b.link(), url.Values{"user": {bob}}).body); got > 100<<10 {
		t.Errorf("the consent page has %d bytes", got)
	}
}

func TestGeneratedClustersSpreadOverAsManyProjectsAsTold(t *testing.T) {
	for clusters, want := range map[int][]float64{0: {0, 0, 0, 0}, 2: {1, 0, 1, 0}, 9: {3, 2, 2, 2}} {
		b := open(t, func(o *sandbox.Options) { o.Clusters, o.Projects = clusters, 4 })
		token := b.token(alice, "3003", "all")
		var got []float64
		for _, p := range b.get(b.at.IAM+"/v1beta1/projects", token).list("projects") {
			got = append(got, p["cluster_count"].(float64))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d clusters lie in projects of %v, want %v", clusters, got, want)
		}
	}
}

func TestTheSameSeedGeneratesTheSame(t *testing.T) {
	read := func(seed uint64) string {
		b := open(t, func(o *sandbox.Options) { o.Clusters, o.Seed = 300, seed })
		return strings.Join(b.clusters("pageSize=100&skip=100", b.token(alice, "3003", "all")).texts("clusters", "displayName"), " ")
	}
	if first, again, other := read(1), read(1), read(2); first != again || first == other {
		t.Error("the organization does not depend on the seed alone")
	}
}

func TestTwoRunsAnswerAlike(t *testing.T) {
	read := func() string {
		b := open(t)
		token := b.token(alice, acme, "all")
		return b.clusters("pageSize=100", token).body + b.get(b.at.Dedicated+"/v1beta1/clusters", token).body + b.get(b.at.IAM+"/v1beta1/projects", token).body
	}
	if first, second := read(), read(); first != second {
		t.Error("the answers differ")
	}
}

func TestAHundredThousandClustersStartInTime(t *testing.T) {
	start := time.Now()
	b := open(t, func(o *sandbox.Options) { o.Clusters = 100_000 })
	if took := time.Since(start); took > 10*time.Second { // under a second on any machine; this bound is for a busy one with -race
		t.Errorf("starting took %v", took)
	}
	b.clusters("pageSize=100&skip=99900", b.token(alice, "3003", "all")).says(t, `"totalSize":100000`)
}

func TestManyAtOnce(t *testing.T) {
	b := open(t, func(o *sandbox.Options) { o.State, o.RateLimit = filepath.Join(t.TempDir(), "state"), -1 })
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			one := *b
			user := []string{alice, bob, "carol@acme.example"}[i%3]
			a := one.exchange(one.code(user, acme, "101"))
			for range 5 {
				one.clusters("filter=state%3DACTIVE", a.text("access_token")).gives(t, 200)
				a = one.refresh(a.text("refresh_token"))
				a.gives(t, 200)
			}
			if i%4 == 0 {
				if err := one.server.SetFaults("html=regions"); err != nil {
					t.Error(err)
				}
			}
			one.revoke(a.text("refresh_token"), "").gives(t, 200)
		})
	}
	all.Wait()
}

func TestOneOfManyRefreshesWinsAndTheFamilyEnds(t *testing.T) {
	b := open(t)
	token := b.signIn(alice, acme, "all").text("refresh_token")
	statuses := make([]int, 8)
	var all sync.WaitGroup
	for i := range statuses {
		all.Go(func() { statuses[i] = b.refresh(token).status })
	}
	all.Wait()
	slices.Sort(statuses)
	if want := []int{200, 400, 400, 400, 400, 400, 400, 400}; !slices.Equal(statuses, want) {
		t.Errorf("got %v, want %v", statuses, want)
	}
}

func TestIPv6(t *testing.T) {
	l, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Logf("this machine has no IPv6 loopback: %v", err)
		return
	}
	l.Close()
	b := open(t, func(o *sandbox.Options) { o.Listen = "::1" })
	if !strings.HasPrefix(b.at.Issuer, "http://[::1]:") {
		t.Errorf("the issuer is %s", b.at.Issuer)
	}
	b.get(b.at.UserinfoEndpoint, b.token(alice, acme, "all")).gives(t, 200)
}
