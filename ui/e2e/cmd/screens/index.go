package main

import (
	"bytes"
	"html/template"
	"os"
	"path/filepath"
)

// page shows the pictures side by side. It needs nothing from elsewhere.
var page = template.Must(template.New("index").Parse(`<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>Canopy, screen by screen</title>
<style>
body { font: 14px/1.5 system-ui, sans-serif; margin: 24px; color: #1A2330; background: #F6F7F9 }
h2 { margin: 40px 0 8px } h3 { margin: 24px 0 4px; font-size: 14px } p { margin: 0 0 8px; color: #667386 }
nav a { margin-right: 12px } a { color: #0E7C6B }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 12px; align-items: start }
img { width: 100%; border: 1px solid #E0E4EA; border-radius: 6px } .missing { color: #D64545 }
</style>
<h1>Canopy, screen by screen</h1>
<nav>{{range .}}<a href="#{{.Name}}">{{.Name}}</a>{{end}}</nav>
{{range .}}<h2 id="{{.Name}}">{{.Name}}</h2>
{{range .Shots}}<h3 id="{{.Name}}">{{.Name}}</h3>
<p>{{.About}}</p>
<div class="pair">{{range .Pictures}}{{if .There}}<a href="{{.File}}"><img loading="lazy" src="{{.File}}" alt="{{.File}}"></a>{{else}}<span class="missing">{{.File}} is missing</span>{{end}}{{end}}</div>
{{end}}{{end}}</html>
`))

type indexChapter struct {
	Name  string
	Shots []indexShot
}

type indexShot struct {
	Name, About string
	Pictures    []picture
}

type picture struct {
	File  string
	There bool
}

// writeIndex writes the page about the pictures in a folder.
func writeIndex(path, folder string, chapters []chapter) error {
	list := make([]indexChapter, 0, len(chapters))
	for _, c := range chapters {
		entry := indexChapter{Name: c.name}
		for _, s := range c.shots {
			entry.Shots = append(entry.Shots, indexed(folder, s.name, s.about))
			if s.narrow {
				entry.Shots = append(entry.Shots, indexed(folder, s.name+"-narrow", s.about+", 800 by 600"))
			}
		}
		list = append(list, entry)
	}
	var text bytes.Buffer
	if err := page.Execute(&text, list); err != nil {
		return err
	}
	return os.WriteFile(path, text.Bytes(), 0o644)
}

func indexed(folder, name, about string) indexShot {
	s := indexShot{Name: name, About: about}
	for _, scheme := range schemes {
		file := name + "-" + scheme + ".png"
		_, err := os.Stat(filepath.Join(folder, file))
		s.Pictures = append(s.Pictures, picture{file, err == nil})
	}
	return s
}
