package api

import "strings"

// Region is where a cluster runs.
type Region struct {
	ID       string // "aws-ap-northeast-1"; without the provider if that is not known
	Provider string // "aws", "gcp", "azure", "alicloud", in lower case
	City     string // "Tokyo"; empty if the host told no display name
	Code     string // "ap-northeast-1"
	Display  string // "Tokyo (ap-northeast-1)", as the host told it
}

// String returns the shortest name a person recognises: the city, else the
// code, else the id.
func (r Region) String() string {
	switch {
	case r.City != "":
		return r.City
	case r.Code != "":
		return r.Code
	}
	return r.ID
}

// regionOf puts a region together from what the hosts tell of it. The id
// comes as "aws-us-east-1", as "regions/aws-us-east-1" or bare as
// "us-east-1", the provider in either case or not at all.
func regionOf(id, provider, display string) Region {
	id = id[strings.LastIndexByte(id, '/')+1:]
	r := Region{ID: id, Provider: strings.ToLower(provider), Code: id, Display: display}
	prefix, rest, cut := strings.Cut(id, "-")
	switch {
	case cut && strings.EqualFold(prefix, r.Provider), cut && r.Provider == "" && isProvider(prefix):
		r.Provider, r.Code = strings.ToLower(prefix), rest
	case id != "" && r.Provider != "":
		r.ID = r.Provider + "-" + id
	}
	city, code, cut := strings.Cut(display, " (")
	if r.City = strings.TrimSpace(city); cut && r.Code == "" {
		r.Code = strings.TrimSuffix(code, ")")
	}
	if r.City == r.Code || r.City == id {
		r.City = ""
	}
	return r
}

func isProvider(name string) bool {
	switch strings.ToLower(name) {
	case "aws", "gcp", "azure", "alicloud":
		return true
	}
	return false
}
