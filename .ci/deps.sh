#!/bin/sh
# Makes sure that what Canopy's targets need from the system is there.
#
#   .ci/deps.sh build            a C compiler, GL and X headers: to compile the window
#   .ci/deps.sh build headless   also a virtual display, a browser, a keyring: to run without a display, and to test
#
# On Debian and its relatives what is missing is installed, as root or with sudo. Elsewhere the packages are named.
set -eu

say() { printf '%s\n' "$*" >&2; }

packages() { # of Debian
	case $1 in
	build) echo gcc libc6-dev pkg-config libgl1-mesa-dev xorg-dev ;;
	build-wayland) echo libwayland-dev libxkbcommon-dev ;;
	headless) echo xvfb openbox chromium gnome-keyring dbus xdg-utils fonts-dejavu-core fonts-noto-cjk libgl1-mesa-dri ;;
	esac
}

fedora='gcc mesa-libGL-devel libX11-devel libXcursor-devel libXrandr-devel libXinerama-devel libXi-devel libXxf86vm-devel'
arch='gcc mesa libx11 libxcursor libxrandr libxinerama libxi libxxf86vm'
suse='gcc Mesa-libGL-devel libX11-devel libXcursor-devel libXrandr-devel libXinerama-devel libXi-devel libXxf86vm-devel'
alpine='gcc musl-dev mesa-dev libx11-dev libxcursor-dev libxrandr-dev libxinerama-dev libxi-dev libxxf86vm-dev'

# present tells whether a group's programs and headers are there, whatever the distribution calls their packages.
present() {
	case $1 in
	build)
		command -v cc >/dev/null || return 1
		printf '#include <%s>\n' GL/gl.h X11/Xlib.h X11/Xcursor/Xcursor.h X11/extensions/Xrandr.h \
			X11/extensions/Xinerama.h X11/extensions/XInput2.h X11/extensions/xf86vmode.h |
			cc -E -xc - >/dev/null 2>&1
		;;
	build-wayland)
		printf '#include <%s>\n' wayland-client.h xkbcommon/xkbcommon.h | cc -E -xc - >/dev/null 2>&1
		;;
	headless)
		for program in Xvfb openbox chromium gnome-keyring-daemon dbus-daemon xdg-open; do
			command -v "$program" >/dev/null || return 1
		done
		;;
	esac
}

debian() {
	missing=
	for package in $(for group; do packages "$group"; done); do
		state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
		[ "$state" = installed ] || missing="$missing $package"
	done
	[ -n "$missing" ] || return 0
	as=
	if [ "$(id -u)" != 0 ]; then
		if ! command -v sudo >/dev/null; then
			say "deps: please install these packages as root, then try again: apt-get install$missing"
			exit 1
		fi
		as=sudo
	fi
	say "deps: installing$missing"
	$as apt-get update -q >&2
	# shellcheck disable=SC2086 # the list is words
	$as env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing >&2
}

others() {
	for group; do
		present "$group" && continue
		case $group in
		headless) say "deps: please install Xvfb, openbox, chromium, gnome-keyring, dbus-daemon, xdg-utils, Mesa's software GL, DejaVu and Noto CJK fonts, then try again." ;;
		build-wayland) say "deps: please install the headers of wayland-client and xkbcommon, then try again." ;;
		build)
			family="$(. /etc/os-release 2>/dev/null && echo "${ID:-} ${ID_LIKE:-}")"
			case " $family " in
			*fedora* | *rhel*) say "deps: please install these packages, then try again: dnf install $fedora" ;;
			*arch*) say "deps: please install these packages, then try again: pacman -S $arch" ;;
			*suse*) say "deps: please install these packages, then try again: zypper install $suse" ;;
			*alpine*) say "deps: please install these packages, then try again: apk add $alpine" ;;
			*) say "deps: please install a C compiler and the headers of GL, X11, Xcursor, Xrandr, Xinerama, Xi and Xxf86vm, then try again." ;;
			esac
			;;
		esac
		exit 1
	done
}

macos() {
	for group; do
		case $group in
		headless)
			say "deps: the end-to-end run needs Linux with Xvfb, a window manager and a Secret Service; on macOS use make build, make lint and make cover."
			exit 1
			;;
		build)
			if ! xcode-select -p >/dev/null 2>&1; then
				say "deps: please install Apple's command line tools with xcode-select --install, then try again."
				exit 1
			fi
			;;
		esac
	done
}

for group; do
	case $group in
	build | build-wayland | headless) ;;
	*)
		say "deps: there is no group called '$group'; the groups are build, build-wayland and headless."
		exit 2
		;;
	esac
done

case $(uname -s) in
Darwin) macos "$@" ;;
Linux) if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then debian "$@"; else others "$@"; fi ;;
*)
	say "deps: Canopy's make targets run on Linux and macOS; elsewhere, build it with go build."
	exit 1
	;;
esac
