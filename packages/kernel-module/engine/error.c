/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
#include "error.h"

__attribute__((format(printf, 4, 0))) static void fill(struct pfq_error *error, int code, int node,
						       const char *format, va_list arguments)
{
	if (!error)
		return;
	error->code = -code;
	error->node = node;
	vsnprintf(error->text, sizeof(error->text), format, arguments);
	/* Names of devices come from outside, and the text is one line, whatever they are. */
	for (char *at = error->text; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 127)
			*at = '?';
}

int pfq_fail(struct pfq_error *error, int code, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	fill(error, code, -1, format, arguments);
	va_end(arguments);
	return -code;
}

int pfq_fail_node(struct pfq_error *error, int code, int node, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	fill(error, code, node, format, arguments);
	va_end(arguments);
	return -code;
}
