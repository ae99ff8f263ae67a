package sandbox

import (
	"net/http"
	"net/url"
	"strings"
)

const devicePath, deviceDonePath = "/oauth/device", "/oauth/device/done"

// devicePage is where a person answers for a device (RFC 8628 §3.3).
func (s *Server) devicePage(w http.ResponseWriter, r *http.Request) {
	if !s.isPageRequest(w, r) {
		return
	}
	written := r.FormValue("user_code")
	if written == "" {
		s.pages.enterCode(w, http.StatusOK, "", "")
		return
	}
	userCode := normalizeUserCode(written)
	scope, wants, ok := s.ledger.waitingDevice(userCode, s.now())
	if !ok {
		s.pages.enterCode(w, http.StatusNotFound, written, "This code is not known, has expired or has been answered. Compare it with the one on your device.")
		return
	}
	done := func(answer deviceAnswer, g grant) {
		ok, err := s.ledger.answerDevice(userCode, answer, g, s.now())
		switch {
		case err != nil:
			s.pages.fail(w, http.StatusInternalServerError, "Something went wrong", "The sandbox could not record your answer. Send it again.")
		case !ok:
			s.pages.enterCode(w, http.StatusNotFound, written, "This code has expired or has been answered meanwhile.")
		default:
			redirectTo(w, r, deviceDonePath+"?"+url.Values{"answer": {outcomeOf(answer)}}.Encode())
		}
	}
	s.ask(w, r, consent{
		userCode: userCode, scope: scope, wanted: wants,
		allow: func(g grant) { done(deviceAllowed, g) },
		deny:  func() { done(deviceDenied, grant{}) },
	}, r.URL.Query().Get("prompt") == "select_account", "")
}

func outcomeOf(answer deviceAnswer) string {
	if answer == deviceAllowed {
		return "allowed"
	}
	return "denied"
}

// deviceDone says what has been answered. Loading it again answers nothing again.
func (s *Server) deviceDone(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Get("answer") == "allowed" {
		s.pages.tell(w, http.StatusOK, "Canopy may read now", "Go back to Canopy. You can close this page.")
		return
	}
	s.pages.tell(w, http.StatusOK, "Canopy was denied", "Nothing was given. You can close this page.")
}

// normalizeUserCode forgives case, spaces and a missing hyphen (RFC 8628 §6.1).
func normalizeUserCode(written string) string {
	letters := strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, strings.ToUpper(written))
	if len(letters) != 8 {
		return letters
	}
	return letters[:4] + "-" + letters[4:]
}
