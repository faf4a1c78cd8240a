# SPDX-License-Identifier: BSD-3-Clause
# For tests that look whether each of some names is where it should be; $status is theirs to exit with.
# shellcheck shell=sh
status=0

# check TEST NAMES MISSING: there are names, and none of them is missing.
check() {
	if [ -n "$2" ] && [ -z "$3" ]; then
		echo "ok $1"
	else
		echo "  missing: $3"
		echo "FAILED $1"
		status=1
	fi
}
