package ask

import (
	"encoding/json"
	"fmt"
	"math/bits"
	"path"
	"slices"
	"strings"
	"sync"

	"canopy/assets"
)

// sense is one meaning of a word: a category and a value within it.
type sense struct{ category, value string }

// languages in the order in which they are tried where a word does not show
// its language.
var languages = []string{"en", "es", "ja", "zh"}

// vocabulary is what the reader knows of words, in all languages.
type vocabulary struct {
	words   map[string]map[string][]sense // by word and language
	longest int                           // bytes of the longest word
	parts   map[string]bool               // single words of phrases
	repair  []string                      // words that slips are repaired to
	phrases map[int][]string              // by the number of words: phrases that are repaired as a whole
}

// lexicon returns the vocabulary of assets/ask.
var lexicon = sync.OnceValue(func() *vocabulary {
	v := &vocabulary{words: make(map[string]map[string][]sense), phrases: make(map[int][]string), parts: make(map[string]bool)}
	for _, language := range languages {
		data, err := assets.Ask.ReadFile(path.Join("ask", language+".json"))
		if err != nil {
			panic(err) // it is compiled in
		}
		if err := v.add(language, data); err != nil {
			panic(fmt.Sprintf("assets/ask/%s.json: %v", language, err))
		}
	}
	v.addPlaces(gazetteer())
	for word := range v.words {
		if len(word) >= minRepair && plain(word) && !strings.ContainsAny(word, " '.") && !v.means(word, sense{catOutside, "world"}) {
			v.repair = append(v.repair, word)
		}
		if n := strings.Count(word, " "); n > 0 && plain(word) && len(word) >= minPhrase {
			v.phrases[n+1] = append(v.phrases[n+1], word)
		}
	}
	slices.Sort(v.repair)
	return v
})

// add reads the words of a language: an object whose keys are
// "category:value" and whose values are lists of words.
func (v *vocabulary) add(language string, data []byte) error {
	var file map[string][]string
	if err := json.Unmarshal(data, &file); err != nil {
		return err
	}
	keys := make([]string, 0, len(file))
	for key := range file {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		category, value, _ := strings.Cut(key, ":")
		if !slices.Contains(categories, category) {
			return fmt.Errorf("there is no category %q", category)
		}
		for _, word := range file[key] {
			v.put(language, word, sense{category, value})
		}
	}
	return nil
}

func (v *vocabulary) put(language, word string, s sense) {
	key := keyOf(word)
	if v.words[key] == nil {
		v.words[key] = make(map[string][]sense)
	}
	v.words[key][language] = append(v.words[key][language], s)
	v.longest = max(v.longest, len(key))
	for part := range strings.FieldsSeq(key) {
		v.parts[part] = true
	}
}

func (v *vocabulary) addPlaces(g *Gazetteer) {
	for _, c := range g.Continents {
		for _, name := range c.Names {
			v.put("en", name, sense{catContinent, c.Name})
		}
	}
	for _, c := range g.Countries {
		for _, name := range c.Names {
			v.put("en", name, sense{catCountry, c.Code})
		}
	}
	for _, c := range g.Cities {
		for _, name := range c.Names {
			v.put("en", name, sense{catCity, c.Name})
		}
	}
}

// find returns the meanings of a word, those in the language first.
func (v *vocabulary) find(word, language string) []sense {
	by, ok := v.words[word]
	if !ok {
		return nil
	}
	if s := by[language]; s != nil {
		return s
	}
	for _, l := range languages {
		if s := by[l]; s != nil {
			return s
		}
	}
	return nil
}

// means reports whether a word has a meaning in some language.
func (v *vocabulary) means(word string, s sense) bool {
	for _, senses := range v.words[word] {
		if slices.Contains(senses, s) {
			return true
		}
	}
	return false
}

// guess returns the language of a question: by its script, else by the words
// that only one language has.
func (v *vocabulary) guess(tokens []token) string {
	han := false
	count := map[string]int{}
	for _, t := range tokens {
		if t.class == classCJK {
			for _, r := range t.text {
				if r >= 0x3040 && r <= 0x30FF {
					return "ja"
				}
			}
			han = true
		}
		for l := range v.words[t.text] {
			count[l]++
		}
	}
	switch {
	case han:
		return "zh"
	case count["es"] > count["en"]:
		return "es"
	}
	return "en"
}

// minPhrase is the number of letters from which a phrase may be repaired.
const minPhrase = 6

// nearPhrase returns the only phrase of as many words that is one slip away,
// in the language or in English.
func (v *vocabulary) nearPhrase(text string, words int, language string) (string, bool) {
	if len(text) < minPhrase {
		return "", false
	}
	found := ""
	have, runes := letters(text), []rune(text)
	for _, p := range v.phrases[words] {
		if d := len(p) - len(text); d > 1 || d < -1 || bits.OnesCount64(have^letters(p)) > 2 || v.words[p][language] == nil {
			continue
		}
		if distance(runes, []rune(p), 1) > 1 {
			continue
		}
		if found != "" && !slices.Equal(v.find(found, language), v.find(p, language)) {
			return "", false
		}
		found = p
	}
	return found, found != ""
}
