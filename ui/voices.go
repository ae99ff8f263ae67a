package ui

import (
	"fyne.io/fyne/v2/lang"

	"canopy/api/inventory"
	"canopy/auth"
	"canopy/ui/outline"
	"canopy/ui/session"
	"canopy/ui/show"
)

// What is not there is said in one of four voices, the same everywhere. Which one it is has
// been decided in the inventory; here it only gets its words.

// voiceNote says in a few words why something is not there, to stand at the end of a row.
func voiceNote(v inventory.Voice) string {
	switch v {
	case inventory.NotGranted:
		return lang.L("not granted")
	case inventory.HiddenByYou:
		return lang.L("hidden by you")
	case inventory.DoesNotExist:
		return lang.L("does not exist")
	case inventory.CouldNotBeRead:
		return lang.L("could not be read")
	case inventory.Unread:
		return lang.L("not read yet")
	default:
		return ""
	}
}

// voiceSentence says in full why something is not there and what can be done about it.
func voiceSentence(r outline.Row, g auth.Grant) string {
	values := with("Name", show.Name(r.Name), "Environment", show.Name(g.Environment))
	switch r.Voice {
	case inventory.NotGranted:
		if g.Method == auth.MethodAPIKey {
			return lang.L("This API key does not cover {{.Name}}. It is known from another grant or an earlier one. Whoever owns the key can give it more in the console.", values)
		}
		return lang.L("This grant does not cover {{.Name}}. It is known from another grant, an earlier one, or because you asked for it. Ask for it, and {{.Environment}} asks you to approve in your browser.", values)
	case inventory.HiddenByYou:
		return lang.L("You have chosen not to see {{.Name}}. The grant covers it; nothing is asked again when you show it.", values)
	case inventory.DoesNotExist:
		return lang.L("The grant covers {{.Name}}, and {{.Environment}} does not list it: it has been deleted, or moved to another organization.", values)
	case inventory.CouldNotBeRead:
		return lang.L("Whether {{.Name}} is there is not known: the list could not be read.", values)
	default:
		return ""
	}
}

// foldName names everything that is not there for one reason.
func foldName(r outline.Row, searching bool) string {
	if searching {
		return counted("{{.Count}} more matches", r.Count)
	}
	return counted("{{.Count}} projects", r.Count)
}

// sees says how many projects the grant shows, of how many, or that they are not known.
func sees(st session.State) string {
	known := st.View != nil && !st.View.Whole().Status(inventory.Part{Kind: inventory.PartProjects}).ReadAt.IsZero()
	switch {
	case !known && st.Reading:
		return lang.L("Reading…")
	case !known && st.View != nil && st.View.Whole().Status(inventory.Part{Kind: inventory.PartProjects}).Err != nil:
		return lang.L("The projects could not be read")
	case !known:
		return lang.L("Projects not known yet")
	}
	c := st.View.Counts()
	granted, all := c.Projects+c.Hidden, c.Projects+c.Hidden+c.NotGranted
	switch {
	case c.Hidden > 0:
		return lang.N("Showing {{.Shown}} of {{.Count}} granted projects", granted, with("Shown", show.Count(c.Projects), "Count", show.Count(granted)))
	case c.HiddenVirtual > 0:
		return lang.N("Showing {{.Count}} projects, nothing outside projects", c.Projects, with("Count", show.Count(c.Projects)))
	case c.NotGranted > 0:
		return lang.N("This grant sees {{.Seen}} of {{.Count}} projects", all, with("Seen", show.Count(c.Projects), "Count", show.Count(all)))
	case !c.ProjectsExact:
		return lang.N("This grant sees at least {{.Count}} projects", c.Projects, with("Count", show.Count(c.Projects)))
	}
	return counted("This grant sees {{.Count}} projects", c.Projects)
}

// projectCount says how many projects there are and, in their own voices, how many are not
// shown. The virtual project is no project of anybody's and is counted apart.
func projectCount(c inventory.Counts) string {
	text := atLeast(show.Count(c.Projects), c.ProjectsExact)
	if c.Virtual > 0 {
		text += " " + lang.L("+ {{.Count}} virtual", with("Count", show.Count(c.Virtual)))
	}
	for _, part := range []struct {
		n   int
		say string
	}{
		{c.Hidden, lang.L("{{.Count}} hidden by you", with("Count", show.Count(c.Hidden)))},
		{c.NotGranted, lang.L("{{.Count}} not granted", with("Count", show.Count(c.NotGranted)))},
		{c.Gone, lang.N("{{.Count}} do not exist", c.Gone, with("Count", show.Count(c.Gone)))},
	} {
		if part.n > 0 {
			text += ", " + part.say
		}
	}
	return text
}

// clusterCountOf says how many clusters are shown, and how many the hidden projects hold.
func clusterCountOf(c inventory.Counts) string {
	text := atLeast(show.Count(c.Clusters), c.ClustersExact)
	if c.HiddenClusters > 0 {
		text += ", " + lang.L("{{.Count}} hidden by you", with("Count", show.Count(c.HiddenClusters)))
	}
	if len(c.Failures) > 0 {
		text += ", " + lang.L("some could not be read")
	}
	return text
}

func atLeast(text string, exact bool) string {
	if exact {
		return text
	}
	return lang.L("at least {{.Count}}", with("Count", text))
}
