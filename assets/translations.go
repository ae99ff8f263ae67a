package assets

import "embed"

// Translations holds one JSON file for each language, in the form that Fyne's lang package
// reads. The keys are the English sentences.
//
//go:embed translations/*.json
var Translations embed.FS
