package interop_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"canopy/auth"
)

// zitadel is the example server of github.com/zitadel/oidc with its own pages and storage, and what the latter lacks.
type zitadel struct {
	*storage.Storage
	users storage.UserStore
}

// startZitadel starts one. It has no iss in its answers, no PKCE demanded before the token request, and a refresh token
// for the scope offline_access only; reuse of a rotated one is refused and ends nothing else.
func startZitadel(t *testing.T) (server, *zitadel) {
	front := httptest.NewUnstartedServer(nil)
	issuer := "http://" + front.Listener.Addr().String()
	users := storage.NewUserStore(issuer)
	clients := map[string]*storage.Client{"canopy": storage.NativeClient("canopy", "http://127.0.0.1/callback")}
	z := &zitadel{Storage: storage.NewStorageWithClients(users, clients), users: users}
	front.Config.Handler = exampleop.SetupServer(issuer, z, nil, false)
	front.Start()
	t.Cleanup(front.Close)
	return server{
		issuer: issuer, clientID: "canopy", scope: "openid profile email offline_access",
		login: "test-user@127.0.0.1", password: "verysecure",
		want: auth.User{Subject: "id1", Email: "test-user@zitadel.ch", Name: "Test User"},
	}, z
}

// nativeDevice lets the example's native client use the device grant, which its own do with a secret only.
type nativeDevice struct{ op.Client }

func (c nativeDevice) GrantTypes() []oidc.GrantType {
	return append(c.Client.GrantTypes(), oidc.GrantTypeDeviceCode)
}

func (z *zitadel) GetClientByClientID(ctx context.Context, id string) (op.Client, error) {
	c, err := z.Storage.GetClientByClientID(ctx, id)
	if err != nil {
		return nil, err
	}
	return nativeDevice{c}, nil
}

// CreateAccessToken names the client of a device's token, which the example forgets, so that it could not be revoked.
func (z *zitadel) CreateAccessToken(ctx context.Context, q op.TokenRequest) (string, time.Time, error) {
	return z.Storage.CreateAccessToken(ctx, withClient(q))
}

// CreateAccessAndRefreshTokens does the same.
func (z *zitadel) CreateAccessAndRefreshTokens(ctx context.Context, q op.TokenRequest, current string) (string, string, time.Time, error) {
	return z.Storage.CreateAccessAndRefreshTokens(ctx, withClient(q), current)
}

func withClient(q op.TokenRequest) op.TokenRequest {
	d, ok := q.(*op.DeviceAuthorizationState)
	if !ok {
		return q
	}
	return &storage.AuthRequest{ApplicationID: d.ClientID, UserID: d.Subject, Scopes: d.Scopes}
}

// CompleteDeviceAuthorization is given a user name by the example's page, where its storage wants an id.
func (z *zitadel) CompleteDeviceAuthorization(ctx context.Context, code, name string) error {
	user := z.users.GetUserByUsername(name)
	if user == nil {
		return errors.New("user not found")
	}
	return z.Storage.CompleteDeviceAuthorization(ctx, code, user.ID)
}

// endDeviceCode has a device code end now.
func (z *zitadel) endDeviceCode(t *testing.T, code string) {
	t.Helper()
	state, err := z.GetDeviceAuthorizationByUserCode(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	state.Expires = time.Now().Add(-time.Second)
}

func onZitadel(t *testing.T) server {
	s, _ := startZitadel(t)
	return s
}

func TestZitadelMetadataIsReadFromItsOpenIDConfiguration(t *testing.T) {
	readsMetadata(t, onZitadel(t))
}

func TestZitadelSignsInWithPKCEOnAnEphemeralPort(t *testing.T) { signsInWithBrowser(t, onZitadel(t)) }

func TestZitadelSignsInOnTheIPv6Loopback(t *testing.T) {
	h := newHouse(t, onZitadel(t), func(e *auth.Environment) { e.RedirectHost = "::1" })
	h.works(h.mustSignIn())
	if host := h.callback().Hostname(); host != "::1" {
		t.Errorf("the browser came back to %s; want ::1", host)
	}
}

func TestZitadelTakesSelectAccountAndALoginHint(t *testing.T) {
	h := newHouse(t, onZitadel(t))
	h.works(h.mustSignIn(auth.Options{SelectAccount: true, LoginHint: "test-user"}))
}

func TestZitadelStolenCodeIsWorthNothingAndTheGenuineOneStillWins(t *testing.T) {
	keepsOutCodeThief(t, onZitadel(t))
}

func TestZitadelRefusalOfTheRequestIsExplained(t *testing.T) {
	s := onZitadel(t)
	s.scope = "" // an OpenID provider wants openid at least
	explainsRefusedRequest(t, s, auth.Options{}, "invalid_request")
}

func TestZitadelRenewsAndRotates(t *testing.T) { renewsAndRotates(t, onZitadel(t)) }

func TestZitadelTwoCopiesRenewOnce(t *testing.T) { renewsOnceForAll(t, onZitadel(t)) }

func TestZitadelStolenRefreshTokenEndsTheSession(t *testing.T) {
	endsWhenTokenWasStolen(t, onZitadel(t))
}

func TestZitadelSessionOutlastsAReplayedRefreshToken(t *testing.T) { outlastsReplay(t, onZitadel(t)) }

func TestZitadelLostRefreshAnswerIsAskedForOnceMore(t *testing.T) {
	asksOnceMoreWhenAnswerIsLost(t, onZitadel(t))
}

func TestZitadelRevokedAccessTokenIsRenewedOnce(t *testing.T) {
	answersRevokedAccessToken(t, onZitadel(t))
}

func TestZitadelWithoutOfflineAccessLastsAsLongAsTheAccessToken(t *testing.T) {
	s := onZitadel(t)
	s.scope = "openid profile email"
	lastsWithoutRefreshToken(t, s)
}

func TestZitadelDeviceCodeTypedIn(t *testing.T) { signsInWithDevice(t, onZitadel(t), false) }

func TestZitadelDeviceCodeFromTheCompleteAddress(t *testing.T) {
	signsInWithDevice(t, onZitadel(t), true)
}

func TestZitadelDeviceDenied(t *testing.T) { saysDeniedOnDevice(t, onZitadel(t)) }

func TestZitadelDeviceCodeExpired(t *testing.T) {
	s, z := startZitadel(t)
	h := newHouse(t, s)
	p, done := askedForCode(t, h)
	z.endDeviceCode(t, p.UserCode)
	h.clock.allow(p.Interval)
	if got := <-done; !errors.Is(got.err, auth.ErrTimeout) {
		t.Fatalf("the error is %v; want ErrTimeout", got.err)
	}
	h.keepsNothing()
}

func TestZitadelSignOutKillsBothTokens(t *testing.T) { revokesBothTokens(t, onZitadel(t)) }

func TestZitadelReconsentSwapsTheGrant(t *testing.T) { swapsGrant(t, onZitadel(t), true, true) }

func TestZitadelReconsentWithoutAPromiseSwapsTheGrantHere(t *testing.T) {
	swapsGrant(t, onZitadel(t), true, false)
}
