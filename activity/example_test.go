package activity_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"canopy/activity"
)

func Example() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"orgname":"Acme"}`)
	}))
	defer server.Close()
	log := activity.NewLog(activity.Capacity, time.Now)
	client := &http.Client{Transport: log.Transport(server.Client().Transport)}
	defer client.CloseIdleConnections()

	q, err := http.NewRequest(http.MethodGet, server.URL+"/v1beta1/projects?pageSize=100&pageToken=opaque", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	answer, err := client.Do(q.WithContext(activity.Why(q.Context(), "an example asks")))
	if err != nil {
		fmt.Println(err)
		return
	}
	_, _ = io.Copy(io.Discard, answer.Body)
	_ = answer.Body.Close()

	for _, r := range log.Since(0) {
		fmt.Println(r.Method, r.Path, r.Status, r.Bytes, r.Why)
	}
	// Output:
	// GET /v1beta1/projects?pageSize=100&pageToken=… 200 18 an example asks
}
