package cli

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"canopy/auth"
	"canopy/ui/settings"
	"canopy/ui/show"
)

// newGrants returns the command that lists the grants that are kept. It reads the file of
// grants and nothing else: no keyring, no network.
func newGrants(x Outside) *cobra.Command {
	var inJSON bool
	cmd := &cobra.Command{
		Use:   "grants",
		Short: "List what you are signed in to",
		Long:  "List the grants that are kept, last used first. A grant holds no secret.",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			grants, err := auth.OpenGrants(settings.Find(x.getenv).Grants)
			if err != nil {
				return err
			}
			list := grants.List()
			if inJSON {
				return writeJSON(cmd.OutOrStdout(), list)
			}
			if len(list) == 0 {
				cmd.PrintErrln("You are not signed in to anything; canopy signin does that.")
				return nil
			}
			return writeTable(cmd.OutOrStdout(), list)
		},
	}
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		return fmt.Errorf("%w; see canopy grants --help", err)
	})
	cmd.Flags().BoolVar(&inJSON, "json", false, "print them in JSON, as they are in the file")
	return cmd
}

// writeTable writes grants for people: names made safe for a terminal, ids cut to what tells
// them apart.
func writeTable(out io.Writer, list []auth.Grant) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(t, "GRANT\tENVIRONMENT\tORGANIZATION\tUSER\tPROJECTS\tROLE\tGIVEN\tLAST USED\tKEPT") // Flush gives the error
	width := idWidth(list)
	for _, g := range list {
		user := show.Name("")
		if g.User != (auth.User{}) {
			user = userName(g)
		}
		organization := g.Organization.Name
		if organization == "" {
			organization = g.Organization.ID
		}
		cells := []string{
			show.Name(firstOf(g.ID, width)), show.Name(g.Environment), show.Name(organization), user,
			projects(g), show.Name(g.Role), moment(g.GrantedAt), moment(g.LastUsed), show.Name(g.Kept),
		}
		_, _ = fmt.Fprintln(t, strings.Join(cells, "\t")) // as above
	}
	return t.Flush()
}

// leastID is the number of characters of an id that are shown at least.
const leastID = 8

// idWidth is the number of characters that tell the ids of a list apart.
func idWidth(list []auth.Grant) int {
	width := leastID
	for i, a := range list {
		for _, b := range list[:i] {
			for width < max(len(a.ID), len(b.ID)) && firstOf(a.ID, width) == firstOf(b.ID, width) {
				width++
			}
		}
	}
	return width
}

func firstOf(id string, n int) string { return id[:min(n, len(id))] }

// projects says how many projects were granted.
func projects(g auth.Grant) string {
	switch {
	case g.AllProjects:
		return "all"
	case len(g.Projects) == 0:
		return show.Name("") // the server did not say
	}
	return show.Count(len(g.Projects))
}

func moment(t time.Time) string {
	if t.IsZero() {
		return show.Name("")
	}
	return t.Local().Format("2 Jan 2006 15:04")
}

// writeJSON writes v indented. What could act on a terminal is written as \u escapes, which
// mean the same to every reader of JSON.
func writeJSON(out io.Writer, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return writeInert(out, text)
}

// writeInert writes JSON with what could act on a terminal as \u escapes.
func writeInert(out io.Writer, text []byte) error {
	b := bufio.NewWriter(out) // it keeps the first error for Flush
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		switch {
		case r < 0x7F || unicode.IsGraphic(r): // the encoder has escaped controls below 0x20
			_, _ = b.Write(text[:size])
		case r > 0xFFFF:
			high, low := utf16.EncodeRune(r)
			_, _ = fmt.Fprintf(b, `\u%04x\u%04x`, high, low)
		default:
			_, _ = fmt.Fprintf(b, `\u%04x`, r)
		}
		text = text[size:]
	}
	_ = b.WriteByte('\n')
	return b.Flush()
}
