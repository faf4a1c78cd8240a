#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Every function that pfq.h declares is exported by the library, shared or static, and no other symbol is.
cd "$(dirname "$0")/.." || exit 1
declared=$(test/declared.sh)
exported=$(nm -D --defined-only build/libpfq.so | awk '$2 == "T" { sub(/@.*/, "", $3); print $3 }' | sort -u)
others=$(nm -D --defined-only build/libpfq.so | awk '$2 != "T" && $2 != "A"')
# Each in the version that stands in the map; programs ask for the library by its soname.
versions=$(nm -D --with-symbol-versions --defined-only build/libpfq.so | awk '$2 == "T" && $3 !~ /@@PFQ_0$/')
soname=$(objdump -p build/libpfq.so | awk '$1 == "SONAME" { print $2 }')
if [ -z "$versions" ] && [ "$soname" = libpfq.so.0 ]; then
	echo "ok symbols_have_versions_and_the_library_a_soname"
else
	echo "  $soname $versions"
	echo "FAILED symbols_have_versions_and_the_library_a_soname"
	exit 1
fi
static=$(nm --defined-only build/libpfq.a | awk '$2 ~ /^[A-TV-Z]$/ { print $3 }' | sort -u)
if [ "$declared" = "$static" ]; then
	echo "ok the_static_library_has_no_other_names"
else
	echo "  declared and had differ:"
	printf '%s\n%s\n' "$declared" "$static" | sort | uniq -u | sed 's/^/    /'
	echo "FAILED the_static_library_has_no_other_names"
	exit 1
fi
if [ "$declared" = "$exported" ] && [ -z "$others" ] && [ -n "$declared" ]; then
	echo "ok what_the_header_declares_is_exported_and_nothing_else"
	exit 0
fi
echo "  declared and exported differ:"
printf '%s\n%s\n' "$declared" "$exported" | sort | uniq -u | sed 's/^/    /'
[ -z "$others" ] || echo "$others"
echo "FAILED what_the_header_declares_is_exported_and_nothing_else"
exit 1
