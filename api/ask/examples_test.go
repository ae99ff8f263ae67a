package ask_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"testing"

	"canopy/api/ask"
)

// example is one line of testdata/examples.jsonl.
type example struct {
	ID, Question, Note string
	Intent, Entity     json.RawMessage
	Filters            json.RawMessage
	GroupBy            json.RawMessage `json:"group_by"`
	Aggregate, Sort    json.RawMessage
	Answer             json.RawMessage
}

func readExamples(t testing.TB) []example {
	t.Helper()
	file, err := os.ReadFile("testdata/examples.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var all []example
	lines := bufio.NewScanner(bytes.NewReader(file))
	for lines.Scan() {
		var e example
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

// canonical is JSON with its members in order, so that texts can be compared.
func canonical(t testing.TB, raw []byte) string {
	t.Helper()
	if len(raw) == 0 {
		return "null"
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

var previous = regexp.MustCompile(`prev=(q\d+)`)

// TestExamples asks every example, in its place in a conversation, and
// compares the reading and the answer.
func TestExamples(t *testing.T) {
	w := theHouse(t).world()
	read := map[string]ask.Reading{}
	for _, e := range readExamples(t) {
		t.Run(e.ID, func(t *testing.T) {
			var talk ask.Conversation
			if m := previous.FindStringSubmatch(e.Note); m != nil {
				talk.Remember(read[m[1]])
			}
			r := talk.Read(e.Question, w)
			read[e.ID] = r
			line, err := json.Marshal(w.Answer(r))
			if err != nil {
				t.Fatal(err)
			}
			var got example
			if err := json.Unmarshal(line, &got); err != nil {
				t.Fatal(err)
			}
			for _, c := range []struct {
				what      string
				got, want json.RawMessage
			}{
				{"intent", got.Intent, e.Intent}, {"entity", got.Entity, e.Entity}, {"filters", got.Filters, e.Filters},
				{"group_by", got.GroupBy, e.GroupBy}, {"aggregate", got.Aggregate, e.Aggregate}, {"sort", got.Sort, e.Sort},
			} {
				if g, want := canonical(t, c.got), canonical(t, c.want); g != want {
					t.Errorf("%q: %s\n  is   %s\n  want %s", e.Question, c.what, g, want)
				}
			}
			if g, want := canonical(t, got.Answer), canonical(t, e.Answer); len(e.Answer) > 0 && g != want {
				t.Errorf("%q: answer\n  is   %s\n  want %s", e.Question, g, want)
			}
		})
	}
}
