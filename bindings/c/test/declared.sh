#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Writes the names of the functions that pfq.h declares to libpfq (the inline ones are not among them), one a line.
tr '\n' ' ' <"$(dirname "$0")/../include/pfq/pfq.h" | sed 's,/\*[^*]*\*\+\([^/*][^*]*\*\+\)*/,,g' |
	grep -oE '[a-z_]+ \*?pfq_[a-z_]+\([^)]*\);' | grep -oE 'pfq_[a-z_]+\(' | tr -d '(' | sort -u
