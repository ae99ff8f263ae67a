package cli

import (
	"context"
	"fmt"
	"net"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// checkDisplay finds out whether a window can be opened, because the toolkit would end the
// program with a stack trace. Only X11 and Wayland can be missing.
func checkDisplay(ctx context.Context, getenv func(string) string) error {
	if runtime.GOOS != "linux" && !strings.HasSuffix(runtime.GOOS, "bsd") {
		return nil
	}
	if getenv("WAYLAND_DISPLAY") != "" {
		return nil
	}
	display := getenv("DISPLAY")
	if display == "" {
		return errNoDisplay
	}
	host, number, found := strings.Cut(display, ":")
	number, _, _ = strings.Cut(number, ".")
	if !found || (host != "" && host != "unix") {
		return nil // a display over the network: let the toolkit try
	}
	if reachable(ctx, filepath.Join("/tmp/.X11-unix", "X"+number)) || reachable(ctx, "@/tmp/.X11-unix/X"+number) {
		return nil
	}
	return fmt.Errorf("the display %q does not answer; start Canopy in a desktop session, or set DISPLAY to one that runs", display)
}

func reachable(ctx context.Context, socket string) bool {
	dialer := net.Dialer{Timeout: time.Second}
	c, err := dialer.DialContext(ctx, "unix", socket)
	if err != nil {
		return false
	}
	_ = c.Close()
	return true
}
