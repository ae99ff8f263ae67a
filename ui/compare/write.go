package compare

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"strings"

	"canopy/api/inventory"
)

// Grants are the names of the two grants for whoever reads what was exported.
type Grants struct{ A, B Grant }

// Grant is who sees something, and where.
type Grant struct {
	User         string `json:"user"`
	Organization string `json:"organization"`
	Environment  string `json:"environment"`
}

// record is one row as it is exported.
type record struct {
	Kind      string `json:"kind"` // project or cluster
	Name      string `json:"name"`
	ID        string `json:"id"`
	Project   string `json:"project"`
	ProjectID string `json:"project_id"`
	OnlyIn    Grant  `json:"only_in"`
	Missing   Grant  `json:"missing_in"`
	Why       string `json:"why"`             // the voice in English, as commands say it
	Error     string `json:"error,omitempty"` // of what could not be read
}

func (g Grants) record(d Row) record {
	r := record{Kind: "cluster", Name: d.Name, ID: d.ID, Project: d.ProjectName, ProjectID: d.ProjectID, OnlyIn: g.A, Missing: g.B, Why: d.Voice.String()}
	if d.Kind == inventory.MatchProject {
		r.Kind = "project"
	}
	if d.B {
		r.OnlyIn, r.Missing = g.B, g.A
	}
	if d.Err != nil {
		r.Error = d.Err.Error()
	}
	return r
}

// WriteJSONLines writes one JSON object for each row. Progress is told how many have been written,
// now and then, and may be nil.
func (s *Selection) WriteJSONLines(ctx context.Context, out io.Writer, g Grants, progress func(done, total int)) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	return s.each(ctx, progress, func(d Row) error { return enc.Encode(g.record(d)) })
}

// WriteCSV writes a table (RFC 4180) with a line of titles. A cell that a spreadsheet would take
// for a formula gets an apostrophe before it: names are data.
func (s *Selection) WriteCSV(ctx context.Context, out io.Writer, g Grants, progress func(done, total int)) error {
	w := csv.NewWriter(out)
	err := w.Write([]string{"kind", "name", "id", "project", "project_id", "only_in_user", "only_in_organization", "only_in_environment", "missing_in_user", "missing_in_organization", "missing_in_environment", "why", "error"})
	if err != nil {
		return err
	}
	err = s.each(ctx, progress, func(d Row) error {
		r := g.record(d)
		cells := []string{r.Kind, r.Name, r.ID, r.Project, r.ProjectID, r.OnlyIn.User, r.OnlyIn.Organization, r.OnlyIn.Environment, r.Missing.User, r.Missing.Organization, r.Missing.Environment, r.Why, r.Error}
		for i, c := range cells {
			cells[i] = harmless(c)
		}
		return w.Write(cells)
	})
	if err != nil {
		return err
	}
	w.Flush()
	return w.Error()
}

// harmless keeps a spreadsheet from running a cell.
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// progressEvery is how many rows are written between two words about it.
const progressEvery = 1000

func (s *Selection) each(ctx context.Context, progress func(done, total int), do func(Row) error) error {
	for i := range s.rows {
		if i%progressEvery == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			if progress != nil {
				progress(i, len(s.rows))
			}
		}
		if err := do(s.At(i)); err != nil {
			return err
		}
	}
	return nil
}
