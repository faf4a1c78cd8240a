#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The README's examples build as they are printed, without a warning, and the first one runs.
. test/environment.sh
awk -v work="$work" '/^```haskell$/ { file = work "/example" ++count ".hs"; next } /^```$/ { file = "" } file { print >file }' README.md
{
	printf 'module Main (main) where\nimport Data.IORef\nimport Network.PFQ hiding (read)\nimport qualified Network.PFQ as PFQ\n'
	printf 'import Network.PFQ.Lang.Default (steer_flow)\n'
	cat "$work/example2.hs" "$work/example3.hs"
	printf '\nmain :: IO ()\nmain = with member (\\a -> with member (\\b -> balanced "mem:readme" a [b] >> newIORef True >>= \\ended -> count a ended 0 >>= print))\n'
	printf '  where member = openNoGroup 64 64 64 64\n'
} >"$work/second.hs"
{
	cat "$work/example4.hs"
	printf '\nmain :: IO ()\nmain = print (image web)\n'
} >"$work/third.hs"

# Ethernet, IPv4, UDP from port 1000: three packets to port 53, and two to port 54
{
	printf '\324\303\262\241\002\000\004\000\000\000\000\000\000\000\000\000\000\000\001\000\001\000\000\000'
	for port in 065 066 065 066 065; do
		printf '\001\000\000\000\000\000\000\000\052\000\000\000\052\000\000\000'
		printf '\002\000\000\000\000\002\002\000\000\000\000\001\010\000'
		printf '\105\000\000\034\000\000\000\000\100\021\000\000\012\000\000\001\012\000\000\002'
		printf "\\003\\350\\000\\$port\\000\\010\\000\\000"
	done
} >"$work/dns.pcap"

if ghc -threaded -Wall -Werror -outputdir "$work/1" -o "$work/lengths" "$work/example1.hs" >"$work/log" 2>&1 &&
	ghc -threaded -Wall -Werror -outputdir "$work/2" -o "$work/balanced" "$work/second.hs" >"$work/log" 2>&1 &&
	PFQ_HOST=user "$work/balanced" >"$work/log" 2>&1 &&
	ghc -Wall -Werror -outputdir "$work/3" -o "$work/web" "$work/third.hs" >"$work/log" 2>&1 &&
	"$work/web" >"$work/log" 2>&1 &&
	PFQ_HOST=user "$work/lengths" "pcap:$work/dns.pcap" >"$work/log" 2>&1 &&
	[ "$(tr '\n' ' ' <"$work/log")" = '42 42 42 ' ]; then
	echo "ok the_readme_s_examples_build_and_run"
else
	echo "FAILED the_readme_s_examples_build_and_run"
	cat "$work/log"
	exit 1
fi
