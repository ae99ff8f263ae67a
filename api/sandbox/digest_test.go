package sandbox_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/icholy/digest"
)

func TestAPIKeysReachTheirWholeOrganization(t *testing.T) {
	b := open(t)
	keys := b.server.APIKeys()
	if len(keys) != 2 || keys[1].Organization != globex {
		t.Fatalf("the keys are %v", keys)
	}
	client := &http.Client{Transport: &digest.Transport{Username: keys[1].Public, Password: keys[1].Private, Transport: b.client.Transport}}
	keyed := *b
	keyed.client = client
	for range 3 { // the second request reuses the first one's nonce
		keyed.get(b.at.IAM+"/v1beta1/projects?pageSize=1", "").says(t, `"id":"201"`)
	}
	if total := keyed.get(b.at.Serverless+"/v1beta1/clusters?pageSize=1", "").json["totalSize"]; total != 10.0 {
		t.Errorf("the key shows %v clusters", total)
	}
	b.clock.pass(time.Hour) // the nonce is stale now; the client answers the new challenge
	keyed.get(b.at.IAM+"/v1beta1/projects?pageSize=1", "").gives(t, 200)
}

func TestNoncesAreTheServersAndExpire(t *testing.T) {
	b := open(t)
	key := b.server.APIKeys()[0]
	address := b.at.IAM + "/v1beta1/org"
	ask := func(nonce, uri string) answer {
		credentials, err := digest.Digest(
			&digest.Challenge{Realm: "tidb.cloud", Nonce: nonce, Algorithm: "MD5", QOP: []string{"auth"}},
			digest.Options{Method: http.MethodGet, URI: uri, Username: key.Public, Password: key.Private, Count: 1})
		if err != nil {
			t.Fatal(err)
		}
		return b.send(b.request(http.MethodGet, address, nil, "Authorization", credentials.String()))
	}
	challenge, err := digest.FindChallenge(b.get(address, "").header)
	if err != nil {
		t.Fatal(err)
	}
	ask(challenge.Nonce, "/v1beta1/org").gives(t, 200)
	ask(challenge.Nonce, "/v1beta1/projects").gives(t, 401) // made for another address
	ask("made-up", "/v1beta1/org").gives(t, 401)
	ask(strconv.FormatInt(noon.Unix(), 10)+"-0123456789abcdef0123456789abcdef", "/v1beta1/org").gives(t, 401)
	b.clock.pass(6 * time.Minute)
	if a := ask(challenge.Nonce, "/v1beta1/org"); a.status != 401 || !strings.Contains(a.header.Get("WWW-Authenticate"), "stale=true") {
		t.Errorf("a nonce of six minutes: %d %v", a.status, a.header)
	}
}

func TestWrongDigestsAreRefused(t *testing.T) {
	b := open(t)
	keys := b.server.APIKeys()
	keyed := *b
	for says, transport := range map[string]*digest.Transport{
		"wrong private key":        {Username: keys[0].Public, Password: "wrong"},
		"another key's secret":     {Username: keys[0].Public, Password: keys[1].Private},
		"unknown public key":       {Username: "SBX09999", Password: keys[0].Private},
		"nothing at all as secret": {Username: keys[0].Public},
	} {
		transport.Transport = b.client.Transport
		keyed.client = &http.Client{Transport: transport}
		if a := keyed.get(b.at.IAM+"/v1beta1/org", ""); a.status != 401 || a.text("code") != "49900001" {
			t.Errorf("%s: %d %s", says, a.status, a.body)
		}
	}
	for _, header := range []string{
		"Digest", "Digest nonsense", `Digest username="` + keys[0].Public + `"`, `Digest nonce="1-2", uri="/v1beta1/org", username=SBX01001`,
	} {
		r := b.request(http.MethodGet, b.at.IAM+"/v1beta1/org", nil, "Authorization", header)
		b.send(r).gives(t, 401)
	}
}
