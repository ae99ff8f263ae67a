//go:build darwin || windows

package keychain

// The keyrings of these systems are always there, and have no bus.
func ready() error               { return nil }
func explain(err error) error    { return err }
func busMeaning(err error) error { return nil }
