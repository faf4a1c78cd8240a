#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause
# Runs test programs, each of which prints a line "ok NAME" or "not ok NAME: why" for each test, and writes build/test-tally.
set -u
log=build/test-log
skipped=0
: >"$log"
# ThreadSanitizer wants the addresses where it expects them.
fixed=
setarch -R true 2>/dev/null && fixed='setarch -R'
for program in "$@"; do
	case $program in
	*_thread) $fixed "$program" >build/test-output 2>&1 ;;
	*) "$program" >build/test-output 2>&1 ;;
	esac
	status=$?
	if grep -q '^FATAL: ThreadSanitizer' build/test-output; then
		echo "skipped $program: ThreadSanitizer does not run here: $(head -n 1 build/test-output)"
		skipped=$((skipped + 1))
		continue
	fi
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
	echo "$passed $failed $skipped"
	grep '^not ok ' "$log"
} >build/test-tally
echo "engine: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
