package part

// span is where a column stands, from the left edge of a row. A column without a width is not
// shown.
type span struct{ x, width float32 }

// tableEdge is the space at both ends of a row, tableGap that between columns, and tableCut the
// width that a column keeps in the narrowest of windows.
const tableEdge, tableGap, tableCut float32 = 14, 14, 24

// spread places columns in a width. As long as they do not fit those of the highest rank go; what
// is left over goes to those that share it.
func spread(columns []TableColumn, hidden map[string]bool, width float32) []span {
	spans := make([]span, len(columns))
	for i, c := range columns {
		if !hidden[c.Key] {
			spans[i].width = max(1, c.Width)
		}
	}
	left := width - widthOf(spans)
	for left < 0 {
		i := leastWanted(columns, spans)
		if i < 0 {
			break
		}
		spans[i].width = 0
		left = width - widthOf(spans)
	}
	var shares float32
	for i, c := range columns {
		if spans[i].width > 0 {
			shares += c.Share
		}
	}
	x := tableEdge
	for i, c := range columns {
		if spans[i].width == 0 {
			continue
		}
		if shares > 0 {
			spans[i].width = max(tableCut, spans[i].width+left*c.Share/shares)
		}
		spans[i].x = x
		x += spans[i].width + tableGap
	}
	return spans
}

func widthOf(spans []span) float32 {
	width := 2*tableEdge - tableGap
	for _, s := range spans {
		if s.width > 0 {
			width += s.width + tableGap
		}
	}
	return width
}

// leastWanted returns the shown column that goes first, or -1 when all must stay.
func leastWanted(columns []TableColumn, spans []span) int {
	least := -1
	for i, c := range columns {
		if spans[i].width > 0 && c.Rank > 0 && (least < 0 || c.Rank > columns[least].Rank) {
			least = i
		}
	}
	return least
}
