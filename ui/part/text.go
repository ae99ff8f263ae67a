package part

import (
	"sort"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Style says how a Text looks. The zero value is the body text.
type Style struct {
	Color fyne.ThemeColorName // default: foreground
	Size  fyne.ThemeSizeName  // default: text
	Bold  bool
	Mono  bool
	Align fyne.TextAlign
	Cut   bool // may become narrower than its text, which then ends in an ellipsis
}

func (s Style) color() fyne.ThemeColorName {
	if s.Color == "" {
		return theme.ColorNameForeground
	}
	return s.Color
}

func (s Style) size() fyne.ThemeSizeName {
	if s.Size == "" {
		return theme.SizeNameText
	}
	return s.Size
}

func (s Style) text() fyne.TextStyle { return fyne.TextStyle{Bold: s.Bold, Monospace: s.Mono} }

// Text is one line of text.
type Text struct {
	widget.BaseWidget
	style Style
	text  string
}

// NewText returns a line of text.
func NewText(text string, style Style) *Text {
	t := &Text{style: style, text: text}
	t.ExtendBaseWidget(t)
	return t
}

// SetText changes what is written.
func (t *Text) SetText(text string) {
	if t.text != text {
		t.text = text
		t.Refresh()
	}
}

// SetColor changes the colour by name.
func (t *Text) SetColor(c fyne.ThemeColorName) {
	if t.style.Color != c {
		t.style.Color = c
		t.Refresh()
	}
}

// SetBold changes the weight.
func (t *Text) SetBold(b bool) {
	if t.style.Bold != b {
		t.style.Bold = b
		t.Refresh()
	}
}

// FullWidth is the width that the whole text needs.
func (t *Text) FullWidth() float32 {
	return fyne.MeasureText(t.text, t.Theme().Size(t.style.size()), t.style.text()).Width + 1
}

// CreateRenderer implements fyne.Widget.
func (t *Text) CreateRenderer() fyne.WidgetRenderer {
	r := &textRenderer{of: t, line: canvas.NewText("", nil)}
	r.Refresh()
	return r
}

type textRenderer struct {
	of   *Text
	line *canvas.Text
}

func (r *textRenderer) Destroy()                     {}
func (r *textRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.line} }

func (r *textRenderer) MinSize() fyne.Size {
	full := fyne.MeasureText(r.of.text, r.line.TextSize, r.line.TextStyle)
	if r.of.style.Cut {
		full.Width = min(full.Width, fyne.MeasureText("…", r.line.TextSize, r.line.TextStyle).Width)
	}
	return full
}

func (r *textRenderer) Layout(size fyne.Size) {
	text := r.of.text
	if r.of.style.Cut {
		text = Ellipsis(text, size.Width, r.line.TextSize, r.line.TextStyle)
	}
	if r.line.Text != text {
		r.line.Text = text
		r.line.Refresh()
	}
	r.line.Resize(size)
}

func (r *textRenderer) Refresh() {
	s := r.of.style
	r.line.Color = r.of.Theme().Color(s.color(), fyne.CurrentApp().Settings().ThemeVariant())
	r.line.TextSize = r.of.Theme().Size(s.size())
	r.line.TextStyle, r.line.Alignment = s.text(), s.Align
	if !s.Cut {
		r.line.Text = r.of.text
	}
	r.Layout(r.of.Size())
	r.line.Refresh()
}

// Ellipsis returns text, cut so that it is at most width wide with an ellipsis at its end.
func Ellipsis(text string, width, size float32, style fyne.TextStyle) string {
	if fyne.MeasureText(text, size, style).Width <= width {
		return text
	}
	runes := []rune(text)
	n := sort.Search(len(runes), func(n int) bool {
		return fyne.MeasureText(string(runes[:n+1])+"…", size, style).Width > width
	})
	return string(runes[:n]) + "…"
}

// Selectable returns text that wraps and that can be selected and copied.
func Selectable(text string, bold bool) *widget.Label {
	l := widget.NewLabelWithStyle(text, fyne.TextAlignLeading, fyne.TextStyle{Bold: bold})
	l.Wrapping = fyne.TextWrapWord
	l.Selectable = true
	return l
}

// Paragraph returns text that wraps, secondary and centred when asked for.
func Paragraph(text string, style Style) *widget.RichText {
	p := widget.NewRichText(paragraph(text, style))
	p.Wrapping = fyne.TextWrapWord
	return p
}

// SetParagraph changes what a paragraph says and how.
func SetParagraph(p *widget.RichText, text string, style Style) {
	p.Segments = []widget.RichTextSegment{paragraph(text, style)}
	p.Wrapping = fyne.TextWrapWord
	p.Refresh()
}

func paragraph(text string, s Style) *widget.TextSegment {
	return &widget.TextSegment{Text: text, Style: widget.RichTextStyle{
		Alignment: s.Align, ColorName: s.color(), SizeName: s.size(), TextStyle: s.text(),
	}}
}
