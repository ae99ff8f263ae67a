package main

import "canopy/ui/e2e"

const (
	signInWords = "Sign in with your browser"
	waiting     = "Waiting for your approval"
)

// signIns is signing in with a browser, and how that can end.
var signIns = chapter{
	name: "sign-in",
	shots: []shot{
		{
			name: "signin", about: "The first screen, in the sandbox", narrow: true,
			says: []string{"See your TiDB Cloud", signInWords, "Use a device code", "Use an API key", "This is the local sandbox."},
		},
		{
			name: "waiting", about: "The browser has been opened, the person is asked there",
			way:  []step{click(signInWords)},
			says: []string{"Finish in your browser", "Browser opened", waiting, "This link works for", "Open browser again", "Copy link"},
		},
		{
			name: "waiting-toast", about: "A toast: the link has been copied",
			way:  []step{click("Copy link")},
			says: []string{"Link copied"},
		},
		{
			name: "waiting-stray", about: "Another program knocked at the address that waits for the browser",
			way:  []step{gone("Link copied"), knock},
			says: []string{"2 stray requests ignored"},
		},
		{
			name: "signin-denied", about: "The person said no in the browser",
			way:  []step{answers(acme, e2e.Deny)},
			says: []string{"You said no in the browser", "Details"},
		},
		{
			name: "error-details", about: "The technical text of an error",
			way:  []step{click("Details")},
			says: []string{"What happened", "Copy", "Close"},
		},
		{
			name: "signin-unreachable", about: "The token endpoint cannot be reached",
			way:  []step{press("Escape"), faults("reset=token"), click(signInWords), answers(acme, e2e.Allow)},
			says: []string{"cannot be reached right now"},
		},
		{
			name: "signin-server", about: "The token endpoint answers with an error",
			way:  []step{faults("status=token:500"), click(signInWords), answers(acme, e2e.Allow)},
			says: []string{"answered with an error"},
		},
		{
			name: "signin-untrusted", about: "The token endpoint sends the request elsewhere",
			way:  []step{faults("redirect=token:https://evil.example/"), click(signInWords), answers(acme, e2e.Allow)},
			says: []string{"so Canopy did not trust it"},
		},
		{
			name: "waiting-exchange", about: "Approved; the code is being exchanged",
			way:  []step{faults("slow=token:4s"), click(signInWords), answersMeanwhile(acme)},
			says: []string{"Exchange the code"}, never: []string{"This link works for"},
		},
		{
			name: "reading-first", about: "Signed in; nothing has been read yet",
			way:  []step{faults("slow=api:30s"), await("Acme Robotics")},
			says: []string{"Reading your organization…", "Reading…"},
		},
	},
}

// browserPages are the pages that the person sees in the browser on the way: TiDB Cloud's, as the sandbox has them, and
// Canopy's own at the end.
var browserPages = chapter{
	name: "browser",
	shots: []shot{
		{
			name: "page-accounts", about: "In the browser: who is signing in", page: true,
			way:  []step{click(signInWords), linkInBrowser},
			says: []string{alice, bob, gina},
		},
		{
			name: "page-consent", about: "In the browser: what Canopy may read", page: true,
			way:  []step{onPage(alice)},
			says: []string{"Allow", "Deny", "Acme Robotics", "All projects, also new ones", "Only these"},
		},
		{
			name: "page-consent-empty", about: "In the browser: nothing has been ticked", page: true,
			way:  []step{onPage("Only these"), onPage("Allow")},
			says: []string{"No project of Acme Robotics is ticked"},
		},
		{
			name: "page-done", about: "In the browser: Canopy's page at the end", page: true,
			way:  []step{onPage("payments"), onPage("Allow")},
			says: []string{"You are signed in", alice, "Acme Robotics"},
		},
		{
			name: "page-apps", about: "In the browser: Authorized OAuth Apps", page: true,
			way:  []step{shown("org/1001"), inBrowser("%s/account/oauth-apps")},
			says: []string{"Acme Robotics", "payments", "Revoke"},
		},
		{
			name: "page-revoked", about: "In the browser: the access has been revoked there", page: true,
			way:  []step{onPage("Revoke")},
			says: []string{"The access was revoked."},
		},
		{
			name: "page-device", about: "In the browser: the code of another device", page: true,
			way:  []step{inBrowser("%s/oauth/device")},
			says: []string{"code"},
		},
	},
}

// devices is signing in with a code on another device, and with an API key.
var devices = chapter{
	name: "other-ways",
	shots: []shot{
		{
			name: "device", about: "A device code",
			way:  []step{click("Use a device code")},
			says: []string{"Approve on any device", "Copy code", "Open page", "checking every"},
		},
		{
			name: "device-denied", about: "The person said no on the other device",
			way:  []step{faults("device-deny")},
			says: []string{"You said no in the browser"},
		},
		{
			name: "device-expired", about: "The code ran out",
			way:  []step{faults("device-expire"), click("Use a device code")},
			says: []string{"The link ran out before you approved it"},
		},
		{
			name: "apikey", about: "Where an API key is typed",
			way:  []step{faults(), click("Use an API key")},
			says: []string{"Use an API key", "A viewer's key is enough", "Use this key"},
		},
		{
			name: "apikey-typed", about: "An API key that has been typed",
			way:  []step{write("SBX01001"), press("Tab"), write("no such key")},
			says: []string{"Use an API key", "SBX01001"},
		},
		{
			name: "apikey-refused", about: "An API key that TiDB Cloud does not accept",
			way:  []step{press("Return")},
			says: []string{"refused this API key"},
		},
	},
}

// keyrings is a machine without a keyring, where the sign-in is kept in an encrypted file.
var keyrings = chapter{
	name: "no-keyring",
	desk: e2e.Options{NoKeyring: true},
	shots: []shot{
		{
			name: "keyring-absent", about: "There is no keyring",
			way:  []step{click(signInWords)},
			says: []string{"There is no keyring on this machine", "Use for this session only", "Keep in an encrypted file"},
		},
		{
			name: "passphrase-new", about: "A passphrase for the file is chosen",
			way:  []step{click("Keep in an encrypted file")},
			says: []string{"Passphrase", "Choose a passphrase of ten characters or more", "Keep in this file"},
		},
		{
			name: "passphrase-typed", about: "A passphrase typed twice",
			way:  []step{write("correct horse"), press("Tab"), write("correct horse")},
			says: []string{"Passphrase", "Keep in this file"},
		},
		{
			name: "passphrase", about: "The passphrase is asked for after a restart",
			way:  []step{press("Return"), answers(acme, e2e.Allow), shown("org/1001"), read, restart},
			says: []string{"Canopy asks for it once each time it starts", "Unlock"},
		},
		{
			name: "passphrase-wrong", about: "It was another one",
			way:  []step{write("wrong"), press("Return")},
			says: []string{"That was not the passphrase of the file"},
		},
	},
}

// locked is a keyring that is locked.
var locked = chapter{
	name: "locked-keyring",
	shots: []shot{
		{
			name: "keyring-locked-start", about: "The keyring with the sign-in in it is locked",
			way:  []step{signIn(acme), lockKeyring, restart},
			says: []string{"Nothing has been read yet.", "Retry"},
		},
		{
			name: "keyring-locked", about: "The keyring is locked",
			way:  []step{menu("Canopy", "Sign out…"), click("Sign out"), click(signInWords)},
			says: []string{"Your keyring is locked. Unlock it and try again."},
		},
		{
			name: "keyring-slow", about: "The keyring asks for its password, and nobody sees it",
			way:  []step{mutePrompts, click(signInWords)},
			says: []string{"Your keyring did not answer within three seconds"},
		},
	},
}

// browserless is a machine without a browser.
var browserless = chapter{
	name: "no-browser",
	desk: e2e.Options{NoBrowser: true},
	shots: []shot{{
		name: "waiting-no-browser", about: "No browser could be opened",
		way:  []step{click(signInWords)},
		says: []string{"No browser could be opened. Copy the link", "Browser not opened: use the link"},
	}},
}

// clouds is TiDB Cloud itself, and the settings.
var clouds = chapter{
	name:  "cloud",
	flags: []string{},
	shots: []shot{
		{
			name: "signin-cloud", about: "The first screen for TiDB Cloud",
			says: []string{"Canopy never sees your password", "No account at hand?", "Open the local sandbox"},
		},
		{
			name: "signin-no-client", about: "There is no OAuth client for TiDB Cloud yet",
			way:  []step{click(signInWords)},
			says: []string{"needs a client id", "Settings…"},
		},
		{
			name: "settings", about: "The settings", narrow: true,
			way:  []step{click("Settings…")},
			says: []string{"Settings", "Client id", "Redirect host", "CA file", "Save"},
		},
		{
			name: "settings-wrong", about: "A setting that cannot be",
			way:  []step{click("any free port"), write("99999999"), press("Return")},
			says: []string{"99999999"},
		},
		{
			name: "about", about: "What Canopy is",
			way:  []step{press("Escape"), menu("Canopy", "About Canopy")},
			says: []string{"A window on TiDB Cloud that only reads", "Settings file:"},
		},
	},
}
