package sandbox_test

import (
	"fmt"

	"canopy/api/sandbox"
)

func Example() {
	server, err := sandbox.Start(sandbox.Options{Faults: []string{"status=serverless:500*2"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = server.Close() }()
	at := server.Endpoints()
	fmt.Println(at.TokenEndpoint == at.Issuer+"/v1/token", at.ClientID, at.RedirectPath)
	fmt.Println(server.SetFaults("no-such-fault") != nil)
	// Output:
	// true canopy-sandbox /callback
	// true
}
