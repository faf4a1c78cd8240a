#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# usage: scripts/pack.sh FOLDER
# Packs what has been built into tarballs in FOLDER, which `npm install FOLDER/*.tgz` installs together. pnpm looks for what
# they need of each other where it is told to: by pnpm-workspace.yaml, beside them.
set -e
[ $# = 1 ] || { sed -n '3s/^# //p' "$0" >&2; exit 2; }
mkdir -p "$1"
into=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
pnpm --recursive --filter './packages/*' --filter @pfq/libpfq pack --pack-destination "$into" >/dev/null
{
	echo overrides:
	for tarball in "$into"/pfq-*.tgz; do
		basename "$tarball" | sed "s|^pfq-\(.*\)-[0-9].*|  '@pfq/\1': 'file:$tarball'|"
	done
} >"$into/pnpm-workspace.yaml"
