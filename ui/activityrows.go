package ui

import (
	"cmp"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/theme"

	"canopy/activity"
	"canopy/auth"
	"canopy/ui/part"
	"canopy/ui/show"
	look "canopy/ui/theme"
)

// requests gives the rows of the table: the requests that match, the newest first unless they are
// sorted in another way. It is immutable: later ones are added to another one.
type requests struct {
	list   []activity.Request // the oldest first
	order  []int              // of the rows, as indices of list; nil for the newest first
	grants map[string]string  // names of grants by id
	hosts  map[string]string  // what hosts are called in the table
}

// activityColumns are the columns of the table. Where the window is narrowest, when, what and with
// which result remain; the line below the table says the rest.
func activityColumns() []part.TableColumn {
	end := fyne.TextAlignTrailing
	return []part.TableColumn{
		{Key: "time", Title: lang.L("Time"), Width: 54, Rank: 1, Sorts: part.SmallFirst},
		{Key: "method", Width: 34, Rank: 3},
		{Key: "address", Title: lang.L("Host and path"), Width: 180, Share: 3, Mono: true, Sorts: part.SmallFirst},
		{Key: "status", Title: lang.L("Status"), Width: 98, Sorts: part.LargeFirst},
		{Key: "took", Title: lang.L("Took"), Width: 50, Rank: 4, Align: end, Sorts: part.LargeFirst},
		{Key: "bytes", Title: lang.L("Bytes"), Width: 50, Rank: 6, Align: end, Sorts: part.LargeFirst},
		{Key: "grant", Title: lang.L("Grant"), Width: 96, Share: 1, Rank: 5, Sorts: part.SmallFirst},
		{Key: "why", Title: lang.L("Why"), Width: 84, Share: 1, Rank: 2, Align: end, Sorts: part.SmallFirst},
	}
}

// comparisons say how a column sorts. What is equal stays in the order of time.
var comparisons = map[string]func(a, b activity.Request) int{
	"time": func(a, b activity.Request) int { return a.At.Compare(b.At) },
	"address": func(a, b activity.Request) int {
		return cmp.Or(cmp.Compare(a.Host, b.Host), cmp.Compare(a.Path, b.Path))
	},
	"status": func(a, b activity.Request) int { return cmp.Compare(a.Status, b.Status) },
	"took":   func(a, b activity.Request) int { return cmp.Compare(a.Duration, b.Duration) },
	"bytes":  func(a, b activity.Request) int { return cmp.Compare(a.Bytes, b.Bytes) },
	"why":    func(a, b activity.Request) int { return cmp.Compare(a.Why, b.Why) },
}

// sorted returns the same rows in the order of a column, or the newest first.
func (s requests) sorted(key string, largeFirst bool) requests {
	s.order = nil
	compare := comparisons[key]
	if key == "grant" {
		compare = func(a, b activity.Request) int { return cmp.Compare(s.grants[a.Grant], s.grants[b.Grant]) }
	}
	if compare == nil {
		return s
	}
	s.order = make([]int, len(s.list))
	for i := range s.order {
		s.order[i] = len(s.list) - 1 - i
	}
	slices.SortStableFunc(s.order, func(a, b int) int {
		if largeFirst {
			a, b = b, a
		}
		return compare(s.list[a], s.list[b])
	})
	return s
}

// Len implements part.TableSource.
func (s requests) Len() int { return len(s.list) }

// at returns the request of a row.
func (s requests) at(row int) activity.Request {
	if s.order != nil {
		return s.list[s.order[row]]
	}
	return s.list[len(s.list)-1-row]
}

// Index implements part.TableSource.
func (s requests) Index(id string) int {
	seq, err := strconv.ParseUint(id, 10, 64)
	if err != nil {
		return -1
	}
	i := sort.Search(len(s.list), func(i int) bool { return s.list[i].Seq >= seq })
	switch {
	case i == len(s.list) || s.list[i].Seq != seq:
		return -1
	case s.order != nil:
		return slices.Index(s.order, i)
	}
	return len(s.list) - 1 - i
}

func requestID(r activity.Request) string { return strconv.FormatUint(r.Seq, 10) }

// Row implements part.TableSource.
func (s requests) Row(i int) part.TableRow {
	r := s.at(i)
	address := part.Cell{Text: s.host(r.Host) + show.Line(r.Path), Color: theme.ColorNameForeground}
	if whole := show.Line(r.Host + r.Path); whole != address.Text {
		address.Hint = whole
	}
	grant := s.grants[r.Grant]
	if grant == "" && r.Grant != "" {
		grant = lang.L("no longer kept") // signed out, or another has taken its place
	}
	why := ""
	if r.Why != "" {
		why = show.Line(r.Why)
	}
	return part.TableRow{ID: requestID(r), Cells: []part.Cell{
		{Text: r.At.Local().Format(time.TimeOnly), Hint: r.At.Local().Format("2 Jan 2006 15:04:05.000")},
		{Text: show.Name(r.Method), Color: theme.ColorNameForeground},
		address,
		{Text: statusWords(r), Short: statusShort(r), Color: statusColor(r), Hint: statusHint(r)},
		{Text: took(r.Duration)},
		{Text: size(r.Bytes)},
		{Text: grant},
		{Text: why},
	}}
}

// host says a host shortly if it is one of those that Canopy was told to ask. Of any other all is
// shown: what it is called is all that one knows of it.
func (s requests) host(host string) string {
	if name := s.hosts[host]; name != "" {
		return name + "…"
	}
	return show.Line(host)
}

// matches reports whether a request has all words. The short name of its host is one of its words.
func (s requests) matches(r activity.Request, words string) bool {
	if name := s.hosts[r.Host]; name != "" {
		r.Host = name + " " + r.Host
	}
	return r.Matches(words)
}

// hostNames are the short names of the hosts of environments. One that is several things at once
// has none.
func hostNames(environments ...auth.Environment) map[string]string {
	names := map[string]string{}
	for _, e := range environments {
		for _, h := range []struct{ address, name string }{
			{e.IAM, "iam"}, {e.Serverless, "serverless"}, {e.Dedicated, "dedicated"}, {e.TokenEndpoint, "oauth"},
		} {
			u, err := url.Parse(h.address)
			if err != nil || u.Host == "" {
				continue
			}
			if other, taken := names[u.Host]; taken && other != h.name {
				names[u.Host] = ""
				continue
			}
			names[u.Host] = h.name
		}
	}
	return names
}

func failed(r activity.Request) bool {
	return r.Status < 200 || r.Status >= 400 || r.Problem != ""
}

func statusColor(r activity.Request) fyne.ThemeColorName {
	switch {
	case failed(r):
		return look.ColorTrouble
	case r.Status < 300:
		return look.ColorRunning
	}
	return look.ColorMuted
}

// statusWords says how a request ended: a number, and for a failure what it means.
func statusWords(r activity.Request) string {
	words := ""
	switch {
	case r.Status == 0:
		return lang.L("no answer")
	case r.Status == 401:
		words = lang.L("not accepted")
	case r.Status == 403:
		words = lang.L("not allowed")
	case r.Status == 404:
		words = lang.L("not found")
	case r.Status == 408, r.Status == 504:
		words = lang.L("too slow")
	case r.Status == 429:
		words = lang.L("too many")
	case r.Status >= 500:
		words = lang.L("server error")
	case r.Status >= 400:
		words = lang.L("refused")
	case r.Problem != "":
		words = lang.L("broke off")
	}
	return strings.TrimSpace(strconv.Itoa(r.Status) + " " + words)
}

// statusShort is what remains where it is narrow.
func statusShort(r activity.Request) string {
	if r.Status == 0 {
		return ""
	}
	return strconv.Itoa(r.Status)
}

func statusHint(r activity.Request) string {
	if r.Problem == "" {
		return ""
	}
	return statusWords(r) + ": " + show.Line(r.Problem)
}

// took says how long a request took, in three digits or so.
func took(d time.Duration) string {
	switch {
	case d < time.Millisecond/2:
		return lang.L("<1 ms")
	case d < time.Second:
		return lang.L("{{.N}} ms", with("N", d.Round(time.Millisecond).Milliseconds()))
	case d < time.Minute:
		return lang.L("{{.N}} s", with("N", strconv.FormatFloat(d.Seconds(), 'f', 1, 64)))
	}
	return lang.L("{{.N}} min", with("N", strconv.FormatFloat(d.Minutes(), 'f', 1, 64)))
}

// size says a number of bytes in three digits or so.
func size(n int64) string {
	units := []string{"B", "kB", "MB", "GB"}
	value, unit := float64(n), 0
	for value >= 999.5 && unit < len(units)-1 {
		value /= 1000
		unit++
	}
	digits := 0
	if unit > 0 && value < 10 {
		digits = 1
	}
	return strconv.FormatFloat(value, 'f', digits, 64) + " " + units[unit]
}
