#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Programs as they were written for PFQ 6 (testbed/compat) build as C and as C++ without a warning, and work; those that are
# built more strictly do, too.
cd "$(dirname "$0")/.." || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
programs=../../testbed/compat
status=0

passed() { echo "ok $1"; }

failed() {
	echo "FAILED $1"
	cat "$work/log"
	status=1
}

check() {
	name=$1
	shift
	if "$@" >"$work/log" 2>&1; then passed "$name"; else failed "$name"; fi
}

build() {
	flags="-Wall -Wextra -Werror -Iinclude -I../../packages/abi/include"
	# shellcheck disable=SC2086
	cc -std=gnu11 $flags -o "$work/$1" "$programs/$1.c" build/libpfq.a -lpcap -lurcu-bp -ljansson -pthread &&
		c++ -std=c++17 -x c++ $flags -fsyntax-only "$programs/$1.c"
}

for program in read dispatch send filters; do
	check "builds_as_c_and_as_cpp: $program" build $program
done

echo '#include <pfq/pfq.h>' >"$work/strict.c"

strictly() {
	for standard in c99 c11 gnu17; do
		"$1" -std=$standard -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wcast-align -Wcast-qual -Wstrict-prototypes -Wundef -Werror \
			-Iinclude -I../../packages/abi/include -fsyntax-only "$work/strict.c" || return 1
	done
}

for compiler in gcc clang-14 clang-19; do
	if command -v $compiler >/dev/null; then
		check "the_header_has_no_warning: $compiler" strictly $compiler
	else
		echo "SKIPPED the_header_has_no_warning: $compiler is not installed"
	fi
done

# 12 UDP packets of 90 octets
{
	printf '\324\303\262\241\002\000\004\000\000\000\000\000\000\000\000\000\000\000\001\000\001\000\000\000'
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do
		printf '\001\000\000\000\000\000\000\000\132\000\000\000\132\000\000\000'
		printf '\002\000\000\000\000\002\002\000\000\000\000\001\010\000'
		printf '\105\000\000\114\000\000\000\000\100\021\000\000\012\000\000\001\012\000\000\002\003\350\000\065\000\070\000\000'
		head -c 48 /dev/zero
	done
} >"$work/capture.pcap"
# the first golden program: drop unless IPv4
sed -n '1s/.* //p' ../../packages/lang/golden/images.txt | sed 's/../\\x&/g' | xargs -d'\n' env printf >"$work/program.image"

says() {
	expected=$1
	shift
	"$@" >"$work/out" 2>&1
	code=$?
	cat "$work/out"
	[ $code = 0 ] && [ "$(cat "$work/out")" = "$expected" ]
}

export PFQ_HOST=user
check "works: read" says 'packets 12 octets 1080 lost 0 drop 0' "$work/read" "pcap:$work/capture.pcap" 7
check "works: dispatch" says 'packets 12' "$work/dispatch" "pcap:$work/capture.pcap"
check "works: send" says 'sent 2000 fail 0 disc 0' "$work/send" mem:compat 1000
check "works: filters" says 'received packets' "$work/filters" "pcap:$work/capture.pcap" "$work/program.image"
exit $status
