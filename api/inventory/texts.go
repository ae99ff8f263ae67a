package inventory

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"io"
	"sync"
	"weak"

	"canopy/api"
)

// texts are the JSON that the clusters of one page came from. Rows repeat one
// another, so that together they take a tenth of the room (RFC 1951), and
// whoever looks at one waits less than a tenth of a millisecond.
type texts struct {
	packed []byte
	ends   []uint32

	mu     sync.Mutex
	opened weak.Pointer[unpacked] // the last time somebody looked
}

type unpacked struct{ text []byte }

// packers are made to be used again: one takes almost a megabyte.
var packers = sync.Pool{New: func() any {
	w, _ := flate.NewWriter(nil, 2) // fails for levels that do not exist; at this one repeated rows are found
	return w
}}

// packTexts returns nil if there is no text.
func packTexts(page []api.Cluster) *texts {
	t := &texts{ends: make([]uint32, len(page))}
	var packed bytes.Buffer
	w := packers.Get().(*flate.Writer)
	defer packers.Put(w)
	w.Reset(&packed)
	end := 0
	for i := range page {
		n, _ := w.Write(page[i].Raw) // a buffer takes everything
		end += n
		t.ends[i] = uint32(end) //nolint:gosec // an answer has 16 MiB at most
	}
	if end == 0 {
		return nil
	}
	_ = w.Close() // as above
	t.packed = bytes.Clone(packed.Bytes())
	return t
}

// at returns the text of the i-th cluster.
func (t *texts) at(i int) json.RawMessage {
	text := t.open()
	begin := uint32(0)
	if i > 0 {
		begin = t.ends[i-1]
	}
	if end := t.ends[i]; begin < end && int(end) <= len(text) {
		return bytes.Clone(text[begin:end])
	}
	return nil
}

// open returns all texts, or as many as can be read. They stay as long as
// there is room: who looks at one row of a page often looks at the others.
func (t *texts) open() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	if u := t.opened.Value(); u != nil {
		return u.text
	}
	text := make([]byte, t.ends[len(t.ends)-1])
	n, _ := io.ReadFull(flate.NewReader(bytes.NewReader(t.packed)), text)
	u := &unpacked{text[:n]}
	t.opened = weak.Make(u)
	return u.text
}
