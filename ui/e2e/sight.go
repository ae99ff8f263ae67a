package e2e

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Sight is what a person has of an organization: what was allowed on the consent page, and what they make of it.
type Sight struct {
	Choice
	Hidden   []string // ids of the projects that they do not want to see
	Known    []string // ids of projects that they, or another grant, have seen before
	Branches bool     // whether the clusters are open too
}

// Screen is what the window shows of a grant: the tree, and the sentence below it.
type Screen struct {
	Tree     *Node
	Sentence string
}

// String writes both.
func (s *Screen) String() string { return s.Tree.String() + "“" + s.Sentence + "”\n" }

// Differences lists what only one of two screens has.
func (s *Screen) Differences(got *Screen) []string {
	d := Differences(s.Tree, got.Tree)
	if s.Sentence != got.Sentence {
		d = append(d, "- “"+s.Sentence+"”", "+ “"+got.Sentence+"”")
	}
	return d
}

// The reasons for which something is not there, in the words of the window.
const (
	notGranted  = "not granted"
	hiddenByYou = "hidden by you"
)

// few is how many rows of one reason stand by themselves. More are folded, and what is hidden always is.
const few = 3

// Expect works out what the screen must show. What a token for this choice may see the sandbox says; the names of what
// it may not see come from a token that may see everything.
func (d *Desktop) Expect(ctx context.Context, s *Sandbox, g Sight) (*Screen, error) {
	tree, err := d.Want(ctx, s, g.Choice)
	if err != nil {
		return nil, err
	}
	var outside []*Node
	if len(g.Projects) > 0 {
		everything, err := d.Want(ctx, s, Choice{User: g.User, Organization: g.Organization})
		if err != nil {
			return nil, err
		}
		outside = everything.Children
	}
	if !g.Branches {
		for _, p := range tree.Children {
			for _, c := range p.Children {
				c.Children = nil
			}
		}
	}
	return g.screen(tree, outside), nil
}

// screen leaves out of a tree what the person hides, and adds why it is not there, and what else is not.
func (g Sight) screen(tree *Node, outside []*Node) *Screen {
	var shown, hidden, missing []*Node
	for _, p := range tree.Children {
		if slices.Contains(g.Hidden, strings.TrimPrefix(p.ID, projectRow)) {
			hidden = append(hidden, absent(p, hiddenByYou))
		} else {
			shown = append(shown, p)
		}
	}
	for _, p := range outside {
		granted := slices.ContainsFunc(tree.Children, func(o *Node) bool { return o.ID == p.ID })
		if !granted && slices.Contains(g.Known, strings.TrimPrefix(p.ID, projectRow)) {
			missing = append(missing, absent(p, notGranted))
		}
	}
	tree.Children = shown
	tree.count()
	sentence := sees(genuine(shown), genuine(hidden), genuine(missing))
	if len(missing) > few {
		missing = []*Node{fold(missing, notGranted)}
	}
	if len(hidden) > 0 {
		hidden = []*Node{fold(hidden, hiddenByYou)}
	}
	tree.Children = slices.Concat(shown, missing, hidden)
	return &Screen{Tree: tree, Sentence: sentence}
}

// absent is the row of a project that is not there.
func absent(p *Node, why string) *Node {
	return &Node{ID: "absent/" + strings.TrimPrefix(p.ID, projectRow), Name: p.Name, Says: why, virtual: p.virtual}
}

// genuine counts projects without the virtual one, of the clusters that are in none.
func genuine(rows []*Node) (n int) {
	for _, r := range rows {
		if !r.virtual {
			n++
		}
	}
	return n
}

// fold is the row above everything that is not there for one reason. The virtual project counts only by itself.
func fold(rows []*Node, why string) *Node {
	return &Node{ID: "fold/" + why, Name: counted(max(1, genuine(rows)), "project"), Says: why, Children: rows}
}

// sees is the sentence below the tree.
func sees(shown, hidden, missing int) string {
	switch {
	case hidden > 0:
		return fmt.Sprintf("Showing %d of %s", shown, counted(shown+hidden, "granted project"))
	case missing > 0:
		return fmt.Sprintf("This grant sees %d of %s", shown, counted(shown+missing, "project"))
	default:
		return "This grant sees " + counted(shown, "project")
	}
}

// scopeSentence is how the sentence below the tree begins.
var scopeSentence = regexp.MustCompile(`^(This grant sees|Showing) .*projects?$`)

// Screen reads what the window shows of the open grant, with everything open but the clusters unless they have been
// opened before.
func (a *App) Screen(ctx context.Context) (*Screen, error) {
	if err := a.OpenProjects(ctx); err != nil {
		return nil, err
	}
	tree, err := a.Tree(ctx)
	if err != nil {
		return nil, err
	}
	objects, err := a.Dump(ctx)
	if err != nil {
		return nil, err
	}
	o, ok := Find(objects, func(o Object) bool { return scopeSentence.MatchString(o.Text) })
	if !ok {
		return nil, errors.New("no sentence below the tree says what the grant sees: " + Words(objects))
	}
	return &Screen{Tree: tree, Sentence: o.Text}, nil
}
