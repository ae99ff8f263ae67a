// Package part holds the small widgets that Canopy's screens are made of: text, boxes, tags,
// links, buttons, options, tabs, the table and the dialog that all dialogs are.
//
// Each looks its colours and sizes up by name when it is drawn, so that all follow the theme,
// and everything that can be pressed can be reached and pressed from the keyboard.
package part
