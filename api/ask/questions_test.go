package ask_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"canopy/api/ask"
)

// verdict is how an answer compares with what it should be.
type verdict string

// The verdicts. Asked back is for questions that have an answer, declined for
// those that were declined without need; both are better than wrong.
const (
	right     verdict = "right"
	askedBack verdict = "asked back"
	declined  verdict = "declined"
	wrong     verdict = "wrong"
)

// judge compares an answer with what it should be.
func judge(t testing.TB, a ask.Answer, w want) verdict {
	t.Helper()
	intent := string(a.Query.Intent)
	back := intent == "clarify" || intent == "unknown" || intent == "empty"
	refused := intent == "refuse_write" || intent == "refuse_secret" || intent == "out_of_scope"
	switch {
	case w.intent == "clarify" || w.intent == "unknown":
		if back {
			return right
		}
		return wrong
	case w.intent != "" && w.intent != intent:
		if back {
			return askedBack
		}
		return wrong
	case w.intent != "" && w.value == nil:
		return right
	case back:
		return askedBack
	case refused:
		return declined
	}
	if reflect.DeepEqual(comparable_(t, a.Value, w.order), comparable_(t, w.value, w.order)) {
		return right
	}
	return wrong
}

// comparable_ is a value as JSON has it, with lists in order unless theirs
// counts.
func comparable_(t testing.TB, v any, ordered bool) any {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	if list, ok := out.([]any); ok && !ordered {
		slices.SortFunc(list, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	}
	return out
}

// report counts verdicts, each kind apart.
type report struct {
	count map[verdict]int
	lines []string
}

func (r *report) add(v verdict, line string) {
	if r.count == nil {
		r.count = make(map[verdict]int)
	}
	r.count[v]++
	if v != right {
		r.lines = append(r.lines, string(v)+": "+line)
	}
}

func (r *report) String() string {
	total := 0
	for _, n := range r.count {
		total += n
	}
	return fmt.Sprintf("%d questions: %d right, %d asked back, %d declined, %d wrong", total, r.count[right], r.count[askedBack], r.count[declined], r.count[wrong])
}

// TestQuestions asks many questions of all kinds in four languages. None may
// be answered wrong, and none of these asked back without need.
func TestQuestions(t *testing.T) {
	w := theHouse(t).world()
	var r report
	for _, c := range allQuestions(newOracle(t)) {
		for _, q := range c.ask {
			a := w.Answer(ask.Read(q, w, nil))
			v := judge(t, a, c.want)
			got, _ := json.Marshal(a.Value)
			reading, _ := json.Marshal(a.Query)
			r.add(v, fmt.Sprintf("%s\n      %s\n      %.200s\n      %.200s", q, reading, got, a.Text))
		}
	}
	t.Log(r.String())
	for _, line := range r.lines {
		t.Error(line)
	}
}
