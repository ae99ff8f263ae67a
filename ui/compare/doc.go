// Package compare turns what two grants show side by side into rows that can be looked through,
// copied and exported.
//
// What differs and why has been decided by package inventory; here it is only chosen from,
// ordered and written down. The package knows no Fyne, and has no words of its own for people:
// those come in from the window.
package compare
