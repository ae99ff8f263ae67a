package ask

import (
	"fmt"
	"strconv"
	"time"
)

func isoDate(y, m, d int) string { return fmt.Sprintf("%04d-%02d-%02d", y, m, d) }

// period is a stretch of time. Without an end it lasts until now.
type period struct {
	start, end Value
	days       int // 1: a day; more: longer
}

// time reads when something was created.
func (p *parser) time() bool {
	i := p.i
	if p.recent(i) || p.age(i) {
		return true
	}
	s := p.spans[i]
	if since, ok := s.value(catSince); ok {
		if when, next, ok := p.period(p.skipTime(i)); ok && p.timeFits(i, next) {
			p.bound(since, when, i, next)
			return true
		}
	}
	when, next, ok := p.period(i)
	if !ok {
		return false
	}
	if since, ok := p.at(next).value(catSinceAfter); ok {
		p.bound(since, when, i, next+1)
		return true
	}
	if !p.timeFits(i, next) {
		return false
	}
	p.within(when, i, next)
	return true
}

// skipTime returns the span behind i, articles left out.
func (p *parser) skipTime(i int) int {
	for i++; i < len(p.spans) && p.spans[i].filler(); i++ {
	}
	return i
}

// timeFits reports whether a bare year really is one.
func (p *parser) timeFits(i, next int) bool {
	if next > i+1 || p.spans[i].number == nil {
		return true
	}
	before := p.at(p.before(i))
	return before.is(catIn) || before.is(catCreated) || before.is(catSince) || p.at(p.after(i)).is(catCreated)
}

// period reads a named stretch of time that begins at span i.
func (p *parser) period(i int) (when period, next int, ok bool) {
	s := p.at(i)
	if s == nil || s.quoted {
		return when, i, false
	}
	if s.date != "" {
		return p.day(s.date), i + 1, true
	}
	if v, ok := s.value(catTime); ok {
		return namedPeriod(v), i + 1, true
	}
	if v, ok := s.value(catWeekday); ok {
		return p.weekday(v), i + 1, true
	}
	if p.relativeWeekday(i) {
		v, _ := p.at(i + 1).value(catWeekday)
		return p.weekday(v), i + 2, true
	}
	if when, next, ok := p.monthOf(i); ok {
		return when, next, true
	}
	return p.year(i)
}

func (p *parser) relativeWeekday(i int) bool {
	return p.at(i).is(catLast) && p.at(i+1).is(catWeekday)
}

// namedPeriod returns a period of the vocabulary.
func namedPeriod(v string) period {
	from := func(rel, end string, days int) period {
		q := period{start: moment(rel, 0), days: days}
		if end != "" {
			q.end = moment(end, 0)
		}
		return q
	}
	switch v {
	case "today":
		return from("start_of_day", "", 1)
	case "yesterday":
		return from("start_of_yesterday", "start_of_day", 1)
	case "before_yesterday":
		return from("start_of_day_before_yesterday", "start_of_yesterday", 1)
	case "this_week":
		return from("start_of_week", "", 7)
	case "last_week":
		return from("start_of_last_week", "start_of_week", 7)
	case "this_month":
		return from("start_of_month", "", 30)
	case "last_month":
		return from("start_of_last_month", "start_of_month", 30)
	case "this_year":
		return from("start_of_year", "", 365)
	case "last_year":
		return from("start_of_last_year", "start_of_year", 365)
	case "recent_day":
		return period{start: moment("hours_ago", 24), days: 2}
	case "recent_week":
		return period{start: moment("days_ago", 7), days: 7}
	case "recent_month":
		return period{start: moment("months_ago", 1), days: 30}
	}
	return period{start: moment("years_ago", 1), days: 365}
}

func (p *parser) day(date string) period { return dayOf(date) }

// dayOf returns the period of a day.
func dayOf(date string) period {
	t, err := time.Parse("2006-01-02", date)
	if err != nil {
		return period{start: text(date), days: 1}
	}
	return period{start: text(t.Format("2006-01-02")), end: text(t.AddDate(0, 0, 1).Format("2006-01-02")), days: 1}
}

// weekday returns the latest day of that name that is over or under way.
func (p *parser) weekday(v string) period {
	want, _ := strconv.Atoi(v)
	now := p.world.Now.In(p.world.zone())
	today := (int(now.Weekday())+6)%7 + 1
	back := (today - want + 7) % 7
	if back == 0 {
		back = 7
	}
	return p.day(now.AddDate(0, 0, -back).Format("2006-01-02"))
}

// monthOf reads "november", "november 2025", "november 20", "20 november
// 2026", "11月20日".
func (p *parser) monthOf(i int) (when period, next int, ok bool) {
	day, i := p.dayBefore(i)
	v, found := p.at(i).value(catMonth)
	if !found {
		return when, i, false
	}
	month, _ := strconv.Atoi(v)
	next = i + 1
	if day == 0 {
		day, next = p.dayAfter(next)
	}
	year, j := 0, next
	for p.at(j).filler() {
		j++
	}
	if n := p.whole(j); isYear(n) {
		year, next = n, j+1
	}
	return p.calendar(year, month, day), next, true
}

func isYear(n int) bool { return n >= 1990 && n <= 2999 }

func isDay(n int) bool { return n >= 1 && n <= 31 }

// dayBefore returns the day at i and where the month behind it stands, or 0
// and i.
func (p *parser) dayBefore(i int) (day, month int) {
	n := p.whole(i)
	if !isDay(n) || p.language == "zh" || p.language == "ja" {
		return 0, i
	}
	j := i + 1
	for p.at(j).is(catSkip) && j < i+3 {
		j++
	}
	if !p.at(j).is(catMonth) {
		return 0, i
	}
	return n, j
}

// dayAfter returns the day behind a month, with 日 or 号 behind it or not.
func (p *parser) dayAfter(i int) (day, next int) {
	n := p.whole(i)
	if !isDay(n) {
		return 0, i
	}
	if u, ok := p.at(i + 1).value(catUnit); ok && (u == "day" || u == "dayofmonth") {
		return n, i + 2
	}
	return n, i + 1
}

// calendar returns a month or a day of a year; without a year, the latest
// that has begun.
func (p *parser) calendar(year, month, day int) period {
	now := p.world.Now.In(p.world.zone())
	if year == 0 {
		year = now.Year()
		if time.Date(year, time.Month(month), max(1, day), 0, 0, 0, 0, now.Location()).After(now) {
			year--
		}
	}
	if day > 0 {
		return p.day(time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Format("2006-01-02"))
	}
	start := time.Date(year, time.Month(month), 1, 0, 0, 0, 0, time.UTC)
	return period{text(start.Format("2006-01-02")), text(start.AddDate(0, 1, 0).Format("2006-01-02")), 30}
}

// year reads "2025", "2025年", "2025年3月".
func (p *parser) year(i int) (when period, next int, ok bool) {
	y := p.whole(i)
	if !isYear(y) {
		return when, i, false
	}
	next = i + 1
	if u, ok := p.at(next).value(catUnit); ok && u == "year" {
		next++
		if v, ok := p.at(next).value(catMonth); ok {
			month, _ := strconv.Atoi(v)
			day, next := p.dayAfter(next + 1)
			return p.calendar(y, month, day), next, true
		}
	}
	return period{text(isoDate(y, 1, 1)), text(isoDate(y+1, 1, 1)), 365}, next, true
}

// whole returns the whole number of a span, -1 if it is none.
func (p *parser) whole(i int) int {
	s := p.at(i)
	if s == nil || s.quoted {
		return -1
	}
	if s.number != nil && *s.number == float64(int(*s.number)) && *s.number < 1e9 {
		return int(*s.number)
	}
	if v, ok := s.value(catNumber); ok {
		n, _ := strconv.Atoi(v)
		return n
	}
	return -1
}

// duration reads "7 days" or "a year" from span i.
func (p *parser) duration(i int) (n int, unit string, next int, ok bool) {
	if n = p.whole(i); n >= 0 {
		i++
	} else if s := p.at(i); s != nil && (s.text == "a" || s.text == "an" || s.text == "un" || s.text == "una" || s.text == "one") {
		n, i = 1, i+1
	} else if !p.at(i).is(catUnit) || !p.at(i-1).filler() {
		return 0, "", i, false
	} else {
		n = 1 // "a year", whose article was skipped
	}
	unit, ok = p.at(i).value(catUnit)
	if !ok || unit == "dayofmonth" || unit == "year" && isYear(n) {
		return 0, "", i, false
	}
	return n, unit, i + 1, true
}

func ago(n int, unit string) Value { return moment(unit+"s_ago", n) }

// recent reads "in the last 7 days".
func (p *parser) recent(i int) bool {
	if !p.spans[i].is(catLast) {
		return false
	}
	n, unit, next, ok := p.duration(p.skipTime(i))
	if !ok {
		return false
	}
	p.within(period{start: ago(n, unit), days: 2}, i, next)
	return true
}

// age reads "older than a year", "more than 30 days old", "3 days ago", "1年
// 以上前".
func (p *parser) age(i int) bool {
	s := p.spans[i]
	if s.any(catSince, catCompare) {
		return p.ageCompared(i)
	}
	n, unit, next, ok := p.duration(i)
	if !ok {
		return false
	}
	end := p.at(next)
	if end.is(catCompareAfter) && p.at(next+1).is(catSinceAfter) { // 1年以上前
		next++
		end = p.at(next)
	} else if end.is(catAgo) {
		p.daysAgo(n, unit, i, next+1)
		return true
	}
	since, ok := end.value(catSinceAfter)
	if !ok {
		return false
	}
	p.inherent = true
	p.bound(since, instant(n, unit), i, next+1)
	return true
}

func instant(n int, unit string) period {
	return period{start: ago(n, unit), end: ago(n, unit), days: 2}
}

// ageCompared reads "older than a year" and "more than 30 days old".
func (p *parser) ageCompared(i int) bool {
	s := p.spans[i]
	since, isSince := s.value(catSince)
	than, _ := s.value(catCompare)
	n, unit, next, ok := p.duration(p.skipTime(i))
	if !ok {
		return false
	}
	older := since == "lt" || than == "gt" || than == "gte"
	switch end := p.at(next); {
	case end.any(catAgo, catSinceAfter), end.has(catAsk, "age"), end.word() == "old":
		next++
		older = older && since != "gte" && since != "gt"
	case isSince, p.created, p.at(p.after(next - 1)).is(catCreated), p.language == "es" && p.at(p.before(i)).is(catHave):
	default:
		return false
	}
	p.inherent = true
	bound := "gte"
	if older {
		bound = "lt"
	}
	p.bound(bound, instant(n, unit), i, next)
	return true
}

// daysAgo reads "3 days ago" as that day; longer units as the time since.
func (p *parser) daysAgo(n int, unit string, i, next int) {
	if unit == "day" {
		p.within(p.day(p.world.Now.In(p.world.zone()).AddDate(0, 0, -n).Format("2006-01-02")), i, next)
		return
	}
	if unit == "week" || unit == "month" || unit == "year" {
		p.conflict = true // that day, that week, or since then?
	}
	p.within(period{start: ago(n, unit), days: 2}, i, next)
}

// within adds the filters of a period.
func (p *parser) within(when period, i, next int) {
	p.put(Filter{fieldCreated, OpGte, when.start}, i)
	if when.end.Rel != "" || when.end.Text != "" {
		p.put(Filter{fieldCreated, OpLt, when.end}, i)
	}
	p.endTime(when, i, next)
}

// bound adds the filter of "since", "after" and "before" a period.
func (p *parser) bound(since string, when period, i, next int) {
	end := when.end
	if end.Rel == "" && end.Text == "" {
		end = when.start
	}
	switch since {
	case "lt":
		p.put(Filter{fieldCreated, OpLt, when.start}, i)
		p.inherent = p.inherent || p.spans[i].text == "older than"
	case "gt":
		p.put(Filter{fieldCreated, OpGte, end}, i)
	default:
		p.put(Filter{fieldCreated, OpGte, when.start}, i)
	}
	when.days = 2
	p.endTime(when, i, next)
}

func (p *parser) endTime(when period, i, next int) {
	p.timed = max(p.timed, min(when.days, 2))
	if p.negate || p.except {
		p.conflict = true
	}
	p.use(i, next-1)
	p.i = next
	if p.at(p.i) != nil && p.spans[p.i].text == "old" {
		p.i++
	}
}
