#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Every function that pfq.h declares is exported by the library, and no other symbol is.
cd "$(dirname "$0")/.." || exit 1
declared=$(test/declared.sh)
exported=$(nm -D --defined-only build/libpfq.so | awk '$2 == "T" { sub(/@.*/, "", $3); print $3 }' | sort -u)
others=$(nm -D --defined-only build/libpfq.so | awk '$2 != "T" && $2 != "A"')
if [ "$declared" = "$exported" ] && [ -z "$others" ] && [ -n "$declared" ]; then
	echo "ok what_the_header_declares_is_exported_and_nothing_else"
	exit 0
fi
echo "  declared and exported differ:"
printf '%s\n%s\n' "$declared" "$exported" | sort | uniq -u | sed 's/^/    /'
[ -z "$others" ] || echo "$others"
echo "FAILED what_the_header_declares_is_exported_and_nothing_else"
exit 1
