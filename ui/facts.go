package ui

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"canopy/api"
	"canopy/auth"
	"canopy/ui/part"
	"canopy/ui/show"
	look "canopy/ui/theme"
)

// The words of single facts on the details pages.

func capacityCaption(c api.Cluster) string {
	if c.SpendingLimit != nil && c.MaxRCU == 0 {
		return lang.L("Spending limit")
	}
	return lang.L("Capacity")
}

func capacity(c api.Cluster) string {
	switch {
	case c.MaxRCU > 0:
		return lang.L("{{.Min}} – {{.Max}} RCU", with("Min", show.Count(c.MinRCU), "Max", show.Count(c.MaxRCU)))
	case len(c.Nodes) > 0:
		var nodes []string
		for _, n := range c.Nodes {
			nodes = append(nodes, fmt.Sprintf("%d × %s %s", n.Count, componentName(n.Component), show.Name(n.Spec)))
		}
		return strings.Join(nodes, ", ")
	case c.SpendingLimit != nil && *c.SpendingLimit == 0:
		return lang.L("Free quota only")
	case c.SpendingLimit != nil:
		return lang.L("{{.Amount}} a month", with("Amount", show.Cents(*c.SpendingLimit)))
	default:
		return lang.L("Not told")
	}
}

func componentName(c string) string {
	names := map[string]string{"tidb": "TiDB", "tikv": "TiKV", "tiflash": "TiFlash", "tiproxy": "TiProxy"}
	if n, ok := names[strings.ToLower(c)]; ok {
		return n
	}
	return show.Name(c)
}

func availability(a string) string {
	switch a {
	case "":
		return lang.L("Not told")
	case "ZONAL":
		return lang.L("Zonal")
	case "REGIONAL":
		return lang.L("Regional")
	default:
		return show.Name(a)
	}
}

func backups(b api.BackupPolicy) string {
	switch {
	case b.Start == "" && b.RetentionDays == 0:
		return lang.L("Not told")
	case b.Start == "":
		return counted("Kept {{.Count}} days", b.RetentionDays)
	default:
		return lang.N("Daily {{.Time}} UTC · kept {{.Count}} days", b.RetentionDays, with("Time", show.Name(b.Start), "Count", b.RetentionDays))
	}
}

func publicEndpoint(e api.Endpoint) string {
	switch {
	case e.Host == "":
		return lang.L("None")
	case e.Disabled:
		return lang.L("Off")
	case e.Allowed == 0:
		return lang.L("On")
	default:
		return lang.N("On · {{.Count}} allowed ranges", e.Allowed, with("Count", e.Allowed))
	}
}

// organizationFacts and projectFacts are what the pages say, so that a page is drawn anew only
// when that changes.
func (d *details) organizationFacts() []fact {
	s, counts := d.state.View.Shown(), d.state.View.Counts()
	byState := map[api.State]int{}
	for _, p := range s.Projects() {
		for _, c := range s.Clusters(p.ID) {
			byState[c.State]++
		}
	}
	return []fact{
		{lang.L("Projects"), projectCount(counts)},
		{lang.L("Clusters"), clusterCountOf(counts)},
		{lang.L("States"), states(byState)},
		{lang.L("Signed in as"), show.Name(d.state.Grant.User.Email)},
		{lang.L("Role"), show.Name(d.state.Grant.Role)},
		{lang.L("Organization ID"), show.Name(s.Organization().ID)},
		{lang.L("API hosts"), hostHealth(d.state.Grant.Hosts)},
		{lang.L("Sign-in kept in"), keptIn(d.state.Grant.Kept)},
		{lang.L("Granted"), moment(d.state.Grant.GrantedAt, d.window.Now())},
	}
}

// hostHealth says which hosts accept the grant.
func hostHealth(hosts []auth.HostHealth) string {
	said := make([]string, 0, len(hosts))
	for _, h := range hosts {
		values := with("Host", h.Name, "Status", h.Status)
		switch {
		case h.Accepted:
			said = append(said, lang.L("{{.Host}} accepts it", values))
		case h.Status > 0:
			said = append(said, lang.L("{{.Host}} answers {{.Status}}", values))
		default:
			said = append(said, lang.L("{{.Host}} cannot be reached", values))
		}
	}
	if len(said) == 0 {
		return lang.L("Not asked yet")
	}
	return strings.Join(said, ", ")
}

func keptIn(kept string) string {
	switch kept {
	case auth.KeptSession:
		return lang.L("Memory, until Canopy ends")
	case auth.KeptFile:
		return lang.L("Encrypted file")
	default:
		return lang.L("System keyring")
	}
}

func (d *details) organization() fyne.CanvasObject {
	org := d.state.View.Shown().Organization()
	return part.Column(14,
		heading(part.NewText(lang.L("Organization"), part.Style{Color: look.ColorMuted}), org.Name, nil,
			part.NewButton(lang.L("Change scope"), d.window.showScope),
			part.NewButton(lang.L("What this grant can reach"), d.window.showReach),
			part.NewButton(lang.L("Copy ID"), func() { d.window.copy(org.ID, lang.L("ID copied")) })),
		d.cards(d.organizationFacts()))
}

func (d *details) projectFacts(p api.Project) []fact {
	clusters := d.state.View.Shown().Clusters(p.ID)
	byState := map[api.State]int{}
	for _, c := range clusters {
		byState[c.State]++
	}
	n := show.Count(len(clusters))
	if st := d.state.View.Shown().ProjectStatus(p.ID); !st.Done || st.Err != nil {
		n = lang.L("at least {{.Count}}", with("Count", show.Count(max(len(clusters), p.ClusterCount))))
		if st.Err != nil {
			n += ", " + lang.L("some could not be read")
		}
	}
	kind := projectType(p)
	if kind == "" {
		kind = lang.L("Not told")
	}
	return []fact{
		{lang.L("Type"), kind},
		{lang.L("Clusters"), n},
		{lang.L("States"), states(byState)},
		{lang.L("Created"), day(p.Created)},
		{lang.L("Members"), show.Count(p.UserCount)},
		{lang.L("Project ID"), show.Name(p.ID)},
	}
}

func (d *details) project(p api.Project) fyne.CanvasObject {
	return part.Column(14,
		heading(d.breadcrumb(d.organizationCrumb()), p.Name, nil,
			part.NewButton(lang.L("Copy ID"), func() { d.window.copy(p.ID, lang.L("ID copied")) })),
		d.cards(d.projectFacts(p)))
}

// states says how many clusters are in which state, the most frequent first.
func states(n map[api.State]int) string {
	keys := slices.SortedFunc(maps.Keys(n), func(a, b api.State) int {
		return cmp.Or(cmp.Compare(n[b], n[a]), cmp.Compare(a, b))
	})
	out := make([]string, 0, len(keys))
	for _, s := range keys {
		out = append(out, show.Count(n[s])+" "+strings.ToLower(stateWords(s)))
	}
	if len(out) == 0 {
		return "–"
	}
	return strings.Join(out, ", ")
}
