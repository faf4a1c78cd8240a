#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Every function that pfq.h declares is imported, but for those that others stand for.
declared=$(../c/test/declared.sh)
missing=$(for name in $declared; do
	case $name in
	pfq_open | pfq_groups_mask | pfq_recv | pfq_dispatch) ;; # openGroup, getGroups, getPackets, and a loop in Haskell
	*) grep -qF "\"$name\"" src/Network/PFQ/Foreign.hs || echo "$name" ;;
	esac
done)
if [ -n "$declared" ] && [ -z "$missing" ]; then
	echo "ok every_function_of_the_c_api_is_there"
else
	echo "  missing: $missing"
	echo "FAILED every_function_of_the_c_api_is_there"
	exit 1
fi
