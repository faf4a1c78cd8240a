#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# usage: scripts/run.sh OPTIONS OF pfq run
# `pfq run` from the checkout; by sudo when it captures from an interface and no password is asked for.
cd "$(dirname "$0")/.." || exit 1
become=
case " $* " in
*" -i "* | *" -i"[!\ ]*)
	[ "$(id -u)" = 0 ] || ! sudo -n true 2>/dev/null || become='sudo -n'
	;;
esac
exec $become "$(command -v node)" packages/tools/bin/pfq.js run "$@"
