//go:build oidcprovider

package interop_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"canopy/auth"
)

// startPanva starts panva's oidc-provider with its own pages. It demands PKCE, states iss, rotates refresh tokens of
// public clients, and ends everything of a consent when one of them is reused or revoked.
func startPanva(t *testing.T) server {
	t.Helper()
	if _, err := os.Stat(filepath.Join("oidcprovider", "node_modules", "oidc-provider")); err != nil {
		t.Fatal("oidc-provider is not installed; run npm ci in auth/interop/oidcprovider")
	}
	node := exec.Command("node", "server.mjs")
	node.Dir, node.WaitDelay = "oidcprovider", 5*time.Second
	said := &safeBuffer{}
	node.Stderr = said
	life, err := node.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	lines, err := node.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := node.Start(); err != nil {
		t.Fatalf("node could not be started; install Node 20 or later: %v", err)
	}
	stuck := time.AfterFunc(time.Minute, func() { _ = node.Process.Kill() })
	t.Cleanup(func() {
		_ = life.Close() // the server ends with its standard input
		if err := node.Wait(); err != nil {
			t.Errorf("the server ended with %v:\n%s", err, said)
		}
		stuck.Stop()
	})
	var ready struct {
		Issuer string `json:"issuer"`
	}
	for out := bufio.NewScanner(lines); ready.Issuer == ""; {
		if !out.Scan() {
			t.Fatalf("the server ended before it was ready:\n%s", said)
		}
		_ = json.Unmarshal(out.Bytes(), &ready) // whatever else it says is not for us
	}
	return server{
		issuer: ready.Issuer, clientID: "canopy", scope: "openid profile email",
		login: "ada", password: "any",
		want:       auth.User{Subject: "ada", Email: "ada@example.test", Name: "ada of the tests"},
		familyDies: true, statesIssuer: true,
	}
}

// withSecret is the same server with a client that has a secret.
func withSecret(s server) server {
	s.clientID, s.clientSecret = "canopy-secret", "a-secret-of-the-tests"
	return s
}

func TestPanvaMetadataIsRead(t *testing.T) { readsMetadata(t, startPanva(t)) }

func TestPanvaSignsInWithPKCEOnAnEphemeralPortAndStatesItsIssuer(t *testing.T) {
	signsInWithBrowser(t, startPanva(t))
}

func TestPanvaSignsInOnEveryLiteralOfTheLoopback(t *testing.T) {
	for _, host := range []string{"127.0.0.1", "::1", "localhost"} {
		t.Run(host, func(t *testing.T) {
			h := newHouse(t, startPanva(t), func(e *auth.Environment) { e.RedirectHost = host })
			h.works(h.mustSignIn())
			if got := h.callback().Hostname(); got != host {
				t.Errorf("the browser came back to %s; want %s", got, host)
			}
		})
	}
}

func TestPanvaSignsInAClientWithASecret(t *testing.T) {
	h := newHouse(t, withSecret(startPanva(t)))
	g := h.mustSignIn()
	h.isUsable(g)
}

func TestPanvaFillsInTheLoginHint(t *testing.T) {
	h := newHouse(t, startPanva(t))
	h.person.set(func(p *person) { p.keeps = true })
	if g := h.mustSignIn(auth.Options{LoginHint: "grace"}); g.User.Subject != "grace" {
		t.Errorf("%q signed in; want grace, who was hinted at", g.User.Subject)
	}
}

func TestPanvaRefusalOfSelectAccountIsExplained(t *testing.T) {
	explainsRefusedRequest(t, startPanva(t), auth.Options{SelectAccount: true}, "unsupported prompt")
}

func TestPanvaWrongIssuerIsRefusedAndTheGenuineAnswerStillWins(t *testing.T) {
	refusesOtherIssuer(t, startPanva(t))
}

func TestPanvaStolenCodeIsWorthNothingAndTheGenuineOneStillWins(t *testing.T) {
	keepsOutCodeThief(t, startPanva(t))
}

func TestPanvaDenied(t *testing.T) { saysDenied(t, startPanva(t)) }

func TestPanvaRenewsAndRotates(t *testing.T) { renewsAndRotates(t, startPanva(t)) }

func TestPanvaTwoCopiesRenewOnce(t *testing.T) { renewsOnceForAll(t, startPanva(t)) }

func TestPanvaStolenRefreshTokenEndsTheFamily(t *testing.T) { endsWhenTokenWasStolen(t, startPanva(t)) }

func TestPanvaReplayedRefreshTokenEndsTheFamily(t *testing.T) { outlastsReplay(t, startPanva(t)) }

func TestPanvaLostRefreshAnswerIsAskedForOnceMore(t *testing.T) {
	asksOnceMoreWhenAnswerIsLost(t, startPanva(t))
}

func TestPanvaRevokedAccessTokenEndsTheFamily(t *testing.T) {
	answersRevokedAccessToken(t, startPanva(t))
}

func TestPanvaWithoutOfflineAccessLastsAsLongAsTheAccessToken(t *testing.T) {
	s := startPanva(t)
	s.clientID = "canopy-strict"
	lastsWithoutRefreshToken(t, s)
}

func TestPanvaDeviceCodeTypedIn(t *testing.T) { signsInWithDevice(t, startPanva(t), false) }

func TestPanvaDeviceCodeFromTheCompleteAddress(t *testing.T) {
	signsInWithDevice(t, startPanva(t), true)
}

func TestPanvaDeviceCodeOfAClientWithASecret(t *testing.T) {
	signsInWithDevice(t, withSecret(startPanva(t)), false)
}

func TestPanvaDeviceDenied(t *testing.T) { saysDeniedOnDevice(t, startPanva(t)) }

func TestPanvaSignOutKillsBothTokens(t *testing.T) { revokesBothTokens(t, startPanva(t)) }

// In another browser this server makes a consent of its own, so that the promise of separate ones holds.
func TestPanvaReconsentInAnotherBrowserSwapsTheGrant(t *testing.T) {
	swapsGrant(t, startPanva(t), false, true)
}

func TestPanvaReconsentInTheSameBrowserSwapsTheGrant(t *testing.T) {
	swapsGrant(t, startPanva(t), true, false)
}

func TestPanvaAnotherUserReplacesNobody(t *testing.T) {
	h := newHouse(t, startPanva(t))
	old := h.mustSignIn()
	h.person.last(t)
	h.person.forgetCookies(t)
	h.person.set(func(p *person) { p.keeps = true })
	g := h.mustSignIn(auth.Options{Replaces: old.ID, LoginHint: "grace"})
	if g.User.Subject != "grace" || len(h.grants.List()) != 2 {
		t.Errorf("%q signed in and %d grants are listed; want grace and 2", g.User.Subject, len(h.grants.List()))
	}
	for _, one := range []auth.Grant{old, g} {
		h.works(one)
	}
	if _, err := h.auth.SignOut(t.Context(), old.ID); err != nil {
		t.Error(err)
	}
	h.works(g)
	if _, err := h.read(old); !errors.Is(err, auth.ErrSignInAgain) {
		t.Errorf("the grant that was left gives %v; want ErrSignInAgain", err)
	}
}
