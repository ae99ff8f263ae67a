package auth

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"filippo.io/age"
	"filippo.io/age/armor"
	"github.com/gofrs/flock"
)

// PassphraseFile is a Store for systems without a keyring: one file, encrypted
// with a passphrase (age, scrypt). Path and Passphrase are needed and, like
// WorkFactor, are not changed once it is in use.
//
// The file is two texts of age, one after the other: a key, encrypted with the
// passphrase, and all the records, encrypted with that key. So the slow part,
// which makes guessing expensive, is paid once in a program and not with every
// renewal. Nothing is ever written in the clear, not even for a moment: the
// file is replaced in one step by another that is encrypted already. Running
// copies of the app share it by a lock file and do not lose each other's
// records.
type PassphraseFile struct {
	Path string
	// Passphrase asks the user, once in a program: what was right is remembered
	// in memory. create says that there is no file yet and the passphrase is
	// being chosen. Its error is passed on.
	Passphrase func(ctx context.Context, create bool) (Secret, error)
	// WorkFactor is the logarithm of scrypt's work, 0 for age's own 18: about a
	// second and 256 MiB. A file that asks for more is refused.
	WorkFactor int

	prepare sync.Once
	turn    chan struct{} // holds one; a lock that can be waited for with a context

	// What the passphrase has opened. The key is the file's first text.
	passphrase Secret
	key        []byte
	identity   *age.X25519Identity
}

const recordsVersion = 1

// usualWorkFactor is what age itself takes.
const usualWorkFactor = 18

type recordsFile struct {
	Version int               `json:"version"`
	Records map[string][]byte `json:"records"`
}

// Format keeps passphrase and key out of anything that prints the store.
func (f *PassphraseFile) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "passphrase file") }

// Unlock asks for the passphrase if it is not known yet. Every other method
// does so on its own; a window calls it when it is a good time to ask. A wrong
// passphrase gives ErrPassphrase, and the next call asks again.
func (f *PassphraseFile) Unlock(ctx context.Context) error {
	if err := f.enter(ctx); err != nil {
		return err
	}
	defer f.leave()
	return f.unlock(ctx)
}

// Get implements Store. It does not ask for a passphrase where there is no file.
func (f *PassphraseFile) Get(ctx context.Context, key string) ([]byte, error) {
	if err := f.enter(ctx); err != nil {
		return nil, err
	}
	defer f.leave()
	first, _, err := f.read()
	if err == nil && first == nil {
		err = ErrNotFound
	}
	if err != nil {
		return nil, f.failed(err)
	}
	if err := f.unlock(ctx); err != nil {
		return nil, err
	}
	records, err := f.records()
	if err != nil {
		return nil, f.failed(err)
	}
	record, ok := records[key]
	if !ok {
		return nil, f.failed(ErrNotFound)
	}
	return record, nil
}

// Put implements Store.
func (f *PassphraseFile) Put(ctx context.Context, key string, record []byte) error {
	return f.change(ctx, func(records map[string][]byte) { records[key] = record })
}

// Delete implements Store.
func (f *PassphraseFile) Delete(ctx context.Context, key string) error {
	if _, err := os.Stat(f.Path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return f.change(ctx, func(records map[string][]byte) { delete(records, key) })
}

// change runs one read-modify-write under the lock of this and every other process.
func (f *PassphraseFile) change(ctx context.Context, alter func(map[string][]byte)) error {
	if err := f.enter(ctx); err != nil {
		return err
	}
	defer f.leave()
	for range 3 {
		if err := f.unlock(ctx); err != nil { // outside of the lock: the user may take time
			return err
		}
		done, err := f.tryChange(ctx, alter)
		if done || err != nil {
			return f.failed(err)
		}
	}
	return f.failed(newProblem(ErrPassphrase, "its passphrase keeps changing; close other running copies of Canopy"))
}

// tryChange reports false when the file got another key since it was unlocked.
func (f *PassphraseFile) tryChange(ctx context.Context, alter func(map[string][]byte)) (bool, error) {
	if err := os.MkdirAll(filepath.Dir(f.Path), 0o700); err != nil {
		return false, err
	}
	lock := flock.New(f.Path+".lock", flock.SetPermissions(0o600))
	if _, err := lock.TryLockContext(ctx, 20*time.Millisecond); err != nil {
		return false, fmt.Errorf("lock: %w", err)
	}
	defer func() { _ = lock.Close() }() // closing gives the lock back whatever it returns
	key, _, err := f.read()
	if err != nil || (key != nil && !bytes.Equal(key, f.key)) {
		return false, err
	}
	records, err := f.records()
	if err != nil {
		return false, err
	}
	alter(records)
	return true, f.write(records)
}

func (f *PassphraseFile) enter(ctx context.Context) error {
	f.prepare.Do(func() { f.turn = make(chan struct{}, 1) })
	select {
	case f.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return f.failed(ctx.Err())
	}
}

func (f *PassphraseFile) leave() { <-f.turn }

// failed names the file.
func (f *PassphraseFile) failed(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("passphrase file %s: %w", f.Path, err)
}

// unlock has the key of the file as it is now, or of the one that will be made.
func (f *PassphraseFile) unlock(ctx context.Context) error {
	key, _, err := f.read()
	if err != nil {
		return f.failed(err)
	}
	if f.identity != nil && (key == nil || bytes.Equal(key, f.key)) {
		return nil
	}
	if f.passphrase != "" && key != nil && f.open(key, f.passphrase) == nil {
		return nil // another copy made it meanwhile, with the same passphrase
	}
	if f.Passphrase == nil {
		return f.failed(newProblem(ErrPassphrase, "nobody can be asked for the passphrase; set Passphrase"))
	}
	passphrase, err := f.Passphrase(ctx, key == nil)
	if err != nil {
		return f.failed(err)
	}
	if passphrase == "" {
		return f.failed(newProblem(ErrPassphrase, "the passphrase is empty; give one"))
	}
	if key == nil {
		return f.failed(f.choose(passphrase))
	}
	return f.failed(f.open(key, passphrase))
}

// choose makes the key of a new file.
func (f *PassphraseFile) choose(passphrase Secret) error {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return err
	}
	recipient, err := age.NewScryptRecipient(passphrase.Reveal())
	if err != nil {
		return err
	}
	if f.WorkFactor != 0 {
		recipient.SetWorkFactor(f.WorkFactor)
	}
	key, err := seal([]byte(identity.String()), recipient)
	if err != nil {
		return err
	}
	f.passphrase, f.key, f.identity = passphrase, key, identity
	return nil
}

// open opens the key of a file.
func (f *PassphraseFile) open(key []byte, passphrase Secret) error {
	scrypt, err := age.NewScryptIdentity(passphrase.Reveal())
	if err != nil {
		return err
	}
	scrypt.SetMaxWorkFactor(max(usualWorkFactor, f.WorkFactor)) // each step doubles the memory
	text, err := unseal(key, scrypt)
	var wrong *age.NoIdentityMatchError
	if errors.As(err, &wrong) {
		return ErrPassphrase
	}
	if err != nil {
		return errDamagedFile
	}
	identity, err := age.ParseX25519Identity(string(text))
	if err != nil {
		return errDamagedFile
	}
	f.passphrase, f.key, f.identity = passphrase, key, identity
	return nil
}

// errDamagedFile: it is left as it is, for whoever has a copy or a way to repair it.
var errDamagedFile = errors.New("it is damaged or of another version; repair it, or move it away and sign in again")

// read gives the two texts of the file, or nothing when there is no file.
func (f *PassphraseFile) read() (key, records []byte, err error) {
	content, err := os.ReadFile(f.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	second := bytes.LastIndex(content, []byte(armor.Header))
	if second <= 0 {
		return nil, nil, errDamagedFile
	}
	return content[:second], content[second:], nil
}

// records decrypts the records of the file as it is now.
func (f *PassphraseFile) records() (map[string][]byte, error) {
	_, sealed, err := f.read()
	if err != nil {
		return nil, err
	}
	file := recordsFile{Records: map[string][]byte{}}
	if sealed == nil {
		return file.Records, nil
	}
	content, err := unseal(sealed, f.identity)
	if err != nil || json.Unmarshal(content, &file) != nil || file.Version != recordsVersion || file.Records == nil {
		return nil, errDamagedFile
	}
	return file.Records, nil
}

func (f *PassphraseFile) write(records map[string][]byte) error {
	content, err := json.Marshal(recordsFile{recordsVersion, records})
	if err != nil {
		return err
	}
	sealed, err := seal(content, f.identity.Recipient())
	if err != nil {
		return err
	}
	return replaceFile(f.Path, append(bytes.Clone(f.key), sealed...))
}

func seal(content []byte, to age.Recipient) ([]byte, error) {
	var text bytes.Buffer
	lines := armor.NewWriter(&text)
	w, err := age.Encrypt(lines, to)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(content); err != nil {
		return nil, err
	}
	if err := errors.Join(w.Close(), lines.Close()); err != nil {
		return nil, err
	}
	return text.Bytes(), nil
}

func unseal(text []byte, with age.Identity) ([]byte, error) {
	r, err := age.Decrypt(armor.NewReader(bytes.NewReader(text)), with)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}
