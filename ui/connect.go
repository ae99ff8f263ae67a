package ui

import (
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"canopy/api"
	"canopy/ui/part"
)

// connectionMenu offers the ways to connect. The password is a placeholder: Canopy never
// knows it.
func (w *Window) connectionMenu(c api.Cluster, under *part.Button) {
	ways := connectionStrings(c)
	items := make([]*fyne.MenuItem, 0, len(ways))
	for _, s := range ways {
		items = append(items, fyne.NewMenuItem(s.name, func() {
			w.copy(s.text, lang.L("Copied. Put your password where it says PASSWORD."))
		}))
	}
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(under).AddXY(0, under.Size().Height+4)
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), w.win.Canvas(), at)
}

type connectionString struct{ name, text string }

// passwordPlaceholder stands where the password goes.
const passwordPlaceholder = "PASSWORD"

// What a connection string may be made of. It is pasted into shells and configuration files,
// so anything that could mean more there than a host or a user is refused.
var (
	plainHost   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$`)
	plainPrefix = regexp.MustCompile(`^[A-Za-z0-9_-]{0,64}$`)
)

// connectable reports whether there are connection strings for a cluster.
func connectable(c api.Cluster) bool {
	return plainHost.MatchString(c.Public.Host) && plainPrefix.MatchString(c.UserPrefix) &&
		c.Public.Port > 0 && c.Public.Port < 1<<16
}

// connectionStrings are the forms in which programs want the address of a cluster, all with
// TLS on. There are none for an address that could be more than that.
func connectionStrings(c api.Cluster) []connectionString {
	if !connectable(c) {
		return nil
	}
	user := "root"
	if c.UserPrefix != "" {
		user = c.UserPrefix + ".root"
	}
	host, port := c.Public.Host, strconv.Itoa(c.Public.Port)
	address := net.JoinHostPort(host, port)
	uri := url.URL{Scheme: "mysql", User: url.UserPassword(user, passwordPlaceholder), Host: address, Path: "/test"}
	return []connectionString{
		{lang.L("MySQL command line"), fmt.Sprintf("mysql --connect-timeout 15 -u '%s' -h '%s' -P %s -D test --ssl-mode=VERIFY_IDENTITY -p", user, host, port)},
		{lang.L("URI"), uri.String()},
		{"JDBC", fmt.Sprintf("jdbc:mysql://%s/test?user=%s&password=%s&sslMode=VERIFY_IDENTITY", address, url.QueryEscape(user), passwordPlaceholder)},
		{"Go", fmt.Sprintf("%s:%s@tcp(%s)/test?tls=true&parseTime=true", user, passwordPlaceholder, address)},
	}
}
