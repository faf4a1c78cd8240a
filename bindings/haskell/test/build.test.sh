#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The package builds offline without a warning; its tests pass; each export has documentation.
. test/environment.sh

if make -s all >"$work/log" 2>&1 && ! grep -q 'warning: \[-W' "$work/log"; then
	echo "ok builds_offline_without_a_warning"
else
	echo "FAILED builds_offline_without_a_warning"
	tail -n 40 "$work/log"
	exit 1
fi

spec=$(find build/dist -name spec -type f -perm -u+x)
"$spec" --format=failed-examples --no-color >"$work/log" 2>&1
status=$?
if [ $status = 0 ]; then
	"$spec" --format=specdoc --no-color --dry-run | sed -n 's/^  \([a-z].*[^ ]\) *$/ok spec: \1/p'
else
	sed 's/^/  /' "$work/log"
	echo "FAILED spec: $(grep -E 'examples?,' "$work/log")"
fi

make -s haddock >"$work/log" 2>&1
# Of Network.PFQ.Lang.Prelude only Haskell's own have none.
modules=$(sed -n "/Lang.Prelude/d; s/^ *\([0-9]*\)% .*in '\(Network[A-Za-z.]*\)'$/\1 \2/p" "$work/log")
if [ "$(echo "$modules" | grep -c '^100 ')" = 5 ] && ! echo "$modules" | grep -qv '^100 '; then
	echo "ok each_export_is_documented"
else
	echo "FAILED each_export_is_documented"
	grep -A8 -E '^ *[0-9]+%|rror' "$work/log" | head -n 40
	exit 1
fi
exit $status
