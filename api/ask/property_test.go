package ask_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"

	"canopy/api/ask"
)

// TestTheWayOfWritingDoesNotCount changes how each question is written and
// wants the same answer.
func TestTheWayOfWritingDoesNotCount(t *testing.T) {
	w := theHouse(t).world()
	for name, change := range map[string]func(string) string{
		"upper case":    strings.ToUpper,
		"title case":    title,
		"full width":    fullWidth,
		"accents added": accented,
		"accents taken": func(s string) string {
			return strings.NewReplacer("á", "a", "é", "e", "í", "i", "ó", "o", "ú", "u", "¿", "").Replace(s)
		},
		"blanks around":    func(s string) string { return "  " + strings.ReplaceAll(s, " ", " \t ") + "\n" },
		"a question mark":  func(s string) string { return s + " ?" },
		"marks of joy":     func(s string) string { return s + "!!!" },
		"ideographic mark": func(s string) string { return s + "？" },
		"invisible marks":  func(s string) string { return strings.ReplaceAll(s, " ", " \u200b") },
		"stacked marks":    zalgo,
	} {
		t.Run(name, func(t *testing.T) {
			for _, c := range allQuestions(newOracle(t)) {
				for _, q := range c.ask {
					changed := change(q)
					if ask.Read(q, w, nil).Query.Intent == ask.IntentEmpty || strings.ContainsRune(q, '‑') {
						continue
					}
					a := w.Answer(ask.Read(changed, w, nil))
					if v := judge(t, a, c.want); v != right {
						reading, _ := json.Marshal(a.Query)
						t.Errorf("%s: %q\n  %s\n  %.150s", v, changed, reading, a.Text)
					}
				}
			}
		})
	}
}

func title(s string) string {
	start := true
	return strings.Map(func(r rune) rune {
		was := start
		start = r == ' '
		if was {
			return unicode.ToUpper(r)
		}
		return r
	}, s)
}

// fullWidth writes ASCII the way East Asian keyboards do.
func fullWidth(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '\u3000'
		case r > ' ' && r < 0x7F:
			return r + 0xFEE0
		}
		return r
	}, s)
}

func accented(s string) string {
	return strings.NewReplacer("a", "á", "e", "é", "o", "ö", "u", "ü", "c", "ç").Replace(s)
}

func zalgo(s string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteRune(r)
		if r < 0x80 && unicode.IsLetter(r) {
			b.WriteString("\u0300\u0316\u0332")
		}
	}
	return b.String()
}

// TestTheOrderOfWordsDoesNotCount asks for every combination of a state, a
// plan and a place in many ways.
func TestTheOrderOfWordsDoesNotCount(t *testing.T) {
	w, o := theHouse(t).world(), newOracle(t)
	type word struct {
		en, zh, ja, es string
		holds          is
	}
	states := []word{{"active", "活跃", "稼働中", "activos", state("ACTIVE")}, {"paused", "暂停", "停止中", "pausados", state("PAUSED")}, {"importing", "导入中", "インポート中", "importando", state("IMPORTING")}}
	plans := []word{{"starter", "入门版", "スターター", "starter", plan("STARTER")}, {"essential", "基础版", "エッセンシャル", "essential", plan("ESSENTIAL")}, {"dedicated", "专属", "専用", "dedicados", plan("DEDICATED")}}
	places := []word{{"Tokyo", "东京", "東京", "Tokio", city("Tokyo")}, {"Singapore", "新加坡", "シンガポール", "Singapur", city("Singapore")}, {"Europe", "欧洲", "ヨーロッパ", "Europa", continent("Europe")}, {"Oregon", "俄勒冈", "オレゴン", "Oregon", city("Oregon")}}
	lists := []string{
		"list %[1]s %[2]s clusters in %[3]s", "which %[2]s clusters in %[3]s are %[1]s?", "in %[3]s, which %[2]s clusters are %[1]s", "%[3]s: %[1]s %[2]s clusters", "show me the clusters in %[3]s that are %[1]s and %[2]s",
		"%[2]s clusters which are %[1]s in %[3]s", "clusters: %[1]s, %[2]s, %[3]s", "%[1]s %[3]s clusters on the %[2]s plan", "%[2]s %[1]s %[3]s instances",
	}
	counts := []string{"how many %[1]s %[2]s clusters are in %[3]s", "in %[3]s, how many %[2]s clusters are %[1]s?", "number of %[2]s clusters in %[3]s that are %[1]s", "count %[1]s clusters on %[2]s in %[3]s"}
	zh := []string{"%[3]s有哪些%[1]s的%[2]s集群", "%[1]s的%[3]s%[2]s集群", "列出%[3]s%[2]s%[1]s的集群", "在%[3]s的%[2]s集群中哪些是%[1]s的"}
	ja := []string{"%[3]sの%[1]sの%[2]sのクラスターを一覧", "%[1]sの%[2]sクラスターを%[3]sで見せて", "%[3]sにある%[2]sのクラスターで%[1]sのものは？"}
	es := []string{"lista los clústeres %[2]s %[1]s en %[3]s", "en %[3]s, ¿qué clústeres %[2]s están %[1]s?", "clústeres %[1]s de %[3]s con plan %[2]s"}
	check := func(q string, expected want) {
		a := w.Answer(ask.Read(q, w, nil))
		if v := judge(t, a, expected); v != right {
			reading, _ := json.Marshal(a.Query)
			t.Errorf("%s: %q\n  %s\n  %.150s", v, q, reading, a.Text)
		}
	}
	for _, s := range states {
		for _, p := range plans {
			for _, c := range places {
				found, number := o.ids(s.holds, p.holds, c.holds), o.count(s.holds, p.holds, c.holds)
				for _, f := range lists {
					check(fmt.Sprintf(f, s.en, p.en, c.en), found)
				}
				for _, f := range counts {
					check(fmt.Sprintf(f, s.en, p.en, c.en), number)
				}
				for _, f := range zh {
					check(fmt.Sprintf(f, s.zh, p.zh, c.zh), found)
				}
				for _, f := range ja {
					check(fmt.Sprintf(f, s.ja, p.ja, c.ja), found)
				}
				for _, f := range es {
					check(fmt.Sprintf(f, s.es, p.es, c.es), found)
				}
			}
		}
	}
}

// TestOneSlipOfTheFinger makes one slip in each word of each question. The
// answer stays right or is asked back; it is never a wrong one, and mostly it
// is right.
func TestOneSlipOfTheFinger(t *testing.T) {
	w := theHouse(t).world()
	random := rand.New(rand.NewPCG(7, 7))
	var r report
	for _, c := range allQuestions(newOracle(t)) {
		if c.want.intent != "" {
			continue
		}
		for _, q := range c.ask {
			words := strings.Fields(q)
			for i, word := range words {
				if len(word) < 5 || !lower(word) {
					continue
				}
				slipped := slip(word, random)
				changed := strings.Join(append(append(append([]string{}, words[:i]...), slipped), words[i+1:]...), " ")
				a := w.Answer(ask.Read(changed, w, nil))
				v := judge(t, a, c.want)
				got, _ := json.Marshal(a.Value)
				reading, _ := json.Marshal(a.Query)
				r.add(v, fmt.Sprintf("%s (was %s)\n      %s\n      %.150s\n      %.150s", changed, word, reading, got, a.Text))
			}
		}
	}
	t.Log(r.String())
	for _, line := range r.lines {
		if strings.HasPrefix(line, string(wrong)) {
			t.Error(line)
		}
	}
	if total := r.count[right] + r.count[askedBack] + r.count[declined] + r.count[wrong]; r.count[right]*10 < total*8 {
		t.Errorf("fewer than four of five are right: %s", r.String())
	}
}

func lower(s string) bool {
	for _, r := range s {
		if r < 'a' || r > 'z' {
			return false
		}
	}
	return true
}

// slip swaps, drops, doubles or replaces one letter behind the first.
func slip(word string, random *rand.Rand) string {
	b := []byte(word)
	i := 1 + random.IntN(len(b)-2)
	switch random.IntN(4) {
	case 0:
		b[i], b[i+1] = b[i+1], b[i]
	case 1:
		b = append(b[:i], b[i+1:]...)
	case 2:
		b = append(b[:i], append([]byte{b[i]}, b[i:]...)...)
	default:
		b[i] = "abcdefghijklmnopqrstuvwxyz"[random.IntN(26)]
	}
	return string(b)
}
