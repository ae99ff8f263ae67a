package ui

func (w *Window) showCompare() {}
