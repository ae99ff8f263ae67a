package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// credential is the secret of a grant: tokens, or an API key.
type credential struct {
	refresh         Secret
	public, private Secret // an API key
	renewals        int    // how often the access token has been renewed

	access   Secret
	issued   time.Time // carries the monotonic clock while in memory
	lifetime time.Duration
}

// Format keeps the credential out of anything that prints it.
func (c *credential) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

func newCredential(t *tokens, now time.Time) *credential {
	return &credential{refresh: t.refresh, access: t.access, issued: now, lifetime: t.lifetime}
}

// left is how long the access token can still be used. The wall clock knows of
// sleep and the monotonic clock of a wall clock that was set back; the lesser
// counts. A token from the future says that the clock cannot be believed.
func (c *credential) left(now time.Time) time.Duration {
	wall := now.Round(0).Sub(c.issued.Round(0))
	steady := now.Sub(c.issued)
	if wall < -time.Minute {
		return 0
	}
	return c.lifetime - max(wall, steady)
}

// The two windows before the end (AWS' DeferredRefreshableToken, oauth.md 1C):
// in the soft one the token is renewed beside its use, in the hard one before it.
func (c *credential) soft() time.Duration { return min(5*time.Minute, c.lifetime/4) }
func (c *credential) hard() time.Duration { return min(30*time.Second, c.lifetime/10) }

// The Store holds two small records for a grant: what lasts, under the grant's
// id, and the access token beside it. The first is small enough to be written
// in one piece by every keyring, and losing the second only costs a renewal.
const (
	recordVersion = 1
	accessSuffix  = ".access"
)

type lastingRecord struct {
	Version  int    `json:"v"`
	Refresh  string `json:"refresh,omitempty"`
	Public   string `json:"public,omitempty"`
	Private  string `json:"private,omitempty"`
	Renewals int    `json:"renewals,omitempty"`
}

type accessRecord struct {
	Version  int           `json:"v"`
	Access   string        `json:"access"`
	Issued   time.Time     `json:"issued"`
	Lifetime time.Duration `json:"lifetime"`
}

// keep stores a credential, what lasts first.
func (c *credential) keep(ctx context.Context, s Store, id string) error {
	lasting := lastingRecord{recordVersion, c.refresh.Reveal(), c.public.Reveal(), c.private.Reveal(), c.renewals}
	if err := put(ctx, s, id, lasting); err != nil {
		return fmt.Errorf("store the credential: %w", err)
	}
	if c.access == "" {
		return nil
	}
	access := accessRecord{recordVersion, c.access.Reveal(), c.issued.Round(0), c.lifetime}
	if err := put(ctx, s, id+accessSuffix, access); err != nil {
		return fmt.Errorf("store the access token: %w", err)
	}
	return nil
}

func put(ctx context.Context, s Store, key string, record any) error {
	b, err := json.Marshal(record)
	if err != nil {
		return err
	}
	return s.Put(ctx, key, b)
}

// recall reads a credential. An access token that is not readable is as good
// as none, as long as there is something to renew it with.
func recall(ctx context.Context, s Store, id string) (*credential, error) {
	var lasting lastingRecord
	if err := get(ctx, s, id, &lasting, &lasting.Version); err != nil {
		return nil, fmt.Errorf("read the credential: %w", err)
	}
	c := &credential{refresh: Secret(lasting.Refresh), public: Secret(lasting.Public), private: Secret(lasting.Private), renewals: lasting.Renewals}
	if c.private != "" {
		return c, nil
	}
	var access accessRecord
	err := get(ctx, s, id+accessSuffix, &access, &access.Version)
	switch {
	case err == nil:
		c.access, c.issued, c.lifetime = Secret(access.Access), access.Issued, access.Lifetime
	case c.refresh == "":
		return nil, fmt.Errorf("read the access token: %w", err)
	}
	return c, nil
}

// errDamaged: a record that cannot be read. Its text is never shown.
var errDamaged = errors.New("the stored credential is damaged or of another version; sign out of this grant and sign in again")

func get(ctx context.Context, s Store, key string, record any, version *int) error {
	b, err := s.Get(ctx, key)
	if err != nil {
		return err
	}
	if json.Unmarshal(b, record) != nil || *version != recordVersion {
		return errDamaged
	}
	return nil
}

// forget erases a credential.
func forget(ctx context.Context, s Store, id string) error {
	return errors.Join(s.Delete(ctx, id), s.Delete(ctx, id+accessSuffix))
}
