#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause
# Runs test programs, each of which prints a line "ok NAME" or "not ok NAME: why" for each test, and writes build/test-tally.
set -u
log=build/test-log
: >"$log"
for program in "$@"; do
	"$program" >build/test-output 2>&1
	status=$?
	cat build/test-output >>"$log"
	grep '^not ok ' build/test-output
	if [ "$status" -ne 0 ] && ! grep -q '^not ok ' build/test-output; then
		echo "not ok $program: exit status $status" | tee -a "$log"
		cat build/test-output
	fi
done
passed=$(grep -c '^ok ' "$log")
failed=$(grep -c '^not ok ' "$log")
{
	echo "$passed $failed 0"
	grep '^not ok ' "$log"
} >build/test-tally
echo "engine: $passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
