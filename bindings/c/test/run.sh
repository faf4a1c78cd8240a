#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# usage: test/run.sh TALLY PROGRAM...
# Runs test programs (SUITE: whose they are; TEST_SECONDS: how long each may take, 120), and writes a tally: `passed failed skipped`, and a note for each test that did not pass.
tally=$1
shift
export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_leaks=1}"
export UBSAN_OPTIONS="${UBSAN_OPTIONS:-halt_on_error=1:print_stacktrace=1}"
# a child opens sockets of its own, and so has a thread of its own that closes them
export TSAN_OPTIONS="${TSAN_OPTIONS:-die_after_fork=0}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
: >"$work/results"

for program; do
	name=${program#build/}
	timeout "${TEST_SECONDS:-120}" "$program" >"$work/log" 2>&1
	status=$?
	sed -nE "s,^(ok|FAILED|SKIPPED) (.*),\1 $name: \2,p" "$work/log" >"$work/lines"
	# One that breaks off, or that a sanitizer ends, has failed even if every test passed.
	if [ "$status" != 0 ] && ! grep -q '^FAILED' "$work/lines"; then
		echo "FAILED $name: ended with status $status" >>"$work/lines"
	fi
	cat "$work/lines" >>"$work/results"
	if grep -q '^FAILED' "$work/lines"; then
		echo "--- $name (status $status)"
		grep -v '^ok ' "$work/log" | head -n 80
	fi
done

count() { grep -c "^$1 " "$work/results"; }
mkdir -p "$(dirname "$tally")"
{
	echo "$(count ok) $(count FAILED) $(count SKIPPED)"
	sed -n 's/^FAILED /FAILED   /p; s/^SKIPPED /SKIPPED  /p' "$work/results"
} >"$tally"
echo "${SUITE:-libpfq}: $(count ok) passed, $(count FAILED) failed, $(count SKIPPED) skipped"
[ "$(count FAILED)" = 0 ]
