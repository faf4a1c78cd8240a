#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# usage: scripts/setup.sh build|run|test|kernel|debug-kernel|bench|fuzz|lint
#
# Brings the machine to where `make TARGET` can work: Node.js (checked), Debian packages, pnpm, npm packages.
# Says what it is about to install. On a machine that has everything it prints nothing and takes a fraction of a second.
set -eu
target=${1:?usage: scripts/setup.sh TARGET}
cd "$(dirname "$0")/.."
log=${TMPDIR:-/tmp}/pfq-setup.$$.log
trap 'rm -f "$log"' EXIT
# where install_pnpm puts it when it may not write to the system
PATH=$PATH:$HOME/.local/bin

say() { printf '%s\n' "$*"; }
die() { printf 'pfq: %s\n' "$*" >&2; exit 1; }

# Runs a command with root's rights; fails where there are none to be had.
as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"
	elif ! command -v sudo >/dev/null 2>&1; then return 1
	elif [ -t 0 ] && [ -t 2 ]; then sudo "$@"
	else sudo -n "$@" 2>/dev/null; fi
}

# Runs a command with its output in the log, which is shown only when the command fails.
quietly() {
	"$@" >"$log" 2>&1 </dev/null || { tail -n 20 "$log" >&2; return 1; }
}

check_node() {
	command -v node >/dev/null 2>&1 ||
		die "Node.js 20.19 or later is needed, and there is none on this PATH (see nodejs.org, or your distribution's nodejs package)"
	node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' ||
		die "Node.js 20.19 or later is needed; $(command -v node) is $(node --version)"
	# The addon is compiled against the headers of the Node.js that will load it.
	node_program=$(node -p 'require("fs").realpathSync(process.execPath)')
	node_header=${node_program%/bin/*}/include/node/node_api.h
	command -v npm >/dev/null 2>&1 || die "npm is needed (it comes with Node.js, or as the Debian package npm)"
}

# The packages that TARGET wants and this machine lacks, one a line: NAME|WANTED BY|WHY
missing_packages() {
	sed -n 's/ *| */|/g; /^[^#]/p' scripts/debian-packages.txt |
		awk -F'|' -v target="$target" '{ n = split($2, t, ","); for (i = 1; i <= n; i++) if (t[i] == "build" || t[i] == target) { print; next } }' >"$log.wanted"
	# shellcheck disable=SC2046
	dpkg-query -W -f '${Package} ${Status} ${Provides}\n' $(cut -d'|' -f1 "$log.wanted") 2>/dev/null |
		awk '/ install ok installed/ { print $1 }' >"$log.have" || true
	awk -F'|' 'NR == FNR { have[$1] = 1; next } !($1 in have)' "$log.have" "$log.wanted"
	rm -f "$log.wanted" "$log.have"
	if [ ! -e "$node_header" ] && dpkg-query -S "$node_program" 2>/dev/null | grep -q '^nodejs:'; then
		echo "libnode-dev|build|the headers of Debian's Node.js, for the addon"
	fi
}

install_packages() {
	command -v dpkg-query >/dev/null 2>&1 || {
		say "This is not a Debian-like system: see scripts/debian-packages.txt for what the build expects to find."
		return 0
	}
	missing=$(missing_packages)
	[ -n "$missing" ] || return 0
	say "Debian packages that \`make $target\` needs and this machine lacks:"
	printf '%s\n' "$missing" | awk -F'|' '{ printf "  %-24s %s\n", $1, $3 }'
	if as_root true; then
		say "Installing them ..."
		quietly as_root apt-get -q update || true
		# shellcheck disable=SC2046
		apt_install $(names_of "$missing") || for name in $(names_of "$missing"); do apt_install "$name" || true; done
		missing=$(missing_packages)
		[ -n "$missing" ] || return 0
	fi
	remedy="apt-get install $(names_of "$missing")"
	if printf '%s\n' "$missing" | cut -d'|' -f2 | grep -qw build; then
		die "these could not be installed, and nothing can be built without them. As root:  $remedy"
	fi
	say "Going on with less, as these could not be installed. As root:  $remedy"
}

names_of() { printf '%s\n' "$1" | cut -d'|' -f1 | paste -sd' ' -; }

apt_install() {
	quietly as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=180 install "$@"
}

pnpm_works() {
	command -v pnpm >/dev/null 2>&1 || return 1
	version=$(COREPACK_ENABLE_DOWNLOAD_PROMPT=0 timeout 60 pnpm --version 2>/dev/null </dev/null) || return 1
	[ "${version%%.*}" -ge 10 ] 2>/dev/null
}

install_pnpm() {
	pnpm_works && return 0
	wanted=$(node -p 'require("./package.json").packageManager')
	# --force replaces a pnpm that is there and does not work (a corepack stub without network, an old one).
	prefix=$(npm prefix --global 2>/dev/null)
	if [ -w "$prefix/lib/node_modules" ] || { [ ! -e "$prefix/lib/node_modules" ] && [ -w "$prefix/lib" ]; }; then
		say "Installing $wanted (npm install --global) ..."
		quietly npm install --global --force "$wanted" && pnpm_works && return 0
	elif as_root true; then
		say "Installing $wanted (sudo npm install --global) ..."
		quietly as_root npm install --global --force "$wanted" && pnpm_works && return 0
	fi
	say "Installing $wanted in $HOME/.local ..."
	quietly npm install --global --prefix "$HOME/.local" "$wanted" || die "cannot install $wanted"
	PATH=$HOME/.local/bin:$PATH
	pnpm_works || die "$wanted is installed in $HOME/.local, but does not run"
	say "With $HOME/.local/bin on your PATH you can type pnpm yourself."
}

# Leaves a stamp, so that the next run need not start pnpm to learn that nothing changed.
install_npm_packages() {
	stamp=node_modules/.pfq-setup
	if [ -e "$stamp" ] && command -v pnpm >/dev/null 2>&1 &&
		[ -z "$(find pnpm-lock.yaml pnpm-workspace.yaml package.json packages/*/package.json bindings/*/package.json testbed/package.json -newer "$stamp" 2>/dev/null)" ]; then
		return 0
	fi
	install_pnpm
	[ -e node_modules ] || say "Installing npm packages (pnpm install) ..."
	quietly env CI=true pnpm install --frozen-lockfile --prefer-offline || die "pnpm install failed"
	touch "$stamp"
}

check_node_headers() {
	[ -e "$node_header" ] || die "$node_header is missing: use a Node.js that has its headers, as the builds of nodejs.org do"
}

check_node
install_packages
check_node_headers
install_npm_packages
