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

# Exit status 99: valgrind found something. Fair: else a thread that spins keeps the others waiting, for minutes at times. It says of some ioctls that it does not know them, which is no error.
watch() {
	name=$1
	shift
	if valgrind -q --fair-sched=yes --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite --show-leak-kinds=definite \
		--suppressions=test/valgrind.supp "$@" >"$work/log" 2>&1 && ! grep -q '^==.*definitely lost' "$work/log"; then
		echo "ok valgrind: $name"
	else
		echo "FAILED valgrind: $name"
		grep -v '^ok ' "$work/log" | head -n 60
		status=1
	fi
}

# Builds an example and runs it with these arguments.
example() {
	source=$1
	shift
	cc -std=gnu11 -g -Iinclude -I../../packages/abi/include -o "$work/example" "$source" build/libpfq.a -lpcap -lurcu-bp -ljansson -pthread || status=1
	watch "${source#../../}" "$work/example" "$@"
}

[ "${PFQ_TEST_LONG:-}" = 1 ] && long='json live misuse' || long=
for program in capture-corpus capture-file close compiler filter fork golden json-corpus life memory-device receive threads transmit $long; do
	watch "$program" "build/test/$program"
done
for source in man/*.c; do
	example "$source"
done
capture=pcap:test/corpus/capture/microseconds
export PFQ_LANG=../../packages/lang/bin/pfq-lang.js
example ../../examples/c/count.c $capture
example ../../examples/c/capture.c $capture "$work/copy.pcap"
example ../../examples/c/balance.c $capture 3
example ../../examples/c/forward.c $capture mem:valgrind
example ../../examples/c/generate.c mem:valgrind 1000
exit $status
