package sandbox

import (
	"encoding/json"
	"net/http"
)

// controlRoutes are the paths below /_sandbox of the oauth host: the sandbox's own,
// free of faults, latency and limits.
func (s *Server) controlRoutes(host string) *http.ServeMux {
	mux := http.NewServeMux()
	if host != "oauth" {
		return mux
	}
	mux.HandleFunc("GET /_sandbox", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, s.endpoints)
	})
	mux.HandleFunc("GET /_sandbox/keys", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, map[string]any{"keys": s.APIKeys()})
	})
	mux.HandleFunc("GET /_sandbox/grants", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, map[string]any{"grants": s.ledger.all()})
	})
	mux.HandleFunc("GET /_sandbox/faults", s.listFaults)
	mux.Handle("POST /_sandbox/faults", s.origin.Handler(http.HandlerFunc(s.replaceFaults)))
	return mux
}

func (s *Server) listFaults(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{"active": s.faults.list(), "catalogue": Faults()})
}

// replaceFaults takes {"faults":[…]}.
func (s *Server) replaceFaults(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Faults *[]string `json:"faults"`
	}
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&body); err != nil || body.Faults == nil {
		writeJSON(w, http.StatusBadRequest, map[string]string{
			"error": "bad_request", "error_description": `send {"faults":["NAME=ARGUMENT"]}; an empty list switches all off`,
		})
		return
	}
	if err := s.faults.set(*body.Faults); err != nil {
		writeJSON(w, http.StatusBadRequest, map[string]string{"error": "bad_fault", "error_description": err.Error()})
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"active": s.faults.list()})
}
