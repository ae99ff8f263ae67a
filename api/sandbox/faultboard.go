package sandbox

import (
	"slices"
	"strconv"
	"strings"
	"sync"
)

// activeFault is a fault that is switched on.
type activeFault struct {
	name, argument string
	text           string // as it was written, without the count
	remaining      int    // -1: until it is switched off
}

// target and value are the two halves of arguments such as "serverless:500".
func (f activeFault) target() string { t, _, _ := strings.Cut(f.argument, ":"); return t }
func (f activeFault) value() string  { _, v, _ := strings.Cut(f.argument, ":"); return v }

func (f activeFault) String() string {
	if f.remaining < 0 {
		return f.text
	}
	return f.text + "*" + strconv.Itoa(f.remaining)
}

// faultBoard holds the active faults.
type faultBoard struct {
	mu     sync.Mutex
	active []activeFault
}

func (b *faultBoard) set(names []string) error {
	active := make([]activeFault, 0, len(names))
	for _, name := range names {
		f, err := parseFault(name)
		if err != nil {
			return err
		}
		active = append(active, f)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.active = active
	return nil
}

// list gives the active faults the way set takes them.
func (b *faultBoard) list() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	names := make([]string, len(b.active))
	for i, f := range b.active {
		names[i] = f.String()
	}
	return names
}

// take uses the first active fault that matches, and switches it off when that was
// its last use.
func (b *faultBoard) take(matches func(activeFault) bool) (activeFault, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.IndexFunc(b.active, matches)
	if i < 0 {
		return activeFault{}, false
	}
	f := b.active[i]
	if b.active[i].remaining > 0 {
		b.active[i].remaining--
	}
	if b.active[i].remaining == 0 {
		b.active = slices.Delete(b.active, i, i+1)
	}
	return f, true
}

// named uses the fault of that name and returns its argument.
func (b *faultBoard) named(name string) (argument string, on bool) {
	f, on := b.take(func(f activeFault) bool { return f.name == name })
	return f.argument, on
}

// at uses a fault of that name aimed at the endpoint.
func (b *faultBoard) at(name string, p place) (activeFault, bool) {
	return b.take(func(f activeFault) bool { return f.name == name && p.isTarget(f.target()) })
}

// peek reads the arguments of a fault without using it.
func (b *faultBoard) peek(name string) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var arguments []string
	for _, f := range b.active {
		if f.name == name {
			arguments = append(arguments, f.argument)
		}
	}
	return arguments
}
