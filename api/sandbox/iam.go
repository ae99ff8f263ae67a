package sandbox

import "strconv"

func (s *Server) iamRoutes(t *table) {
	s.read(t, "org", "/v1beta1/org", s.organization)
	s.read(t, "projects", "/v1beta1/projects", s.projects)
	s.nothing(t)
}

// organization is the one the credential belongs to. Only orgname is known.
func (s *Server) organization(c call) (any, *apiError) {
	answer := map[string]string{"orgname": c.who.org.name}
	if s.options.OrganizationID {
		answer["id"] = c.who.org.id
	}
	return answer, nil
}

// projectJSON is snake_case, unlike the rest of v1beta1.
type projectJSON struct {
	ID              string `json:"id"`
	OrgID           string `json:"org_id"`
	Name            string `json:"name"`
	Type            string `json:"type"`
	ClusterCount    int    `json:"cluster_count"`
	UserCount       int    `json:"user_count"`
	CreateTimestamp string `json:"create_timestamp"` // unix seconds
	AWSCMEKEnabled  bool   `json:"aws_cmek_enabled"`
}

// projects lists what the credential covers; there is no total.
func (s *Server) projects(c call) (any, *apiError) {
	p, failure := s.page(c, 100)
	if failure != nil {
		return nil, failure
	}
	list := make([]projectJSON, 0, p.size)
	for _, v := range cut(c.who.projects, p) {
		list = append(list, projectJSON{
			ID: v.id, OrgID: v.org.id, Name: v.name, Type: v.kind,
			ClusterCount: v.clusterCount(), UserCount: v.members,
			CreateTimestamp: strconv.FormatInt(v.created.Unix(), 10),
		})
	}
	return map[string]any{"projects": list, "nextPageToken": p.next(len(c.who.projects))}, nil
}
