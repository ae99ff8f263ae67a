package ask

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"canopy/api"
	"canopy/assets"
)

// place is where a region lies.
type place struct{ City, Country, Continent string }

// Gazetteer knows the places that regions lie in and what people call them.
type Gazetteer struct {
	Continents []struct {
		Name  string   `json:"name"`
		Names []string `json:"names"`
	} `json:"continents"`
	Countries []struct {
		Code      string   `json:"code"`
		Continent string   `json:"continent"`
		Names     []string `json:"names"`
	} `json:"countries"`
	Cities []struct {
		Name    string   `json:"name"`
		Country string   `json:"country"`
		Names   []string `json:"names"`
		Codes   []string `json:"codes"`
	} `json:"cities"`

	continent  map[string]string // by country
	byCity     map[string]place  // by lower-case city
	byCode     map[string]place  // by region code
	bySqueezed map[string]string // region codes without their hyphens
}

// gazetteer returns the places of assets/ask/places.json.
var gazetteer = sync.OnceValue(func() *Gazetteer {
	data, err := assets.Ask.ReadFile("ask/places.json")
	if err != nil {
		panic(err) // it is compiled in
	}
	g := new(Gazetteer)
	if err := json.Unmarshal(data, g); err != nil {
		panic(fmt.Sprintf("assets/ask/places.json: %v", err))
	}
	g.continent = make(map[string]string)
	for _, c := range g.Countries {
		g.continent[c.Code] = c.Continent
	}
	g.byCity, g.byCode, g.bySqueezed = make(map[string]place), make(map[string]place), make(map[string]string)
	for _, c := range g.Cities {
		p := place{c.Name, c.Country, g.continent[c.Country]}
		g.byCity[strings.ToLower(c.Name)] = p
		for _, code := range c.Codes {
			g.byCode[code] = p
			if strings.ContainsAny(code, "0123456789") {
				g.bySqueezed[squeeze(code)] = code
			}
		}
	}
	return g
})

// region returns where a region lies, as far as that is known. The city is the
// one that TiDB Cloud tells.
func (g *Gazetteer) region(r api.Region) place {
	p, ok := g.byCity[strings.ToLower(r.City)]
	if !ok {
		p = g.byCode[r.Code]
	}
	if r.City != "" {
		p.City = r.City
	}
	return p
}
