#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# misuse.test.c calls every function that pfq.h declares.
cd "$(dirname "$0")/.." || exit 1
declared=$(test/declared.sh)
called=$(grep -oE '^	CALL\(pfq_[a-z_]+' test/misuse.test.c | cut -d'(' -f2 | sort -u)
if [ -n "$declared" ] && [ "$declared" = "$called" ]; then
	echo "ok each_function_of_the_header_is_called_wrongly"
	exit 0
fi
printf '%s\n%s\n' "$declared" "$called" | sort | uniq -u | sed 's/^/  /'
echo "FAILED each_function_of_the_header_is_called_wrongly"
exit 1
