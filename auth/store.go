package auth

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"canopy/auth/internal/keychain"
)

// Store keeps small secret records, one a key. A record may be any bytes.
// Implementations are safe for use by several goroutines.
type Store interface {
	Put(ctx context.Context, key string, record []byte) error
	Get(ctx context.Context, key string) ([]byte, error) // ErrNotFound when there is none
	Delete(ctx context.Context, key string) error        // deleting what is absent is no error
}

// NewKeyring gives the Store of the operating system's keyring: Keychain,
// Credential Manager or Secret Service, through zalando/go-keyring.
//
// Each call to the keyring runs off the caller's goroutine and is given three
// seconds. What can go wrong is told apart: ErrKeyringAbsent, ErrKeyringLocked,
// ErrKeyringSlow, ErrKeyringTooBig, ErrKeyringDenied. A record is cut into
// items of at most 2,000 bytes, and its manifest is written last, so that a
// crash leaves either the old record or the new one.
func NewKeyring(service string) Store { return keychain.New(service, keychain.System(), nil) }

// NewMemoryStore gives a Store that forgets everything when the program ends.
func NewMemoryStore() Store { return &memoryStore{records: map[string][]byte{}} }

type memoryStore struct {
	mu      sync.Mutex
	records map[string][]byte
}

func (m *memoryStore) Put(_ context.Context, key string, record []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.records[key] = slices.Clone(record)
	return nil
}

func (m *memoryStore) Get(_ context.Context, key string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	record, ok := m.records[key]
	if !ok {
		return nil, fmt.Errorf("session store: %w", ErrNotFound)
	}
	return slices.Clone(record), nil
}

func (m *memoryStore) Delete(_ context.Context, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.records, key)
	return nil
}

// Format keeps the records out of anything that prints the store.
func (m *memoryStore) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, "session store") }
