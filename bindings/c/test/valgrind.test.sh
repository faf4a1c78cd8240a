#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The tests' programs, built without sanitizers, and the examples under valgrind: no error, and no block of memory that is lost.
# PFQ_TEST_LONG=1: those that take long, too.
cd "$(dirname "$0")/.." || exit 1
command -v valgrind >/dev/null || {
	echo "SKIPPED valgrind: valgrind is not installed"
	exit 0
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0
export PFQ_HOST=user

# Exit status 99: valgrind found something. It says of some ioctls that it does not know them, which is no error.
watch() {
	name=$1
	shift
	if valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite --show-leak-kinds=definite \
		--suppressions=test/valgrind.supp "$@" >"$work/log" 2>&1 && ! grep -q '^==.*definitely lost' "$work/log"; then
		echo "ok valgrind: $name"
	else
		echo "FAILED valgrind: $name"
		grep -v '^ok ' "$work/log" | head -n 60
		status=1
	fi
}

build() {
	cc -std=gnu11 -g -Iinclude -I../../packages/abi/include -o "$work/example" "$1" build/libpfq.a -lpcap -lurcu-bp -pthread
}

[ "${PFQ_TEST_LONG:-}" = 1 ] && long='live misuse' || long=
for program in capture-corpus capture-file close compiler filter fork golden life memory-device receive threads transmit $long; do
	watch "$program" "build/test/$program"
done
for example in man/*.c; do
	build "$example" || status=1
	watch "$example" "$work/example"
done
export PFQ_LANG=../../packages/lang/bin/pfq-lang.js
capture=pcap:test/corpus/capture/microseconds
for command in "count $capture" "capture $capture $work/copy.pcap" "balance $capture" "forward $capture mem:there" "generate mem:there 1000"; do
	name=${command%% *}
	build "../../examples/c/$name.c" || status=1
	# shellcheck disable=SC2086
	watch "examples/c/$name.c" "$work/example" ${command#* }
done
exit $status
