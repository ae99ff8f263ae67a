package sandbox

import (
	"net/http"
	"strconv"
	"strings"
)

// place is where a request arrives: a host and, when known, an endpoint of it.
type place struct{ host, endpoint string }

func (p place) isAPI() bool {
	return p.host == "iam" || p.host == "serverless" || p.host == "dedicated"
}

// isTarget reports whether target, of a fault, means p.
func (p place) isTarget(target string) bool {
	switch target {
	case "all", p.host:
		return true
	case "api":
		return p.isAPI()
	}
	return p.endpoint != "" && (target == p.endpoint || target == p.host+"."+p.endpoint)
}

// targets lists every word isTarget can say yes to.
func targets() []string {
	words := []string{"all", "api"}
	for host, endpoints := range endpointNames() {
		words = append(words, host)
		for _, e := range endpoints {
			words = append(words, e, host+"."+e)
		}
	}
	return words
}

// endpointNames says which endpoints each host has, by the names faults use.
func endpointNames() map[string][]string {
	return map[string][]string{
		"oauth":      {"token", "device", "revoke", "userinfo", "metadata"},
		"console":    {"authorize", "device-page", "apps"},
		"iam":        {"org", "projects"},
		"serverless": {"clusters", "cluster", "branches", "branch", "backups", "regions"},
		"dedicated":  {"clusters", "cluster", "nodes", "regions"},
	}
}

// statusText is a short text for an error status.
func statusText(status int) string {
	if text := http.StatusText(status); text != "" {
		return strings.ToLower(text)
	}
	return "status " + strconv.Itoa(status)
}
