package e2e

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Request is a request as both of its ends tell of it: to which host ("oauth", "iam", "serverless" or "dedicated") and
// path it went, and how it was answered.
type Request struct {
	Method, Host, Path string
	Status             int
}

// String writes it in one line.
func (r Request) String() string {
	return fmt.Sprintf("%s %s %s → %d", r.Method, r.Host, r.Path, r.Status)
}

// answered is a line of the sandbox's log.
var answered = regexp.MustCompile(`(?m) msg=answered host=(\S+) method=(\S+) path=(\S+) status=(\d+) `)

// Requests lists what programs have asked the sandbox for so far, by its own log, in the order of the answers. What
// browsers ask for is left out: they alone speak to the console.
func (s *Sandbox) Requests() ([]Request, error) {
	log, err := s.Log()
	if err != nil {
		return nil, err
	}
	var list []Request
	for _, m := range answered.FindAllStringSubmatch(log, -1) {
		if m[1] == "console" {
			continue
		}
		status, err := strconv.Atoi(m[4])
		if err != nil {
			return nil, err
		}
		list = append(list, Request{Method: m[2], Host: m[1], Path: m[3], Status: status})
	}
	return list, nil
}

// HostOf tells which of its hosts has an address such as 127.0.0.1:4711; it returns the address when none has.
func (s *Sandbox) HostOf(address string) string {
	for name, base := range map[string]string{"oauth": s.Issuer, "iam": s.IAM, "serverless": s.Serverless, "dedicated": s.Dedicated} {
		if strings.HasSuffix(base, "://"+address) {
			return name
		}
	}
	return address
}

// OnlyIn lists what each of two lists has that the other has not, or not as often.
func OnlyIn(a, b []Request) (onlyA, onlyB []string) {
	count := map[string]int{}
	for _, r := range a {
		count[r.String()]++
	}
	for _, r := range b {
		count[r.String()]--
	}
	for said, n := range count {
		for range n {
			onlyA = append(onlyA, said)
		}
		for range -n {
			onlyB = append(onlyB, said)
		}
	}
	slices.Sort(onlyA)
	slices.Sort(onlyB)
	return onlyA, onlyB
}

// Activity reads the whole list of requests from the page that shows them, scrolling from the top to the bottom. It says
// nothing of queries.
func (a *App) Activity(ctx context.Context) ([]Request, error) {
	rows, err := a.Table(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]Request, 0, len(rows))
	for _, cells := range rows { // id, time, method, address, status, ...
		const least = 5
		if len(cells) < least {
			return nil, fmt.Errorf("a row of the activity says only %q", cells)
		}
		host, path, ok := strings.Cut(cells[3], "/")
		path, _, _ = strings.Cut("/"+path, "?")
		number, _, _ := strings.Cut(cells[4], " ")
		status, err := strconv.Atoi(number)
		if !ok || err != nil {
			return nil, fmt.Errorf("a row of the activity cannot be understood: %q", cells)
		}
		list = append(list, Request{Method: cells[2], Host: strings.TrimSuffix(host, "…"), Path: path, Status: status})
	}
	return list, nil
}

// tableRow matches the rows of a table.
func tableRow(o Object) bool { return o.Type == "*part.tableRow" && o.Row != "" }

// Table reads the rows of the table on the screen from the top to the bottom, scrolling: of each its id and its cells.
func (a *App) Table(ctx context.Context) ([][]string, error) {
	seen, err := a.tableRows(ctx)
	if err != nil || len(seen) == 0 {
		return nil, err
	}
	for { // up
		first := seen[0].Row
		if seen, err = a.turn(ctx, seen, -10); err != nil {
			return nil, err
		}
		if seen[0].Row == first {
			break
		}
	}
	var rows [][]string
	known := map[string]bool{}
	for {
		fresh := false
		for _, o := range seen {
			cells := strings.Split(o.Row, "|")
			if !known[cells[0]] {
				known[cells[0]], fresh = true, true
				rows = append(rows, cells)
			}
		}
		if !fresh {
			return rows, nil
		}
		if seen, err = a.turn(ctx, seen, 3); err != nil {
			return nil, err
		}
	}
}

// turn turns the wheel over the table and returns the rows in sight.
func (a *App) turn(ctx context.Context, seen []Object, clicks int) ([]Object, error) {
	middle := seen[len(seen)/2].Row
	if err := a.Scroll(ctx, func(o Object) bool { return tableRow(o) && o.Row == middle }, clicks); err != nil {
		return nil, err
	}
	now, err := a.tableRows(ctx)
	if err == nil && len(now) == 0 {
		err = errors.New("the table has lost its rows")
	}
	return now, err
}

func (a *App) tableRows(ctx context.Context) ([]Object, error) {
	objects, err := a.Dump(ctx)
	rows := slices.DeleteFunc(objects, func(o Object) bool { return !tableRow(o) })
	slices.SortStableFunc(rows, func(a, b Object) int { return a.Y - b.Y })
	return rows, err
}
