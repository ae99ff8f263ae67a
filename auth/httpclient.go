package auth

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"os"
)

// HTTPClient gives the client for Config.HTTP: the system's proxy and roots,
// and beside those roots the certificates of a PEM file, as a network needs
// that inspects TLS. Without a file it is what Config.HTTP is by default.
//
// There is no way to go without checking certificates. Errors name the host,
// the cause, and the CA file where one would help (oauth.md §2 no. 14).
func HTTPClient(caFile string) (*http.Client, error) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	if caFile != "" {
		roots, err := rootsWith(caFile)
		if err != nil {
			return nil, err
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	}
	return &http.Client{Transport: transport, Timeout: requestTimeout}, nil
}

func rootsWith(caFile string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(caFile) //nolint:gosec // the file that the user names
	if err != nil {
		return nil, fmt.Errorf("CA file: %w; correct its path in the settings", err)
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		return nil, fmt.Errorf("CA file %s: read the system's own certificates: %w", caFile, err)
	}
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("CA file %s holds no certificate; give one in PEM, which begins with -----BEGIN CERTIFICATE-----", caFile)
	}
	return roots, nil
}
