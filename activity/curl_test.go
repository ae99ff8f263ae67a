package activity_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"canopy/activity"
)

func TestCurl(t *testing.T) {
	const bearer = `-H "Authorization: Bearer $TIDB_CLOUD_TOKEN"`
	for _, c := range []struct {
		r      activity.Request
		apiKey bool
		want   string
	}{
		{activity.Request{Host: "iam.tidbapi.com", Path: "/v1beta1/org"}, false,
			`curl ` + bearer + ` 'https://iam.tidbapi.com/v1beta1/org'`},
		{activity.Request{Method: "GET", Scheme: "http", Host: "127.0.0.1:99", Path: "/v1beta1/clusters?pageSize=100&pageToken=…&projectId=7"}, false,
			`curl ` + bearer + ` 'http://127.0.0.1:99/v1beta1/clusters?pageSize=100&pageToken='"$PAGE_TOKEN"'&projectId=7'`},
		{activity.Request{Method: "GET", Host: "iam.tidbapi.com", Path: "/v1beta1/projects?pageSize=1"}, true,
			`curl --digest -u "$TIDB_CLOUD_PUBLIC_KEY:$TIDB_CLOUD_PRIVATE_KEY" 'https://iam.tidbapi.com/v1beta1/projects?pageSize=1'`},
		{activity.Request{Method: "POST", Host: "oauth.example", Path: "/v1/token"}, false,
			`curl -X POST --data "$BODY" 'https://oauth.example/v1/token'`},
		{activity.Request{Method: "HEAD", Host: "[::1]:99", Path: "/{a}"}, false,
			`curl --head ` + bearer + ` --globoff 'https://[::1]:99/{a}'`},
		{activity.Request{Method: "PUT'", Host: "h", Path: "/…/b/…?…=…&homeDir=…&x"}, false,
			`curl -X 'PUT'\''' ` + bearer + ` 'https://h/'"$SEGMENT"'/b/'"$SEGMENT_2"'?'"$VALUE__"'='"$VALUE__"'&homeDir='"$VALUE_HOME_DIR"'&x'`},
		{activity.Request{Scheme: "file", Host: "h", Path: "/it's\n$(id)`id`\\\x1b[31m\u202e"}, false,
			`curl ` + bearer + ` --globoff 'https://h/it'\''s%0A$(id)` + "`id`" + `\%1B[31m%E2%80%AE'`},
	} {
		if got := c.r.Curl(c.apiKey); got != c.want {
			t.Errorf("of %+v\n%s, want\n%s", c.r, got, c.want)
		}
	}
}

func TestCurlOfWhatWasSentWithoutAuthorization(t *testing.T) {
	r := pathOf(t, "https://oauth.example/.well-known/openid-configuration")
	if got, want := r.Curl(false), `curl 'https://oauth.example/.well-known/openid-configuration'`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := r.Curl(true); !strings.Contains(got, "--digest") {
		t.Errorf("got %s: HTTP Digest begins without authorization", got)
	}
}

// words are what a shell makes of a command, with a variable for each that stands for its name.
func words(t testing.TB, command string) []string {
	t.Helper()
	script := `curl() { printf '%s\000' "$@"; }; TIDB_CLOUD_TOKEN=T TIDB_CLOUD_PUBLIC_KEY=P TIDB_CLOUD_PRIVATE_KEY=K BODY=B PAGE_TOKEN=G; ` + command
	sh := exec.CommandContext(t.Context(), "sh", "-f")
	sh.Stdin = strings.NewReader(script)
	sh.Dir = t.TempDir()
	var told bytes.Buffer
	sh.Stderr = &told
	text, err := sh.Output()
	if err != nil || told.Len() > 0 {
		t.Fatalf("%q: %v: %s", command, err, told.String())
	}
	return strings.Split(strings.TrimSuffix(string(text), "\x00"), "\x00")
}

func TestAShellTakesTheAddressAsOneWord(t *testing.T) {
	needsShell(t)
	for _, path := range []string{
		"/plain?pageSize=1", "/it's", "/''", "/'; touch x; '", "/$(touch x)", "/`touch x`", "/\"$HOME\"", "/a b", "/a\nb", "/\\", "/'\\''", "/!!", "/~", "/*", "/$'x'", "/#", "/;&|<>()",
	} {
		got := words(t, activity.Request{Host: "h", Path: path}.Curl(false))
		if want := []string{"-H", "Authorization: Bearer T", "https://h" + strings.NewReplacer(" ", "%20", "\n", "%0A").Replace(path)}; !slices.Equal(got, want) {
			t.Errorf("of %q the shell makes %q, want %q", path, got, want)
		}
	}
	got := words(t, activity.Request{Host: "h", Path: "/?pageToken=…&pageSize=1"}.Curl(true))
	if want := []string{"--digest", "-u", "P:K", "https://h/?pageToken=G&pageSize=1"}; !slices.Equal(got, want) {
		t.Errorf("the shell makes %q, want %q", got, want)
	}
}

func needsShell(t testing.TB) {
	if runtime.GOOS == "windows" {
		t.Skip("the command is for a POSIX shell")
	}
}

func FuzzCurl(f *testing.F) {
	needsShell(f)
	for _, seed := range []string{"/a'b?c=…", "/$(id)/…?x", "…", "?…=…&pageToken=…", "/\x00\n'\"`\\"} {
		f.Add("iam.example", seed, "GET")
	}
	f.Fuzz(func(t *testing.T, host, path, method string) {
		command := activity.Request{Method: method, Host: host, Path: path}.Curl(false)
		if strings.ContainsFunc(command, func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Fatalf("%q holds what acts when it is pasted", command)
		}
		got := words(t, command)
		if last := got[len(got)-1]; !strings.HasPrefix(last, "https://") {
			t.Errorf("of %q the shell makes %q", command, got)
		}
		for _, word := range got[:len(got)-1] {
			if !slices.Contains([]string{"-X", "-H", "--data", "--head", "--globoff", "B", "Authorization: Bearer T"}, word) && got[0] != "-X" {
				t.Errorf("of %q the shell makes %q", command, got)
			}
		}
	})
}

func TestMatches(t *testing.T) {
	r := activity.Request{
		Grant: "a1b2", Method: "GET", Host: "iam.tidbapi.com:443", Path: "/v1beta1/org?pageSize=1", Status: 401, TraceID: "7F31C0",
		Why: "renew the token, attempt 2", Problem: "cancelled", Duration: 200 * time.Millisecond, Bytes: 200,
	}
	for words, want := range map[string]bool{
		"": true, "  ": true, "iam": true, "IAM": true, "iam org": true, "iam clusters": false, "get": true, "post": false,
		"401": true, "40": false, "200": false, "7f31c0": true, "renew": true, "CANCELLED": true, "a1b2": true,
		"status:401": true, "status:4": true, "status:4xx": true, "STATUS:4XX": true, "status:5": false, "status:": true, "status:0": false,
		"host:iam": true, "host:org": false, "path:org": true, "path:iam": false, "grant:a1": true, "grant:7f": false,
		"method:get": true, "method:g": true, "method:p": false, "trace:7f": true, "trace:a1": false, "why:renew why:2": true, "why:cancelled": false,
		"problem:canc": true, "problem:renew": false, "com:443": true, "com:80": false, "unknown:x": false,
	} {
		if got := r.Matches(words); got != want {
			t.Errorf("%q: %v, want %v", words, got, want)
		}
	}
	if (activity.Request{}).Matches("status:0") != true {
		t.Error("status:0 does not find a request without an answer")
	}
}

func TestJSONLines(t *testing.T) {
	at := time.Date(2026, 11, 23, 13, 0, 0, 123456789, time.FixedZone("CET", 3600))
	rs := []activity.Request{
		{Seq: 1, At: at, Grant: "g", Method: "GET", Scheme: "https", Host: "iam.example", Path: "/a?b=…&c", Status: 200, Duration: 1234567 * time.Nanosecond, Bytes: 214, TraceID: "t<1>", Why: "refresh\u2028"},
		{Seq: 2, At: at.Truncate(time.Second), Problem: "cancelled"},
	}
	var b strings.Builder
	if err := activity.WriteJSONLines(&b, rs); err != nil {
		t.Fatal(err)
	}
	want := `{"seq":1,"at":"2026-11-23T12:00:00.123456789Z","grant":"g","method":"GET","scheme":"https","host":"iam.example","path":"/a?b=…&c","status":200,"duration_ms":1.234567,"bytes":214,"trace_id":"t<1>","why":"refresh\u2028","problem":""}
{"seq":2,"at":"2026-11-23T12:00:00Z","grant":"","method":"","scheme":"","host":"","path":"","status":0,"duration_ms":0,"bytes":0,"trace_id":"","why":"","problem":"cancelled"}
`
	if b.String() != want {
		t.Errorf("got\n%s, want\n%s", b.String(), want)
	}
	one, err := json.Marshal(rs[1])
	if err != nil || string(one) != strings.Split(want, "\n")[1] {
		t.Errorf("one by itself is %s, %v", one, err)
	}
	if strings.ContainsFunc(b.String(), func(r rune) bool { return unicode.Is(unicode.Zl, r) }) {
		t.Error("there is a line separator in a line")
	}
	if err := activity.WriteJSONLines(full{}, rs); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("a full disk gives %v", err)
	}
}

// full is a disk without space.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrShortWrite }
