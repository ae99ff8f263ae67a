// Package ask answers questions in words about what grants show: "how many
// clusters are paused, by project?" It works without a model, a key or a
// network, and the same question over the same snapshots always has the same
// answer.
//
// A question goes three steps, each of which can be taken by itself:
//
//	r := ask.Read(question, world, before) // words → a typed Query, or what to ask back
//	a := world.Run(r.Query)                // a Query, whoever wrote it → an Answer
//	a := world.Answer(r)                   // the same, with what the reader has to say
//
// A [World] is what is asked about: the views of the grants' snapshots, the
// time, the person. A [Conversation] remembers what "and in tokyo?" refers
// to. What a question needs that was not read yet, such as branches, is told
// by [World.Needs] and read by [Fetch].
//
// # How a question is read
//
// The text is made even (NFKC, case, accents, invisible characters) and cut
// into tokens; scripts without spaces give one token for each character. Then
// the longest stretches that mean something are marked, in this precedence:
//
//	what is quoted > the exact name of a thing > an id > a word of the vocabulary > the beginning of a name > a part of a name
//
// A name that is spelled like a value, such as a cluster named "paused", is
// the name only where the sentence needs one ("where is paused?"). A word
// that is none of these may be repaired if it is one slip of the finger away
// from a word or a name, two from eight letters on; the repair is shown.
//
// The grammar is one of slots, not of sentences: rules walk over the marked
// stretches and fill filters, names, nouns, groups, superlatives and times,
// whatever their order; what is wanted of them is decided at the end. That
// is how one grammar reads English, Chinese, Japanese and Spanish.
//
// A reading is only an answer if every word found its place. Where a word is
// not known, a name belongs to several things, or a word can be read in two
// ways, the question is asked back with the readings to choose from. A wrong
// confident answer is the worst outcome.
//
// # The vocabulary
//
// The words are data in assets/ask, one file for each language. A key says
// what the words of its list mean:
//
//	"state:PAUSED": ["paused", "suspended", …]
//
// The part before the colon is one of the categories of category.go, which
// the grammar knows; the part behind it is a value within the category. To
// add a word, add it to a list. Words are found in any case, with or without
// accents; plurals and genders of nouns and values need no entry of their own
// in English and Spanish. places.json has the cities, countries and continents
// of regions.
//
// # What it never does
//
// It imports neither auth nor ui and sends no request: no question can reach a
// credential. A name or a question is data, whatever is written in it. Reading
// takes linear time up to [MaxQuestion], and longer questions are refused.
package ask
