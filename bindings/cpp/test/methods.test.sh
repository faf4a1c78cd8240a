#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Every function that pfq.h declares is called by the headers: all of the C API can be had from C++.
declared=$(../c/test/declared.sh)
missing=$(for name in $declared; do
	# its own range is what dispatch() goes through, so that exceptions pass
	[ "$name" = pfq_dispatch ] || cat include/pfq/*.hpp | grep -qF "$name(" || echo "$name"
done)
if [ -n "$declared" ] && [ -z "$missing" ]; then
	echo "ok every_function_of_the_c_api_is_there"
else
	echo "  missing: $missing"
	echo "FAILED every_function_of_the_c_api_is_there"
	exit 1
fi
