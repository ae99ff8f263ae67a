package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// parseFault reads NAME[=ARGUMENT][*COUNT].
func parseFault(written string) (activeFault, error) {
	text, remaining := written, -1
	if i := strings.LastIndexByte(written, '*'); i >= 0 {
		if n, err := strconv.Atoi(written[i+1:]); err == nil {
			if n < 1 {
				return activeFault{}, fmt.Errorf("fault %q has the count %d; choose 1 or more", written, n)
			}
			text, remaining = written[:i], n
		}
	}
	name, argument, _ := strings.Cut(text, "=")
	catalogue := Faults()
	i := slices.IndexFunc(catalogue, func(f Fault) bool { return f.Name == name })
	if i < 0 {
		return activeFault{}, fmt.Errorf("unknown fault %q; choose one of %s", name, faultNames(catalogue))
	}
	if parse := catalogue[i].parse; parse != nil {
		if err := parse(argument); err != nil {
			return activeFault{}, fmt.Errorf("fault %q: %w", written, err)
		}
	}
	if name == "unauthorized" && argument == "" {
		argument = "api"
	}
	return activeFault{name: name, argument: argument, text: text, remaining: remaining}, nil
}

func faultNames(catalogue []Fault) string {
	names := make([]string, len(catalogue))
	for i, f := range catalogue {
		names[i] = f.Name
	}
	return strings.Join(names, ", ")
}

func parseNone(argument string) error {
	if argument != "" {
		return fmt.Errorf("it takes no argument; leave %q out", argument)
	}
	return nil
}

func parseAny(argument string) error {
	if argument == "" {
		return errors.New("its argument is missing; write NAME=ARGUMENT")
	}
	return nil
}

func parseTarget(argument string) error {
	if !slices.Contains(targets(), argument) {
		return fmt.Errorf("unknown target %q; choose %s", argument, FaultTargets)
	}
	return nil
}

func parseOptionalTarget(argument string) error {
	if argument == "" {
		return nil
	}
	return parseTarget(argument)
}

// parsePair reads TARGET:VALUE.
func parsePair(argument string, check func(value string) error) error {
	target, value, _ := strings.Cut(argument, ":")
	if err := parseTarget(target); err != nil {
		return err
	}
	return check(value)
}

func parseStatus(argument string) error {
	return parsePair(argument, func(value string) error {
		if n, err := strconv.Atoi(value); err != nil || n < 400 || n > 599 {
			return fmt.Errorf("%q is no error status; write TARGET:CODE with a code from 400 to 599", value)
		}
		return nil
	})
}

func parseSlow(argument string) error { return parsePair(argument, parseDelay) }

func parseDelay(value string) error {
	if d, err := time.ParseDuration(value); err != nil || d < 0 {
		return fmt.Errorf("%q is no delay; write TARGET:DURATION, for example serverless:3s", value)
	}
	return nil
}

func parseRedirect(argument string) error {
	return parsePair(argument, func(value string) error {
		if u, err := url.Parse(value); err != nil || u.Host == "" {
			return fmt.Errorf("%q is no address; write TARGET:URL", value)
		}
		return nil
	})
}

func parseRateLimited(argument string) error {
	return parsePair(argument, func(value string) error {
		if n, err := strconv.Atoi(value); value != "" && (err != nil || n < 0) {
			return fmt.Errorf("%q is no number of seconds; write TARGET:SECONDS", value)
		}
		return nil
	})
}

func parseDuration(argument string) error {
	if _, err := time.ParseDuration(argument); err != nil {
		return fmt.Errorf("%q is no duration; write for example 10s or -1h", argument)
	}
	return nil
}

func parseJSON(argument string) error {
	if argument != "missing" && !json.Valid([]byte(argument)) {
		return fmt.Errorf("%q is neither JSON nor the word missing", argument)
	}
	return nil
}
