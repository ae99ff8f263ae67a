package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Node is one line of the tree: an organization, project, cluster or branch, or something that is not there.
type Node struct {
	ID       string // "org/1001", "project/101", "cluster/9001", "branch/9002/b1", "absent/101", "fold/hidden by you"
	Name     string
	Says     string // the end of its row: how many projects or clusters it has, or why it is not there
	Children []*Node

	virtual bool // the project of the clusters that are in none
}

// String writes the tree as indented lines, siblings in their order.
func (n *Node) String() string {
	var b strings.Builder
	n.write(&b, 0)
	return b.String()
}

func (n *Node) write(b *strings.Builder, depth int) {
	says := n.Says
	if says != "" {
		says = "  – " + says
	}
	fmt.Fprintf(b, "%s%s%s  (%s)\n", strings.Repeat("  ", depth), n.Name, says, n.ID)
	for _, c := range n.Children {
		c.write(b, depth+1)
	}
}

// Rows lists the ids of all rows, from the top to the bottom.
func (n *Node) Rows() []string {
	ids := []string{n.ID}
	for _, c := range n.Children {
		ids = append(ids, c.Rows()...)
	}
	return ids
}

// sorted returns a copy with siblings ordered by id, for comparing trees whatever their order.
func (n *Node) sorted() *Node {
	s := &Node{ID: n.ID, Name: n.Name, Says: n.Says}
	for _, c := range n.Children {
		s.Children = append(s.Children, c.sorted())
	}
	slices.SortFunc(s.Children, func(a, b *Node) int { return strings.Compare(a.ID, b.ID) })
	return s
}

// Differences lists the lines that only one of two trees has, whatever the order of siblings.
func Differences(want, got *Node) []string {
	w, g := strings.Split(want.sorted().String(), "\n"), strings.Split(got.sorted().String(), "\n")
	var d []string
	for _, line := range w {
		if !slices.Contains(g, line) {
			d = append(d, "- "+line)
		}
	}
	for _, line := range g {
		if !slices.Contains(w, line) {
			d = append(d, "+ "+line)
		}
	}
	if len(d) == 0 && !slices.Equal(w, g) {
		d = append(d, "the same lines, nested in another way:\n"+want.sorted().String()+"instead of\n"+got.sorted().String())
	}
	return d
}

type project struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Type string `json:"type"`
}

type cluster struct {
	ID     string            `json:"clusterId"`
	Name   string            `json:"displayName"`
	Labels map[string]string `json:"labels"`
}

type branch struct {
	ID   string `json:"branchId"`
	Name string `json:"displayName"`
}

// Tree reads what the sandbox's API shows to the holder of a token: the tree that must be on the screen.
func (s *Sandbox) Tree(ctx context.Context, token string, organization string) (*Node, error) {
	root := &Node{ID: "org/" + organization}
	body, err := get(ctx, s.IAM+"/v1beta1/org", http.Header{"Authorization": {"Bearer " + token}})
	if err != nil {
		return nil, err
	}
	var org struct {
		Name string `json:"orgname"`
	}
	if err := json.Unmarshal(body, &org); err != nil {
		return nil, err
	}
	root.Name = org.Name
	homes := map[string]*Node{}
	var dedicated []string
	err = pages(ctx, s.IAM+"/v1beta1/projects", token, "projects", nil, func(p project) {
		n := &Node{ID: projectRow + p.ID, Name: p.Name, virtual: p.Type == "tidbx_virtual"}
		homes[p.ID] = n
		root.Children = append(root.Children, n)
		if p.Type == "dedicated" {
			dedicated = append(dedicated, p.ID)
		}
	})
	if err != nil {
		return nil, err
	}
	if err := s.readClusters(ctx, token, homes, dedicated); err != nil {
		return nil, err
	}
	root.count()
	return root, nil
}

// projectRow is how the ids of rows of projects begin.
const projectRow = "project/"

// count writes at the ends of the rows how much there is: clusters of projects, and projects of the organization, of
// which the one of clusters that are in none is not one.
func (n *Node) count() {
	projects := 0
	for _, c := range n.Children {
		if strings.HasPrefix(c.ID, projectRow) {
			c.Says = fmt.Sprint(len(c.Children))
			if !c.virtual {
				projects++
			}
		}
	}
	n.Says = counted(projects, "project")
}

// counted says a number of things.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

func (s *Sandbox) readClusters(ctx context.Context, token string, homes map[string]*Node, dedicated []string) error {
	var serverless []*Node
	var stray []string
	place := func(c cluster) *Node {
		n := &Node{ID: "cluster/" + c.ID, Name: c.Name}
		home := homes[c.Labels["tidb.cloud/project"]]
		if home == nil {
			stray = append(stray, c.ID)
			return n
		}
		home.Children = append(home.Children, n)
		return n
	}
	err := pages(ctx, s.Serverless+"/v1beta1/clusters", token, "clusters", nil, func(c cluster) {
		serverless = append(serverless, place(c))
	})
	for _, id := range dedicated {
		if err == nil {
			query := url.Values{"projectId": {id}}
			err = pages(ctx, s.Dedicated+"/v1beta1/clusters", token, "clusters", query, func(c cluster) { place(c) })
		}
	}
	for _, n := range serverless {
		if err == nil {
			id := strings.TrimPrefix(n.ID, "cluster/")
			err = pages(ctx, s.Serverless+"/v1beta1/clusters/"+id+"/branches", token, "branches", nil, func(b branch) {
				n.Children = append(n.Children, &Node{ID: "branch/" + id + "/" + b.ID, Name: b.Name})
			})
		}
	}
	if err == nil && len(stray) > 0 {
		err = fmt.Errorf("the sandbox shows clusters %v, which belong to no project it shows", stray)
	}
	return err
}
