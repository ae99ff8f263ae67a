package activity

import (
	"net/url"
	"strings"
)

// gone stands for what is not kept.
const gone = "…"

const (
	mostPath = 512 // bytes that are kept of a path, and as many of a query
	mostHost = 255 // a name has no more (RFC 1035 §2.3.4)
)

// harmless are the names of a query whose values are kept: sizes, orders, and
// ids that stand in other paths anyway. A page token means nothing to a reader,
// and nobody promises what is in it. A filter can hold anything, and none is sent.
var harmless = map[string]bool{
	"pageSize": true, "skip": true, "view": true, "orderBy": true, "projectId": true, "clusterId": true,
}

// recordedPath is what may be kept of an address after its host. sent is what
// the request was authorized with.
func recordedPath(u *url.URL, sent string) string {
	if u.Opaque != "" {
		return gone
	}
	path := bounded(u.EscapedPath(), "/", func(segment string) string {
		return recordedPart(segment, sent, url.PathUnescape, nil)
	})
	if path == "" {
		path = "/" // as net/http sends it
	}
	if u.RawQuery != "" {
		path += "?" + bounded(u.RawQuery, "&", func(pair string) string { return recordedPair(pair, sent) })
	}
	plain, err := url.QueryUnescape(path)
	if err != nil || reveals(path, sent) || reveals(plain, sent) {
		return "/" + gone // cut to pieces, such as by the slashes of base64
	}
	return path
}

// bounded rewrites the parts of a text, as far as there is room for them.
func bounded(text, mark string, rewrite func(string) string) string {
	var b strings.Builder
	between := ""
	for part := range strings.SplitSeq(text, mark) {
		b.WriteString(between)
		between = mark
		if b.Len()+len(part) > mostPath {
			b.WriteString(gone)
			break
		}
		b.WriteString(rewrite(part))
	}
	return b.String()
}

// recordedPair is what may be kept of a name and its value.
func recordedPair(pair, sent string) string {
	name, value, has := strings.Cut(pair, "=")
	plain, _ := url.QueryUnescape(name)
	name = recordedPart(name, sent, url.QueryUnescape, url.QueryEscape)
	switch {
	case !has:
		return name
	case value == "":
	case harmless[plain]:
		value = recordedPart(value, sent, url.QueryUnescape, url.QueryEscape)
	default:
		value = gone
	}
	return name + "=" + value
}

// recordedPart gives a part of an address unless it is hidden. It is judged
// as it stands and as it is meant, and written anew by escape if there is one.
func recordedPart(part, sent string, unescape func(string) (string, error), escape func(string) string) string {
	plain, err := unescape(part)
	if err != nil || hidden(part, sent) || hidden(plain, sent) {
		return gone
	}
	if escape != nil {
		return escape(plain)
	}
	return part
}

// recordedHost is the host and the port, which a redirect could have made up.
func recordedHost(u *url.URL, sent string) string {
	host := ascii(u.Host)
	if len(host) > mostHost || reveals(host, sent) {
		return gone
	}
	return strings.Clone(host) // what it was cut from may hold a page token
}

// ascii writes the bytes that are not visible ASCII as an address has them.
func ascii(text string) string {
	const digits = "0123456789ABCDEF"
	if !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return text
	}
	var b strings.Builder
	for _, c := range []byte(text) {
		if c > ' ' && c <= '~' {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', digits[c>>4], digits[c&15]})
		}
	}
	return b.String()
}
