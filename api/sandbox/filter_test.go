package sandbox_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

func TestFilters(t *testing.T) {
	b := open(t)
	token := b.token(bob, globex, "all")
	for filter, want := range map[string]string{
		`state=IMPORTING`:                                            "9019",
		`state="IMPORTING"`:                                          "9019",
		`state = 'IMPORTING'`:                                        "9019",
		`region.provider=alicloud`:                                   "9022",
		`region.name=regions/aws-us-east-1`:                          "9017 9020 9024",
		`region.name="regions/aws-us-east-1" AND state=ACTIVE`:       "9017 9024",
		`projectId=201`:                                              "9013 9018 9019 9022",
		`projectId="201,202" AND region.provider=alicloud`:           "9022",
		`projectId=201 AND projectId=202`:                            "",
		`clusterId=9013,9015,9001`:                                   "9013 9015",
		`displayName=Cluster0`:                                       "9013",
		`displayName="<img src=x onerror=alert(1)>"`:                 "9015",
		`displayName="prod'; DROP TABLE clusters;--"`:                "9017",
		`displayName="=HYPERLINK(\"http://evil.example\",\"open\")"`: "9016",
		`labels.env=prod`:                                            "9018",
		`labels.env=none`:                                            "",
		`labels.other=prod`:                                          "",
		`labels.tidb.cloud/project=201 AND labels.env=prod`:          "9018",
		`labels.tidb.cloud/organization=2002 AND state=CREATING`:     "9021",
		``: "9013 9018 9019 9022 9015 9016 9017 9020 9021 9024",
	} {
		a := b.clusters(url.Values{"filter": {filter}}.Encode(), token)
		if got := strings.Join(a.texts("clusters", "clusterId"), " "); a.status != 200 || got != want {
			t.Errorf("%s: %d, got %q, want %q", filter, a.status, got, want)
		}
	}
}

func TestFiltersThatAreRefused(t *testing.T) {
	b := open(t)
	token := b.token(bob, globex, "all")
	for filter, words := range map[string]string{
		`servicePlan=Starter`:           "not supported",
		`clusterPlan=STARTER`:           "not supported",
		`version=v8.5.3`:                "unknown",
		`labels.=x`:                     "unknown",
		`state`:                         "has no =",
		`state=`:                        "value is missing",
		`state="ACTIVE`:                 "not closed",
		`state=ACTIVE OR state=PAUSED`:  "join terms by AND",
		`state=ACTIVE AND`:              "join terms by AND",
		`state="ACTIVE"labels.env=prod`: "join terms by AND",
	} {
		a := b.clusters(url.Values{"filter": {filter}}.Encode(), token)
		if a.status != http.StatusBadRequest || a.json["code"] != 3.0 || !strings.Contains(a.text("message"), words) {
			t.Errorf("%s: %d %s, want %q", filter, a.status, a.body, words)
		}
	}
}

func TestOrder(t *testing.T) {
	b := open(t)
	token := b.token(bob, globex, "201")
	for order, want := range map[string]string{
		"displayName":                "9013 9022 9018 9019",
		"displayName desc":           "9019 9018 9022 9013",
		"createTime":                 "9018 9013 9022 9019",
		"state desc, clusterId desc": "9019 9022 9018 9013",
		"region.name asc,createTime": "9022 9018 9013 9019",
		"clusterId":                  "9013 9018 9019 9022",
	} {
		a := b.clusters(url.Values{"orderBy": {order}}.Encode(), token)
		if got := strings.Join(a.texts("clusters", "clusterId"), " "); got != want {
			t.Errorf("%s: got %q, want %q", order, got, want)
		}
	}
	for _, order := range []string{"size", "displayName up", "displayName asc asc", "displayName,,state"} {
		b.clusters(url.Values{"orderBy": {order}}.Encode(), token).gives(t, http.StatusBadRequest)
	}
}

func TestManyDifferentFiltersAreNotRememberedForEver(t *testing.T) {
	b := open(t)
	token := b.token(bob, globex, "all")
	for i := range 40 {
		name := string(rune('a'+i%26)) + strings.Repeat("x", i)
		b.clusters(url.Values{"filter": {"displayName=" + name}}.Encode(), token).says(t, `"totalSize":0`)
	}
	if got := b.clusters("filter=state%3DIMPORTING", token).texts("clusters", "clusterId"); !slices.Equal(got, []string{"9019"}) {
		t.Errorf("got %v", got)
	}
}
