package keychain

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Limit is how long one call to the keyring may take (facts: gh's 3 s).
const Limit = 3 * time.Second

const (
	maxItem   = 2000          // bytes of one item: Windows refuses 2,560, macOS about 3,000
	chunkSize = 1900          // leaves room for what stands before a whole record
	maxChunks = 16            // more than that is no credential
	whole     = "canopy1:one" // mark of a record in one item
	parts     = "canopy1:cut" // mark of the manifest of a record in several items
)

// Backend is one system's keyring: text items named by service and key.
type Backend interface {
	Set(service, key, item string) error
	Get(service, key string) (string, error)
	Delete(service, key string) error
}

// Keychain keeps records of any bytes as items of a Backend.
type Keychain struct {
	service string
	backend Backend
	expire  func() (<-chan time.Time, func() bool)
	turn    chan struct{} // one call at a time: some systems' libraries need it
}

// New gives the keychain of a service. after starts the limit of one call;
// nil means Limit on the real clock.
func New(service string, backend Backend, after func() (<-chan time.Time, func() bool)) *Keychain {
	if after == nil {
		after = func() (<-chan time.Time, func() bool) {
			t := time.NewTimer(Limit)
			return t.C, t.Stop
		}
	}
	return &Keychain{service: service, backend: backend, expire: after, turn: make(chan struct{}, 1)}
}

// call runs one call off the caller's goroutine. A call that hangs is left
// behind with its turn, so later ones answer ErrSlow until it comes back.
func (k *Keychain) call(ctx context.Context, what string, f func() (string, error)) (string, error) {
	type answer struct {
		item string
		err  error
	}
	expired, stop := k.expire()
	defer stop()
	select {
	case k.turn <- struct{}{}:
	case <-expired:
		return "", fmt.Errorf("keyring: %s: %w", what, ErrSlow)
	case <-ctx.Done():
		return "", fmt.Errorf("keyring: %s: %w", what, ctx.Err())
	}
	done := make(chan answer, 1)
	go func() {
		item, err := f()
		<-k.turn
		done <- answer{item, err}
	}()
	select {
	case a := <-done:
		if a.err != nil {
			return "", fmt.Errorf("keyring: %s: %w", what, classify(a.err))
		}
		return a.item, nil
	case <-expired:
		return "", fmt.Errorf("keyring: %s: %w", what, ErrSlow)
	case <-ctx.Done():
		return "", fmt.Errorf("keyring: %s: %w", what, ctx.Err())
	}
}

func (k *Keychain) set(ctx context.Context, key, item string) error {
	_, err := k.call(ctx, "write", func() (string, error) { return "", k.backend.Set(k.service, key, item) })
	return err
}

func (k *Keychain) get(ctx context.Context, key string) (string, error) {
	return k.call(ctx, "read", func() (string, error) { return k.backend.Get(k.service, key) })
}

func (k *Keychain) remove(ctx context.Context, key string) error {
	_, err := k.call(ctx, "erase", func() (string, error) { return "", k.backend.Delete(k.service, key) })
	return err
}

// Put keeps a record. What does not fit in one item is cut, written to the
// slot that the present manifest does not use, and only then named by a new
// manifest: a crash in between leaves the old record readable.
func (k *Keychain) Put(ctx context.Context, key string, record []byte) error {
	text := base64.RawStdEncoding.EncodeToString(record)
	if len(text) > chunkSize*maxChunks {
		return fmt.Errorf("keyring: %d bytes: %w", len(record), ErrTooBig)
	}
	old, err := k.get(ctx, key)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	was, _ := readManifest(old) // what is no manifest leaves no chunks behind
	if len(text) <= chunkSize {
		if err := k.set(ctx, key, whole+":"+digest(text)+":"+text); err != nil {
			return err
		}
		_ = k.sweep(ctx, key, was) // the record is kept; Delete looks for leftovers again
		return nil
	}
	now := manifest{slot: was.other(), sum: digest(text)}
	for ; len(text) > 0; now.count++ {
		n := min(len(text), chunkSize)
		if err := k.set(ctx, now.name(key, now.count), text[:n]); err != nil {
			return err
		}
		text = text[n:]
	}
	if err := k.set(ctx, key, now.String()); err != nil {
		return err
	}
	_ = k.sweep(ctx, key, was) // as above
	return nil
}

// Get gives a record back, or ErrNotFound. A record that was cut or changed
// by someone else is an error, not half a record.
func (k *Keychain) Get(ctx context.Context, key string) ([]byte, error) {
	item, err := k.get(ctx, key)
	if err != nil {
		return nil, err
	}
	var text, sum string
	if rest, ok := strings.CutPrefix(item, whole+":"); ok {
		sum, text, _ = strings.Cut(rest, ":")
	} else {
		m, ok := readManifest(item)
		if !ok {
			return nil, damaged("has a form this version does not know")
		}
		sum = m.sum
		if text, err = k.join(ctx, key, m); err != nil {
			return nil, err
		}
	}
	if digest(text) != sum {
		return nil, damaged("does not match its checksum")
	}
	record, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return nil, damaged("is not the text that was written")
	}
	return record, nil
}

func (k *Keychain) join(ctx context.Context, key string, m manifest) (string, error) {
	var b strings.Builder
	for i := range m.count {
		chunk, err := k.get(ctx, m.name(key, i))
		if errors.Is(err, ErrNotFound) {
			return "", damaged("lacks a part")
		}
		if err != nil {
			return "", err
		}
		b.WriteString(chunk)
	}
	return b.String(), nil
}

// Delete erases a record with all its parts, also those a crash left behind.
// The manifest goes first: a record without it is gone.
func (k *Keychain) Delete(ctx context.Context, key string) error {
	if err := k.remove(ctx, key); err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	for _, slot := range []string{"a", "b"} {
		left := manifest{slot: slot}
		for ; left.count < maxChunks; left.count++ {
			_, err := k.get(ctx, left.name(key, left.count))
			if errors.Is(err, ErrNotFound) {
				break
			}
			if err != nil {
				return err
			}
		}
		if err := k.sweep(ctx, key, left); err != nil {
			return err
		}
	}
	return nil
}

// sweep erases the parts of a manifest that is no longer used, the last part
// first: wherever it is cut off, what is left begins at the first and can be found.
func (k *Keychain) sweep(ctx context.Context, key string, m manifest) error {
	for i := m.count - 1; i >= 0; i-- {
		if err := k.remove(ctx, m.name(key, i)); err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	return nil
}

// manifest names the parts of a record that was cut.
type manifest struct {
	slot  string // "a" or "b"
	count int
	sum   string
}

func (m manifest) other() string {
	if m.slot == "a" {
		return "b"
	}
	return "a"
}

func (m manifest) name(key string, i int) string { return key + "#" + m.slot + strconv.Itoa(i) }

func (m manifest) String() string {
	return strings.Join([]string{parts, m.sum, m.slot, strconv.Itoa(m.count)}, ":")
}

func readManifest(item string) (manifest, bool) {
	rest, ok := strings.CutPrefix(item, parts+":")
	f := strings.Split(rest, ":")
	if !ok || len(f) != 3 || (f[1] != "a" && f[1] != "b") {
		return manifest{}, false
	}
	n, err := strconv.Atoi(f[2])
	if err != nil || n < 1 || n > maxChunks {
		return manifest{}, false
	}
	return manifest{sum: f[0], slot: f[1], count: n}, true
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

func damaged(how string) error {
	return fmt.Errorf("keyring: the record %s; sign out of this grant and sign in again", how)
}
