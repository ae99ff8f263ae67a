package ui

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"canopy/api"
	"canopy/ui/show"
	look "canopy/ui/theme"
)

// with names the values of a translated sentence: pairs of key and value.
func with(pairs ...any) map[string]any {
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		m[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return m
}

// counted says a number of things in the right form; key is the sentence for many, with
// {{.Count}} in it.
func counted(key string, n int) string {
	return lang.N(key, n, with("Count", show.Count(n)))
}

// stateColor returns the colour that a state's dot has.
func stateColor(s api.State) fyne.ThemeColorName {
	switch s.Group() {
	case api.GroupRunning:
		return look.ColorRunning
	case api.GroupChanging:
		return look.ColorChanging
	case api.GroupResting:
		return look.ColorResting
	case api.GroupTrouble:
		return look.ColorTrouble
	default:
		return look.ColorUnknown
	}
}

// stateWords says a state. One that Canopy does not know is shown as it comes: it is never
// looked up, for what is looked up is a template that would be run.
func stateWords(s api.State) string {
	switch {
	case s == "":
		return lang.L("Unknown")
	case s.Group() == api.GroupUnknown:
		return show.Name(s.Words())
	default:
		return lang.L(s.Words())
	}
}

// projectType says what kind of project it is.
func projectType(p api.Project) string {
	switch p.Type {
	case api.ProjectDedicated:
		return lang.L("Dedicated")
	case api.ProjectTiDBX:
		return "TiDB X"
	case api.ProjectVirtual:
		return lang.L("outside projects")
	case "":
		return ""
	default:
		return show.Name(string(p.Type))
	}
}

// provider says the name of a cloud provider.
func provider(p string) string {
	names := map[string]string{"aws": "AWS", "gcp": "Google Cloud", "azure": "Azure", "alicloud": "Alibaba Cloud"}
	if n, ok := names[strings.ToLower(p)]; ok {
		return n
	}
	return show.Name(p)
}

// region says a region at length, as in "Tokyo (ap-northeast-1) · AWS".
func region(r api.Region) string {
	place := r.City
	switch {
	case place == "":
		place = r.Code
	case r.Code != "":
		place = fmt.Sprintf("%s (%s)", r.City, r.Code)
	}
	if r.Provider == "" {
		return show.Name(place)
	}
	return show.Name(place) + " · " + provider(r.Provider)
}

// labels says the labels of the person, sorted, without those of TiDB Cloud itself.
func labels(all map[string]string) string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(all)) {
		if !strings.HasPrefix(k, "tidb.cloud/") {
			out = append(out, show.Name(k)+"="+show.Name(all[k]))
		}
	}
	if len(out) == 0 {
		return lang.L("None")
	}
	return strings.Join(out, ", ")
}

// day says a date, as in "3 Mar 2026".
func day(t time.Time) string {
	if t.IsZero() {
		return lang.L("Unknown")
	}
	return t.Local().Format("2 Jan 2006")
}

// moment says when something happened: the time today, otherwise the day.
func moment(t, now time.Time) string {
	t, now = t.Local(), now.Local()
	clock := t.Format("15:04")
	switch {
	case t.YearDay() == now.YearDay() && t.Year() == now.Year():
		return lang.L("today {{.Time}}", with("Time", clock))
	default:
		return t.Format("2 Jan 2006") + " " + clock
	}
}

// ago says how long something has been, in steps that do not fidget.
func ago(d time.Duration) string {
	switch {
	case d < 5*time.Second:
		return lang.L("just now")
	case d < time.Minute:
		return lang.L("{{.N}} s ago", with("N", int(d.Seconds())))
	case d < time.Hour:
		return lang.L("{{.N}} min ago", with("N", int(d.Minutes())))
	case d < 24*time.Hour:
		return lang.L("{{.N}} h ago", with("N", int(d.Hours())))
	default:
		return counted("{{.Count}} days ago", int(d.Hours()/24))
	}
}

// left says how long something still lasts, as in "3:06".
func left(d time.Duration) string {
	d = max(0, d.Round(time.Second))
	return fmt.Sprintf("%d:%02d", int(d.Minutes()), int(d.Seconds())%60)
}

// soon says how long until something happens.
func soon(d time.Duration) string {
	switch {
	case d <= 0:
		return lang.L("now")
	case d < 2*time.Minute:
		return lang.L("in {{.N}} s", with("N", int(d.Seconds())))
	case d < 2*time.Hour:
		return lang.L("in {{.N}} min", with("N", int(d.Minutes())))
	default:
		return lang.L("in {{.N}} h", with("N", int(d.Hours())))
	}
}
