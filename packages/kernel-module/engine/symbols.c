/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
#include "symbols.h"

#include "generated/symbols.inc"

/* The rows are sorted by name; what is not among them may be a third party's. */
const struct pfq_symbol *pfq_find_symbol(const char *name)
{
	unsigned int low = 0, high = pfq_symbol_count;

	while (low < high) {
		unsigned int middle = (low + high) / 2;
		int order = strcmp(name, pfq_symbols[middle].name);

		if (order == 0)
			return &pfq_symbols[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return pfq_foreign_symbol(name);
}
