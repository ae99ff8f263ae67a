package auth

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"golang.org/x/oauth2"

	"canopy/auth/internal/loopback"
)

// openerPatience is how long a silent opener keeps "opening the browser" on
// screen. The attempt waits for the answer all the while.
const openerPatience = 4 * time.Second

// SignIn signs in with the system's browser: authorization code with PKCE,
// caught on the loopback (RFC 8252). It reports each step, and can be
// cancelled at each by ctx (ErrCancelled); then nothing is stored.
//
// It returns as soon as the grant is stored. The page that tells the browser
// so is served for some seconds more; Close waits for it.
//
// One attempt of the same environment and options runs at a time; another
// gives ErrInProgress.
func (a *Authenticator) SignIn(ctx context.Context, environment string, o Options, report func(Progress)) (Grant, error) {
	t, err := a.begin(ctx, MethodBrowser, environment, o, report)
	if err != nil {
		return Grant{}, err
	}
	defer t.end()
	if t.env.AuthorizationEndpoint == "" || t.env.TokenEndpoint == "" {
		return Grant{}, fmt.Errorf("environment %q has no authorization or token endpoint; set them: %w", environment, ErrNotFound)
	}
	b, err := t.openLoopback()
	if err != nil {
		return Grant{}, err
	}
	answer, err := t.await(ctx, b)
	if err != nil {
		b.receiver.Close()
		return Grant{}, err
	}
	grant, err := t.conclude(ctx, b, answer)
	if errors.Is(err, ErrCancelled) || errors.Is(err, ErrTimeout) {
		b.receiver.Close()
		return Grant{}, err
	}
	b.receiver.Finish(a.lastPage(grant, err))
	a.work.do(func(ctx context.Context) { b.receiver.Linger(ctx, a.cfg.Wait) })
	if err != nil {
		return Grant{}, err
	}
	t.at(StageDone)
	return grant, nil
}

// browserAttempt is what one attempt says to the browser and expects back.
type browserAttempt struct {
	receiver *loopback.Receiver
	state    string
	verifier string
	link     string
}

// Format keeps state and verifier out of anything that prints the attempt.
func (b *browserAttempt) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, redacted) }

func (t *attempt) openLoopback() (*browserAttempt, error) {
	state, err := t.a.random()
	if err != nil {
		return nil, err
	}
	verifier, err := t.a.random()
	if err != nil {
		return nil, err
	}
	r, err := loopback.Open(loopback.Config{
		Listen:         t.a.cfg.Listen,
		Host:           t.env.RedirectHost,
		Ports:          t.env.RedirectPorts,
		Path:           orDefault(t.env.RedirectPath, "/callback"),
		State:          state,
		Issuer:         t.env.Issuer,
		IssuerRequired: t.env.IssuerInCallback,
		Random:         t.a.random,
		Stray:          t.a.page(PageView{Outcome: OutcomeStray}),
	})
	if err != nil {
		return nil, &problem{
			text:  fmt.Sprintf("no loopback port could be opened for the browser's answer (%v); sign in with a device code", err),
			kinds: []error{ErrNoLoopback, err},
		}
	}
	b := &browserAttempt{receiver: r, state: state, verifier: verifier}
	b.link = t.authorizeURL(b)
	return b, nil
}

// longestLink is how many bytes of an address get through most servers and to
// most browsers.
const longestLink = 8000

// authorizeURL is the authorization request (RFC 6749 §4.1.1, RFC 7636 §4.3).
// It can be opened more than once: nothing in it is used up by looking at it.
// Where the projects that are wanted make it too long, the organization is
// named alone, and the user chooses the projects on the server's page.
func (t *attempt) authorizeURL(b *browserAttempt) string {
	link := t.authorizeURLWith(b, t.wanted())
	if len(link) > longestLink {
		link = t.authorizeURLWith(b, Reach{Organization: t.wanted().Organization})
	}
	return link
}

// wanted is what is asked for in words that the server understands.
func (t *attempt) wanted() Reach {
	if t.options.Want == nil || !t.env.AuthorizationDetails {
		return Reach{}
	}
	return *t.options.Want
}

func (t *attempt) authorizeURLWith(b *browserAttempt, want Reach) string {
	c := oauth2.Config{
		ClientID:    t.env.ClientID,
		Endpoint:    oauth2.Endpoint{AuthURL: t.env.AuthorizationEndpoint},
		RedirectURL: b.receiver.RedirectURI(),
	}
	if t.env.Scope != "" {
		c.Scopes = []string{t.env.Scope}
	}
	extra := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(b.verifier)}
	if t.options.SelectAccount {
		extra = append(extra, oauth2.SetAuthURLParam("prompt", "select_account"))
	}
	if t.options.LoginHint != "" {
		extra = append(extra, oauth2.SetAuthURLParam("login_hint", t.options.LoginHint))
	}
	if details := want.details(); details != "" {
		extra = append(extra, oauth2.SetAuthURLParam("authorization_details", details)) // RFC 9396 §3
	}
	return c.AuthCodeURL(b.state, extra...)
}

// await opens the browser and waits for the answer. What the opener does, and
// what strangers send, is reported and changes nothing.
func (t *attempt) await(ctx context.Context, b *browserAttempt) (loopback.Answer, error) {
	watch, stop := context.WithCancel(ctx)
	defer stop()
	t.progress.Address, t.progress.Link, t.progress.Host = b.receiver.Address(), b.link, hostOf(b.link)
	t.at(StageListening)
	if ctx.Err() != nil {
		return loopback.Answer{}, ended(ctx)
	}
	opened := make(chan error, 1)
	go func() { opened <- t.a.cfg.Open(watch, b.link) }()
	expired := after(watch, t.a.cfg.Wait, t.timeout)
	silent := after(watch, t.a.cfg.Wait, openerPatience)
	for {
		select {
		case answer := <-b.receiver.Answers():
			t.count(b)
			return answer, nil
		case <-ctx.Done():
			return loopback.Answer{}, ended(ctx)
		case <-expired:
			if ctx.Err() != nil {
				return loopback.Answer{}, ended(ctx)
			}
			return loopback.Answer{}, t.timedOut(b)
		case err := <-opened:
			opened, silent = nil, nil
			t.browser(err)
		case <-silent:
			silent = nil
			t.at(StageWaiting)
		case <-b.receiver.Changed():
			t.count(b)
			t.report(t.progress)
		}
	}
}

// browser takes in how the opener ended.
func (t *attempt) browser(err error) {
	if err != nil {
		t.progress.BrowserErr = fmt.Errorf("the browser could not be opened: %w", err)
		t.at(StageWaiting)
		return
	}
	if t.progress.Stage < StageBrowserOpened {
		t.at(StageBrowserOpened)
	}
	t.at(StageWaiting)
}

func (t *attempt) count(b *browserAttempt) {
	t.progress.Stray = b.receiver.Stray()
	if err := b.receiver.Rejected(); err != nil {
		t.progress.Rejected = &problem{
			text:  fmt.Sprintf("an answer was refused: %v, not %q; check the environment's issuer", err, t.env.Issuer),
			kinds: []error{ErrUntrusted},
		}
	}
}

// timedOut names what was refused meanwhile: it may be why no answer came.
func (t *attempt) timedOut(b *browserAttempt) error {
	t.count(b)
	if t.progress.Rejected == nil {
		return ErrTimeout
	}
	return &problem{text: "no answer came in time; " + t.progress.Rejected.Error(), kinds: []error{ErrTimeout, t.progress.Rejected}}
}

// conclude turns the answer into a stored grant. The browser waits meanwhile,
// but its leaving ends nothing.
func (t *attempt) conclude(ctx context.Context, b *browserAttempt, answer loopback.Answer) (Grant, error) {
	if answer.Error != "" {
		return Grant{}, refusedBy(hostOf(b.link), answer, b.state, b.verifier)
	}
	t.at(StageExchanging)
	got, err := t.exchange(ctx, map[string]string{
		"grant_type":    "authorization_code",
		"code":          answer.Code,
		"redirect_uri":  b.receiver.RedirectURI(), // byte for byte as in the authorization request (RFC 6749 §4.1.3)
		"code_verifier": b.verifier,
	})
	if ctx.Err() != nil {
		t.discard(got)
		return Grant{}, ended(ctx)
	}
	if err != nil {
		return Grant{}, fmt.Errorf("exchange the code: %w", err)
	}
	return t.store(ctx, MethodBrowser, got)
}

// exchange makes a token request that is not cut off when the attempt is
// cancelled: the caller leaves at once, and tokens that still come are given
// back, not left alive with nobody to hold them.
func (t *attempt) exchange(ctx context.Context, params map[string]string) (*tokens, error) {
	if !t.a.work.enter() {
		return nil, newProblem(ErrOffline, "canopy is closing; open it again")
	}
	type result struct {
		got *tokens
		err error
	}
	done := make(chan result)
	go func() {
		defer t.a.work.leave()
		limited, stop := context.WithTimeout(t.a.work.ctx, requestTimeout)
		defer stop()
		got, err := t.endpoint().token(limited, params)
		select {
		case done <- result{got, err}:
		case <-ctx.Done():
			t.discard(got)
		}
	}()
	select {
	case r := <-done:
		return r.got, r.err
	case <-ctx.Done():
		return nil, ended(ctx)
	}
}

// refusedBy is the error of an error answer in the browser (RFC 6749 §4.1.2.1).
func refusedBy(host string, answer loopback.Answer, secrets ...string) error {
	if answer.Error == "access_denied" {
		return ErrDenied
	}
	words := fmt.Sprintf("%s refused with %q", host, clean(answer.Error, 60, secrets...))
	if d := clean(answer.Description, 200, secrets...); d != "" {
		words += " (" + d + ")"
	}
	return newProblem(ErrServer, "%s; try again, or check the environment's settings", words)
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

func orDefault(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
