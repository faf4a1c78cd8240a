/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
#include "error.h"

int pfq_vfail(struct pfq_error *error, int code, int node, const char *format, va_list arguments)
{
	if (!error)
		return -code;
	error->code = -code;
	error->node = node;
	vsnprintf(error->text, sizeof(error->text), format, arguments);
	/* Names of devices come from outside, and the text is one line, whatever they are. */
	for (char *at = error->text; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 127)
			*at = '?';
	return -code;
}

int pfq_fail(struct pfq_error *error, int code, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	pfq_vfail(error, code, -1, format, arguments);
	va_end(arguments);
	return -code;
}

int pfq_fail_node(struct pfq_error *error, int code, int node, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	pfq_vfail(error, code, node, format, arguments);
	va_end(arguments);
	return -code;
}
