package sandbox

// Endpoints says where a running sandbox answers, in the order and under the
// names that `canopy sandbox --json` prints.
type Endpoints struct {
	Issuer                      string `json:"issuer"`
	AuthorizationEndpoint       string `json:"authorization_endpoint"`
	TokenEndpoint               string `json:"token_endpoint"`
	DeviceAuthorizationEndpoint string `json:"device_authorization_endpoint"`
	RevocationEndpoint          string `json:"revocation_endpoint"`
	UserinfoEndpoint            string `json:"userinfo_endpoint"`
	IAM                         string `json:"iam"`
	Serverless                  string `json:"serverless"`
	Dedicated                   string `json:"dedicated"`
	Console                     string `json:"console"`
	ClientID                    string `json:"client_id"`
	RedirectPath                string `json:"redirect_path"`
}

// APIKey is a key for HTTP Digest on the API hosts. The sandbox has one for each
// organization; they are the same in every run and protect nothing.
type APIKey struct {
	Organization string `json:"organization"`
	Public       string `json:"public"`
	Private      string `json:"private"`
}
