#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Each function of pfq.h has a manual page that troff takes, with an example that calls it, builds and runs.
cd "$(dirname "$0")/.." || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
pages=build/man
status=0

result() {
	if [ -z "$2" ]; then
		echo "ok $1"
	else
		printf '  %s\n' "$2"
		echo "FAILED $1"
		status=1
	fi
}

declared=$(grep -oE '^[a-z].*[ *]pfq_[a-z_]+\(' include/pfq/pfq.h | grep -v '^typedef' | grep -oE 'pfq_[a-z_]+\($' | tr -d '(' | sort -u)
written=$(cd $pages && ls ./*.3 | sed 's,^\./,,; s,\.3$,,' | sort)
result each_function_has_a_page "$(printf '%s\n%s\n' "$declared" "$written" | sort | uniq -u)"
result each_page_says_what_and_how "$(for page in $pages/*.3; do
	name=$(basename "$page" .3)
	sed -n '/^.SH NAME/{n;p}' "$page" | grep -qE " \\\\- .{6}" || echo "$name: no description"
	sed -n '/^.SH EXAMPLE/,/^.SH SEE/p' "$page" | grep -qF "$name(" || echo "$name: not in its example"
done)"
if command -v groff >/dev/null; then
	result troff_takes_each_page "$(for page in $pages/*.3; do groff -man -Tascii -ww -z "$page" 2>&1; done | head -n 10)"
else
	echo "SKIPPED troff_takes_each_page: groff is not installed"
fi
for example in man/*.c; do
	result "the_example_runs: $(basename "$example" .c)" "$(
		{ cc -std=gnu11 -Wall -Wextra -Werror -Iinclude -I../../packages/abi/include -o "$work/example" "$example" build/libpfq.a \
			-lpcap -lurcu-bp -ljansson -pthread && PFQ_HOST=user "$work/example" >/dev/null; } 2>&1 || echo "it ended with an error"
	)"
done
exit $status
