//go:build probe

package probe

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
)

// Object is one thing that can be seen on the canvas. X, Y, W and H are window pixels and cover only the part that the
// scrollers around it let through, so that the middle of an object is always a place to press.
type Object struct {
	Type     string `json:"type"`
	Name     string `json:"name,omitempty"` // what ProbeName says
	Row      string `json:"row,omitempty"`  // what ProbeRow says
	Text     string `json:"text,omitempty"`
	Hint     string `json:"hint,omitempty"` // the placeholder of an entry
	X        int    `json:"x"`
	Y        int    `json:"y"`
	W        int    `json:"w"`
	H        int    `json:"h"`
	Layer    int    `json:"layer"` // 0 is the content; menu bar, pop-ups and dialogs lie above, in order
	Focused  bool   `json:"focused,omitempty"`
	Disabled bool   `json:"disabled,omitempty"` // itself, or what it is part of
	Checked  bool   `json:"checked,omitempty"`
}

// A named object tells tests what it is, apart from its words, which may be translated.
type named interface{ ProbeName() string }

// A row tells tests which line of a list or tree it shows.
type row interface{ ProbeRow() string }

// words reads the text that the toolkit's own widgets show. Anything else is known by the canvas texts inside it. A
// password entry tells only its placeholder: what is typed there is nobody's business.
func words(o fyne.CanvasObject) (text, hint string) {
	switch o := o.(type) {
	case *canvas.Text:
		return o.Text, ""
	case *widget.Label:
		return o.Text, ""
	case *widget.Button:
		return o.Text, ""
	case *widget.Hyperlink:
		return o.Text, ""
	case *widget.Check:
		return o.Text, ""
	case *widget.RichText:
		return o.String(), ""
	case *widget.Select:
		return o.Selected, o.PlaceHolder
	case *widget.Entry:
		if o.Password {
			return "", o.PlaceHolder
		}
		return o.Text, o.PlaceHolder
	}
	return "", ""
}

// children are what the toolkit would paint inside an object.
func children(o fyne.CanvasObject) (inside []fyne.CanvasObject, clips bool) {
	_, clips = o.(fyne.Scrollable)
	switch o := o.(type) {
	case *fyne.Container:
		return o.Objects, clips
	case fyne.Widget:
		r := test.WidgetRenderer(o)
		_, clip := r.(interface{ IsClip() })
		return r.Objects(), clips || clip
	}
	return nil, clips
}

// area is a rectangle in the toolkit's own units.
type area struct{ left, top, right, bottom float32 }

func areaOf(at fyne.Position, size fyne.Size) area {
	return area{left: at.X, top: at.Y, right: at.X + size.Width, bottom: at.Y + size.Height}
}

func (a area) within(b area) area {
	return area{
		left: max(a.left, b.left), top: max(a.top, b.top),
		right: min(a.right, b.right), bottom: min(a.bottom, b.bottom),
	}
}

func (a area) empty() bool { return a.right <= a.left || a.bottom <= a.top }
