package inventory

import (
	"errors"
	"fmt"
)

// Limits of one reading. They stop a host that pages in circles, and are far
// beyond what an organization of 100,000 clusters needs.
const (
	maxBarren = 50     // pages in a row that bring nothing new
	maxBeyond = 1000   // rows beyond twice the total that was told
	maxPages  = 250000 // pages when no total is told
)

// errPaging is the cause of a reading that was stopped by its guard.
var errPaging = errors.New("the host does not come to an end of its pages")

// guard watches the pages of one reading.
type guard struct {
	tokens        map[string]bool
	pages, barren int
	rows, told    int
}

func newGuard() *guard { return &guard{tokens: make(map[string]bool), told: -1} }

// check is told of a page with its next token, the rows there are now, and
// the total if the page told one. It returns an error when the reading has to
// stop. An empty page with a token is no reason yet: a host that filters
// after paging sends those.
func (g *guard) check(next string, rows, total int) error {
	g.pages++
	g.told = max(g.told, total)
	if g.barren++; rows > g.rows {
		g.barren, g.rows = 0, rows
	}
	if next == "" {
		return nil
	}
	switch {
	case g.tokens[next]:
		return g.stop("it repeats a page token")
	case g.barren >= maxBarren:
		return g.stop(fmt.Sprintf("its last %d pages brought nothing new", g.barren))
	case g.told >= 0 && (g.pages > g.told+maxBarren || rows > 2*g.told+maxBeyond):
		return g.stop(fmt.Sprintf("it told of %d rows", g.told))
	case g.pages >= maxPages:
		return g.stop("it tells no total")
	}
	g.tokens[next] = true
	return nil
}

func (g *guard) stop(why string) error {
	return fmt.Errorf("%w: %s, and reading stopped after page %d with %d rows; try again later", errPaging, why, g.pages, g.rows)
}
