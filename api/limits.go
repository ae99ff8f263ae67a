package api

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Limits is what an answer said of the rate limit. TiDB Cloud counts by the
// minute, and each host by itself.
type Limits struct {
	Host             Host
	Limit, Remaining int       // requests in this minute, -1 if not told
	Reset            time.Time // when the minute begins anew, zero if not told
}

// limitsOf reads the X-Ratelimit headers, which the gateway sends with every
// answer. Reset counts seconds. told is false where there are none.
func limitsOf(host Host, header http.Header, now time.Time) (l Limits, told bool) {
	l = Limits{
		Host:      host,
		Limit:     headerNumber(header, "X-Ratelimit-Limit-Minute"),
		Remaining: headerNumber(header, "X-Ratelimit-Remaining-Minute"),
	}
	reset := headerNumber(header, resetHeader)
	if reset >= 0 {
		l.Reset = now.Add(time.Duration(reset) * time.Second)
	}
	return l, l.Limit >= 0 || l.Remaining >= 0 || reset >= 0
}

const resetHeader = "X-Ratelimit-Reset"

func headerNumber(header http.Header, name string) int {
	n, err := strconv.Atoi(strings.TrimSpace(header.Get(name)))
	if err != nil || n < 0 {
		return -1
	}
	return n
}
