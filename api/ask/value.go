package ask

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Value is what a field is compared with: a text, a number, a list of texts
// or a moment relative to now. The zero Value is no value.
type Value struct {
	Text   string
	Number *float64
	List   []string
	// Rel names a moment: start_of_day, start_of_yesterday, start_of_week,
	// start_of_last_week and so on for month and year, or, with N,
	// hours_ago, days_ago, weeks_ago, months_ago and years_ago. Weeks begin on
	// Monday, and all of them in the zone of the person.
	Rel string
	N   int
}

// Text returns the value of a text.
func text(s string) Value { return Value{Text: s} }

func number(n float64) Value { return Value{Number: &n} }

func moment(rel string, n int) Value { return Value{Rel: rel, N: n} }

// texts returns the texts to compare with.
func (v Value) texts() []string {
	if v.List != nil {
		return v.List
	}
	if v.Number != nil {
		return []string{strconv.FormatFloat(*v.Number, 'f', -1, 64)}
	}
	return []string{v.Text}
}

// String returns the value for people.
func (v Value) String() string {
	switch {
	case v.Rel != "" && v.N != 0:
		return strconv.Itoa(v.N) + " " + strings.ReplaceAll(v.Rel, "_", " ")
	case v.Rel != "":
		return strings.ReplaceAll(v.Rel, "_", " ")
	}
	return strings.Join(v.texts(), ", ")
}

type relative struct {
	Rel string `json:"rel"`
	N   int    `json:"n,omitempty"`
}

// MarshalJSON writes the value as the text, number, list or object
// {"rel": …} that it is.
func (v Value) MarshalJSON() ([]byte, error) {
	switch {
	case v.Rel != "":
		return json.Marshal(relative{v.Rel, v.N})
	case v.List != nil:
		return json.Marshal(v.List)
	case v.Number != nil:
		return json.Marshal(*v.Number)
	case v.Text == "":
		return []byte("null"), nil
	}
	return json.Marshal(v.Text)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (v *Value) UnmarshalJSON(b []byte) error {
	*v = Value{}
	var r relative
	var n float64
	switch {
	case string(b) == "null":
		return nil
	case json.Unmarshal(b, &v.Text) == nil:
		return nil
	case json.Unmarshal(b, &n) == nil:
		v.Number = &n
		return nil
	case json.Unmarshal(b, &v.List) == nil:
		return nil
	case json.Unmarshal(b, &r) == nil && r.Rel != "":
		v.Rel, v.N = r.Rel, r.N
		return nil
	}
	return errors.New("a value is a text, a number, a list of texts or {\"rel\": …}")
}

// at returns the moment that the value stands for.
func (v Value) at(now time.Time, zone *time.Location) (time.Time, error) {
	if v.Rel != "" {
		return relativeTime(v.Rel, v.N, now.In(zone))
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, v.Text, zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no time; write it as 2026-11-23 or 2026-11-23T12:00:00Z", v.Text)
}

func relativeTime(rel string, n int, now time.Time) (time.Time, error) {
	y, m, d := now.Date()
	day := func(y int, m time.Month, d int) (time.Time, error) {
		return time.Date(y, m, d, 0, 0, 0, 0, now.Location()), nil
	}
	monday := d - (int(now.Weekday())+6)%7
	switch rel {
	case "start_of_day":
		return day(y, m, d)
	case "start_of_yesterday":
		return day(y, m, d-1)
	case "start_of_day_before_yesterday":
		return day(y, m, d-2)
	case "start_of_week":
		return day(y, m, monday)
	case "start_of_last_week":
		return day(y, m, monday-7)
	case "start_of_month":
		return day(y, m, 1)
	case "start_of_last_month":
		return day(y, m-1, 1)
	case "start_of_year":
		return day(y, 1, 1)
	case "start_of_last_year":
		return day(y-1, 1, 1)
	case "hours_ago":
		return now.Add(-time.Duration(n) * time.Hour), nil
	case "days_ago":
		return now.AddDate(0, 0, -n), nil
	case "weeks_ago":
		return now.AddDate(0, 0, -7*n), nil
	case "months_ago":
		return now.AddDate(0, -n, 0), nil
	case "years_ago":
		return now.AddDate(-n, 0, 0), nil
	}
	return time.Time{}, fmt.Errorf("there is no moment %q", rel)
}
