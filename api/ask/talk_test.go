package ask_test

import (
	"encoding/json"
	"testing"

	"canopy/api/ask"
)

// TestConversations asks questions that refer to the ones before.
func TestConversations(t *testing.T) {
	w, o := theHouse(t).world(), newOracle(t)
	type turn struct {
		ask  string
		want want
	}
	active, paused := state("ACTIVE"), state("PAUSED")
	for name, turns := range map[string][]turn{
		"a place replaces a place": {
			{"list active clusters in singapore", o.ids(active, city("Singapore"))},
			{"and in tokyo?", o.ids(active, city("Tokyo"))},
			{"how many is that", o.count(active, city("Tokyo"))},
			{"only the starter ones", o.ids(active, city("Tokyo"), plan("STARTER"))},
			{"what about oregon", o.ids(active, city("Oregon"), plan("STARTER"))},
			{"and in europe", o.ids(active, continent("Europe"), plan("STARTER"))},
		},
		"a count stays a count": {
			{"how many clusters are paused?", o.count(paused)},
			{"and active?", o.count(active)},
			{"in Globex?", o.count(active, org("Globex"))},
			{"list them", o.ids(active, org("Globex"))},
			{"how many are there?", o.count(active, org("Globex"))},
		},
		"the same for another organization": {
			{"starter clusters in Acme Robotics", o.ids(plan("STARTER"), org("Acme Robotics"))},
			{"same for Globex", o.ids(plan("STARTER"), org("Globex"))},
			{"which of them are active?", o.ids(plan("STARTER"), org("Globex"), active)},
			{"are any of them paused?", no()},
		},
		"groups and orders": {
			{"clusters in Globex", o.ids(org("Globex"))},
			{"by region", o.groups(func(c oracleCluster) string { return c.Region }, org("Globex"))},
			{"per plan", o.groups(func(c oracleCluster) string { return c.Plan }, org("Globex"))},
			{"which ones?", o.ids(org("Globex"))},
			{"newest 2 of those", o.first(2, newer, org("Globex"))},
		},
		"one thing": {
			{"where is orders-prod", fields("project.name", "payments", "region", "aws-ap-northeast-1")},
			{"and ledger?", fields("project.name", "payments", "region", "aws-eu-central-1")},
			{"who created it?", fields("created_by", "alice@acme.example")},
			{"what version is it on", fields("version", "v8.5.3")},
		},
		"exceptions": {
			{"which clusters are in Tokyo?", o.ids(city("Tokyo"))},
			{"not the starter ones", o.ids(city("Tokyo"), not(plan("STARTER")))},
			{"only essential", o.ids(city("Tokyo"), plan("ESSENTIAL"))},
		},
		"forgetting": {
			{"list active clusters in singapore", o.ids(active, city("Singapore"))},
			{"forget that", aboutItself()},
			{"and in tokyo?", o.ids(city("Tokyo"))},
		},
		"a whole question begins anew": {
			{"list active clusters in singapore", o.ids(active, city("Singapore"))},
			{"which clusters are paused?", o.ids(paused)},
			{"how many projects do I have?", number(8)},
			{"how many clusters do I have?", number(25)},
			{"and in Globex?", o.count(org("Globex"))},
		},
		"asking about itself in between": {
			{"list active clusters in singapore", o.ids(active, city("Singapore"))},
			{"how fresh is this?", aboutItself()},
			{"pause them", refuses()},
			{"and in tokyo?", o.ids(active, city("Tokyo"))},
		},
		"what cannot be changed is asked back": {
			{"list active clusters in singapore", o.ids(active, city("Singapore"))},
			{"and the frobnicated ones?", asksBack()},
		},
		"Chinese": {
			{"新加坡有哪些活跃的集群", o.ids(active, city("Singapore"))},
			{"东京呢？", o.ids(active, city("Tokyo"))},
			{"有多少个？", o.count(active, city("Tokyo"))},
			{"只看入门版", o.ids(active, city("Tokyo"), plan("STARTER"))},
		},
		"Japanese": {
			{"シンガポールの稼働中のクラスターを一覧", o.ids(active, city("Singapore"))},
			{"東京は？", o.ids(active, city("Tokyo"))},
			{"いくつありますか", o.count(active, city("Tokyo"))},
			{"スターターだけ", o.ids(active, city("Tokyo"), plan("STARTER"))},
		},
		"Spanish": {
			{"lista los clústeres activos en Singapur", o.ids(active, city("Singapore"))},
			{"¿y en Tokio?", o.ids(active, city("Tokyo"))},
			{"¿cuántos son?", o.count(active, city("Tokyo"))},
			{"solo los starter", o.ids(active, city("Tokyo"), plan("STARTER"))},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var talk ask.Conversation
			for _, turn := range turns {
				a := w.Answer(talk.Read(turn.ask, w))
				if v := judge(t, a, turn.want); v != right {
					reading, _ := json.Marshal(a.Query)
					t.Errorf("%s: %s\n  %s\n  %.150s", v, turn.ask, reading, a.Text)
				}
			}
		})
	}
}
