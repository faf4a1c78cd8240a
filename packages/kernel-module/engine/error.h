/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* How a control call fails: a negative errno, and one line that says what, where, and the remedy.
 */
#ifndef PFQ_ENGINE_ERROR_H
#define PFQ_ENGINE_ERROR_H

#include "platform.h"

/* Fills in *error (which may be NULL) and gives -code, so that a caller can return it. */
__attribute__((format(printf, 3, 4))) int pfq_fail(struct pfq_error *error, int code,
						   const char *format, ...);

/* The same, about a node of an image. */
__attribute__((format(printf, 4, 5))) int pfq_fail_node(struct pfq_error *error, int code, int node,
							const char *format, ...);
int pfq_vfail(struct pfq_error *error, int code, int node, const char *format, va_list arguments)
	__attribute__((format(printf, 4, 0)));

#endif
