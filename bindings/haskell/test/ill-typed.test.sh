#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Each line of ill-typed.txt is an expression that is no program: GHC must find a type error there.
. test/environment.sh
status=0
module() {
	printf '{-# LANGUAGE OverloadedStrings #-}\nmodule Programs where\nimport Network.PFQ.Lang.Default ((>->), (.&&.), (.<), (.==), NetFunction)\nimport qualified Network.PFQ.Lang.Default as L\n'
	awk '{ printf "program%d :: NetFunction\nprogram%d = %s\n", NR, NR, $0 }'
}

# With nothing wrong, the frame itself compiles.
echo 'L.filter (L.is_tcp .&&. L.ip_ttl .< 5) >-> L.addr "10.0.0.0/8"' | module >"$work/Programs.hs"
ghc -fno-code "$work/Programs.hs" >"$work/log" 2>&1 || {
	echo "FAILED ill_typed: what is well typed does not compile"
	cat "$work/log"
	exit 1
}
# GHC tells of some errors only where there are none of other kinds: what was refused is taken out, and the rest looked at again.
cp test/ill-typed.txt "$work/left"
for _ in 1 2 3; do
	module <"$work/left" >"$work/Programs.hs"
	ghc -fno-code "$work/Programs.hs" >"$work/log" 2>&1
	sed -nE 's/.*Programs.hs:([0-9]+):[0-9]+: error:.*/\1/p' "$work/log" >"$work/lines"
	awk 'FILENAME == ARGV[1] { refused[($1 - 4) / 2] = 1; next } { print refused[FNR] ? "L.ip" : $0 }' "$work/lines" "$work/left" >"$work/next"
	mv "$work/next" "$work/left"
done
paste -d'|' "$work/left" test/ill-typed.txt >"$work/both"
while IFS='|' read -r left expression; do
	if [ "$left" = L.ip ]; then
		echo "ok ill_typed: $expression"
	else
		echo "FAILED ill_typed: $expression"
		status=1
	fi
done <"$work/both"
exit $status
