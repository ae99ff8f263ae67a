package sandbox

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"math"
	"net/url"
	"strconv"
	"strings"
)

// pager makes page tokens. A token is the next offset and a hash of everything else
// in the request, encrypted as one block and written like a UUID: nothing in it can
// be read or guessed, and it is refused when another parameter has changed.
type pager struct {
	block cipher.Block
	key   []byte
}

func newPager(random io.Reader) (*pager, error) {
	key := make([]byte, 48)
	if _, err := io.ReadFull(random, key); err != nil {
		return nil, fmt.Errorf("draw the key for page tokens: %w", err)
	}
	block, err := aes.NewCipher(key[:16])
	if err != nil {
		return nil, fmt.Errorf("make page tokens: %w", err)
	}
	return &pager{block, key[16:]}, nil
}

// page is the part of a list a request asks for.
type page struct {
	offset, size int
	binding      [8]byte
	pager        *pager
	loop         bool // the fault page-loop
}

// page reads pageSize, pageToken and skip. A size of 0 or none means standard; more
// than 100 is cut to 100.
func (s *Server) page(c call, standard int) (page, *apiError) {
	query := c.URL.Query()
	p := page{size: standard, pager: s.pager, binding: s.pager.bind(c, query)}
	size, failure := count(query, "pageSize")
	if failure != nil {
		return page{}, failure
	}
	if size > 0 {
		p.size = min(size, 100)
	}
	if p.offset, failure = count(query, "skip"); failure != nil {
		return page{}, failure
	}
	if token := query.Get("pageToken"); token != "" {
		offset, ok := s.pager.open(token, p.binding)
		if !ok {
			return page{}, badRequest("invalid pageToken: it is unknown, or another parameter has changed since")
		}
		p.offset = offset
	}
	_, p.loop = s.faults.at("page-loop", c.place)
	return p, nil
}

// count reads a number that is not negative, 0 when absent.
func count(query url.Values, name string) (int, *apiError) {
	text := query.Get(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n < 0 {
		return 0, badRequest("invalid " + name + ": " + shown(text) + " is not a number of zero or more")
	}
	return int(n), nil
}

// next is the token for what follows after the page, "" at the end of total.
func (p page) next(total int) string {
	end := p.offset + p.size
	switch {
	case p.loop:
		return p.pager.seal(0, p.binding)
	case end >= total:
		return ""
	}
	return p.pager.seal(end, p.binding)
}

// cut returns the page's part of list.
func cut[T any](list []T, p page) []T {
	from := min(p.offset, len(list))
	return list[from:min(from+p.size, len(list))]
}

// bind hashes everything that must stay the same while paging.
func (g *pager) bind(c call, query url.Values) (binding [8]byte) {
	query = maps.Clone(query)
	query.Del("pageToken")
	mac := hmac.New(sha256.New, g.key)
	mac.Write([]byte(strings.Join([]string{c.who.key, c.place.host, c.URL.Path, query.Encode()}, "\n")))
	copy(binding[:], mac.Sum(nil))
	return binding
}

func (g *pager) seal(offset int, binding [8]byte) string {
	b := append(binary.BigEndian.AppendUint64(nil, uint64(max(offset, 0))), binding[:]...)
	g.block.Encrypt(b, b)
	x := hex.EncodeToString(b)
	return strings.Join([]string{x[:8], x[8:12], x[12:16], x[16:20], x[20:]}, "-")
}

func (g *pager) open(token string, binding [8]byte) (offset int, ok bool) {
	b, err := hex.DecodeString(strings.ReplaceAll(token, "-", ""))
	if err != nil || len(b) != aes.BlockSize {
		return 0, false
	}
	g.block.Decrypt(b, b)
	if !hmac.Equal(b[8:], binding[:]) {
		return 0, false
	}
	return int(binary.BigEndian.Uint64(b) & math.MaxInt32), true // sealed from an int that was no larger
}
