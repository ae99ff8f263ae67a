package sandbox

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"
)

// The generated organization. Its ids stand apart from those of the data.
const (
	generatedOrganization = "3003"
	generatedName         = "Halden Freight"
	generatedOwner        = "ida@halden.example"
	clustersPerProject    = 200
)

// generate adds an organization of n clusters, the same for the same seed, in as many
// projects as told or, with 0, in projects of clustersPerProject. All of its clusters live on the serverless host, whose totalSize therefore is n. Every
// user is a member, so that whoever signs in can choose it.
func (w *world) generate(n, projects int, seed uint64) {
	org := w.addOrganization(generatedOrganization, generatedName)
	random := rand.New(rand.NewPCG(seed, 0x63616e6f7079)) //nolint:gosec // the same every time is the point
	slab := make([]cluster, n)
	// One map for each stage, shared by all clusters: nobody writes to them.
	labels := map[string]map[string]string{"prod": {"env": "prod"}, "staging": {"env": "staging"}, "dev": {"env": "dev"}}
	for i := range slab {
		home := i / clustersPerProject
		if projects > 0 {
			home = i * projects / n
		}
		w.generateProjects(org, home+1, random)
		slab[i].labels = labels[w.generateCluster(&slab[i], i, org.projects[home], random)]
		w.addCluster(&slab[i])
	}
	w.generateProjects(org, projects, random)
	for _, u := range w.users {
		u.memberships = append(u.memberships, membership{org, "org:member"})
	}
	owner := newUser(generatedOwner)
	owner.last = "Halvorsen"
	owner.memberships = []membership{{org, "org:owner"}}
	w.users = append(w.users, owner)
}

// generateProjects sees to it that org has n projects at least.
func (w *world) generateProjects(org *organization, n int, random *rand.Rand) {
	for len(org.projects) < n {
		w.addProject(generatedProject(org, len(org.projects), random))
	}
}

func generatedProject(org *organization, i int, random *rand.Rand) *project {
	teams := [...]string{"freight", "customs", "fleet", "harbor", "billing", "routing", "parcels", "depots"}
	return &project{
		id:   strconv.Itoa(300000 + i + 1),
		name: fmt.Sprintf("%s-%04d", teams[random.IntN(len(teams))], i+1),
		kind: "tidbx",
		org:  org,
	}
}

// generateCluster fills c and says which stage it is for.
func (w *world) generateCluster(c *cluster, i int, p *project, random *rand.Rand) (stage string) {
	services := [...]string{"orders", "ledger", "tracking", "quotes", "invoices", "search", "sessions", "pricing", "routes", "stock"}
	stages := [...]string{"prod", "staging", "dev"}
	service := services[random.IntN(len(services))]
	stage = stages[random.IntN(len(stages))]
	number := strconv.Itoa(1_000_000 + i)[1:] // six digits, zero-padded
	c.id = "30" + number + "00"
	c.name = service + "-" + stage + "-" + number
	c.project = p
	c.plan, c.cents = generatedPlan(random)
	c.state = generatedState(random)
	c.region = w.regions[random.IntN(len(w.regions))]
	c.version = [...]string{"v8.5.3", "v8.5.2", "v8.1.2"}[random.IntN(3)]
	c.createdBy = [...]string{generatedOwner, "olav@halden.example", "APIKEY-9D2M"}[random.IntN(3)]
	c.created = w.now.Add(-time.Duration(random.IntN(900*24*60)) * time.Minute).Truncate(time.Second)
	return stage
}

func generatedPlan(random *rand.Rand) (plan string, cents int) {
	switch n := random.IntN(100); {
	case n < 80:
		return "STARTER", [...]int{0, 0, 0, 500, 1000, 5000}[random.IntN(6)]
	case n < 97:
		return "ESSENTIAL", -1
	default:
		return "PREMIUM", -1
	}
}

func generatedState(random *rand.Rand) string {
	if random.IntN(100) < 94 {
		return "ACTIVE"
	}
	return [...]string{"CREATING", "RESTORING", "IMPORTING", "MODIFYING", "MAINTENANCE", "INACTIVE"}[random.IntN(6)]
}
