package assets

import "embed"

// Ask holds what questions are read with: the words of each language and the
// places that regions lie in. Package canopy/api/ask says what they mean.
//
//go:embed ask/*.json
var Ask embed.FS
