package auth

import (
	"context"
	"errors"
	"fmt"
)

// secretKey is the key of an environment's client secret in the Store. No
// grant's id looks like it.
func secretKey(environment string) string { return "client-secret " + environment }

// SetClientSecret keeps the client secret of an environment in Config.Store,
// where it is read whenever an environment with SecretInKeyring needs it. An
// empty secret erases it.
func (a *Authenticator) SetClientSecret(ctx context.Context, environment string, secret Secret) error {
	if environment == "" {
		return errors.New("client secret: the environment has no name; give it one")
	}
	store := a.cfg.Store
	if store == nil {
		return fmt.Errorf("client secret of environment %q: %w", environment, ErrKeyringAbsent)
	}
	var err error
	if secret == "" {
		err = store.Delete(ctx, secretKey(environment))
	} else {
		err = store.Put(ctx, secretKey(environment), []byte(secret.Reveal()))
	}
	if err != nil {
		return fmt.Errorf("client secret of environment %q: %w", environment, err)
	}
	return nil
}

// identified gives the environment with its client secret in it. The secret is
// read each time: it may have been set or erased by another running copy.
func (a *Authenticator) identified(ctx context.Context, env *Environment) (*Environment, error) {
	if !env.SecretInKeyring || env.ClientSecret != "" {
		return env, nil
	}
	err := ErrKeyringAbsent
	var secret []byte
	if a.cfg.Store != nil {
		secret, err = a.cfg.Store.Get(ctx, secretKey(env.Name))
	}
	if errors.Is(err, ErrNotFound) || (err == nil && len(secret) == 0) {
		return nil, fmt.Errorf("environment %q: %w", env.Name, ErrNoClientSecret)
	}
	if err != nil {
		return nil, fmt.Errorf("read the client secret of environment %q: %w", env.Name, err)
	}
	own := *env
	own.ClientSecret = Secret(secret)
	return &own, nil
}
