#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The README's examples build as they are printed, without a warning, and the first one runs.
. test/environment.sh
awk -v work="$work" '/^```haskell$/ { file = work "/example" ++count ".hs"; next } /^```$/ { file = "" } file { print >file }' README.md
{
	cat "$work/example2.hs"
	printf '\nmain :: IO ()\nmain = print (image web)\n'
} >"$work/second.hs"

if ghc -threaded -Wall -Werror -outputdir "$work/1" -o "$work/balance" "$work/example1.hs" >"$work/log" 2>&1 &&
	ghc -Wall -Werror -outputdir "$work/2" -o "$work/web" "$work/second.hs" >"$work/log" 2>&1 &&
	"$work/web" >"$work/log" 2>&1 &&
	PFQ_HOST=user "$work/balance" pcap:../c/test/corpus/capture/microseconds >"$work/log" 2>&1 &&
	[ "$(grep -c '^thread' "$work/log")" = 4 ]; then
	echo "ok the_readme_s_examples_build_and_run"
else
	echo "FAILED the_readme_s_examples_build_and_run"
	cat "$work/log"
	exit 1
fi
