package sandbox

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// term is one comparison of a filter: field = value, of which some take a list.
type term struct {
	field  string
	values []string
}

// parseFilter reads FIELD=VALUE joined by AND, values quoted or not.
func parseFilter(text string) ([]term, error) {
	var terms []term
	rest := strings.TrimSpace(text)
	for rest != "" {
		field, after, found := strings.Cut(rest, "=")
		if !found {
			return nil, fmt.Errorf("%s has no =; write FIELD=VALUE joined by AND", shown(rest))
		}
		field = strings.TrimSpace(field)
		value, after, err := filterValue(strings.TrimSpace(after))
		if err != nil {
			return nil, err
		}
		t, err := newTerm(field, value)
		if err != nil {
			return nil, err
		}
		terms = append(terms, t)
		if after == "" {
			break
		}
		next, joined := strings.CutPrefix(after, "AND ")
		if rest = strings.TrimSpace(next); !joined || rest == "" {
			return nil, fmt.Errorf("%s cannot follow a value; join terms by AND", shown(after))
		}
	}
	return terms, nil
}

// filterValue reads a value from the start of text.
func filterValue(text string) (value, rest string, err error) {
	if text == "" {
		return "", "", errors.New("a value is missing")
	}
	if text[0] != '"' && text[0] != '\'' {
		value, rest, _ = strings.Cut(text, " ")
		return value, strings.TrimSpace(rest), nil
	}
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == text[0]:
			return b.String(), strings.TrimSpace(text[i+1:]), nil
		case text[i] == '\\' && i+1 < len(text):
			i++
		}
		b.WriteByte(text[i])
	}
	return "", "", errors.New("a quotation mark is not closed")
}

func newTerm(field, value string) (term, error) {
	switch field {
	case "projectId", "clusterId":
		values := strings.Split(value, ",")
		for i := range values {
			values[i] = strings.TrimSpace(values[i])
		}
		return term{field, values}, nil
	case "region.provider", "region.name", "state", "displayName":
		return term{field, []string{value}}, nil
	case "servicePlan", "clusterPlan":
		return term{}, fmt.Errorf("the field %s is not supported", field)
	}
	if key, isLabel := strings.CutPrefix(field, "labels."); isLabel && key != "" {
		return term{field, []string{value}}, nil
	}
	return term{}, fmt.Errorf("the field %s is unknown", shown(field))
}

func (t term) matches(c *cluster) bool {
	var is string
	switch t.field {
	case "clusterId":
		is = c.id
	case "region.provider":
		is = c.region.provider
	case "region.name":
		is = "regions/" + c.region.id
	case "state":
		is = c.state
	case "displayName":
		is = c.name
	default:
		var has bool
		if is, has = c.label(strings.TrimPrefix(t.field, "labels.")); !has {
			return false
		}
	}
	return slices.Contains(t.values, is)
}

func (c *cluster) label(key string) (string, bool) {
	switch key {
	case "tidb.cloud/organization":
		return c.project.org.id, true
	case "tidb.cloud/project":
		return c.project.id, true
	}
	value, has := c.labels[key]
	return value, has
}

// parseOrder reads FIELD [asc|desc], several separated by commas. Nil means the
// list's own order.
func parseOrder(text string) (func(a, b *cluster) int, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	var orders []func(a, b *cluster) int
	for part := range strings.SplitSeq(text, ",") {
		words := strings.Fields(part)
		if len(words) == 0 || len(words) > 2 {
			return nil, fmt.Errorf("%s is not FIELD, FIELD asc or FIELD desc", shown(part))
		}
		compare := compareBy(words[0])
		if compare == nil {
			return nil, fmt.Errorf("the field %s cannot be ordered by", shown(words[0]))
		}
		if len(words) == 2 && words[1] != "asc" && words[1] != "desc" {
			return nil, fmt.Errorf("%s is neither asc nor desc", shown(words[1]))
		}
		if len(words) == 2 && words[1] == "desc" {
			ascending := compare
			compare = func(a, b *cluster) int { return ascending(b, a) }
		}
		orders = append(orders, compare)
	}
	return func(a, b *cluster) int {
		for _, compare := range orders {
			if n := compare(a, b); n != 0 {
				return n
			}
		}
		return 0
	}, nil
}
