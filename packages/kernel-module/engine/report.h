/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* Tables of what there is in an engine, for people to read. docs/kernel.md says what their columns
 * mean. */
#ifndef PFQ_ENGINE_REPORT_H
#define PFQ_ENGINE_REPORT_H

#include "text.h"

struct pfq_report {
	const char *name;
	const char *header;
	unsigned int rows; /* that there may be */
	bool confidential; /* what programs look for: figures are for everybody */
	void (*print)(struct pfq_engine *engine, unsigned int row, const struct pfq_text *text);
};

enum {
	PFQ_REPORTS = 6,
};

extern const struct pfq_report pfq_reports[PFQ_REPORTS];

/* Prints nothing where there is nothing of that number. May sleep; what comes and goes meanwhile
 * does not matter. */
void pfq_report_print(const struct pfq_report *report, struct pfq_engine *engine, unsigned int row,
		      const struct pfq_text *text);

#endif
