/* SPDX-License-Identifier: BSD-3-Clause */
#include "json_place.h"

enum {
	KEY = 80,
	SHOWN = 44, /* octets of a value that are told */
};

/* The key with all that leads to it: funArgs[2].argValue[7] */
static void name_key(const struct json_place *place, const char *key, char *text)
{
	int length = 0;

	*text = 0;
	if (place->argument != NOWHERE)
		length = snprintf(text, KEY, "funArgs[%zu]", place->argument);
	if (key)
		length += snprintf(text + length, KEY - length, "%s%s", length ? "." : "", key);
	if (place->element != NOWHERE)
		snprintf(text + length, KEY - length, "[%zu]", place->element);
}

struct shown {
	char text[SHOWN];
	size_t size; /* of all of it */
};

/* Takes what fits, and counts the rest. */
static int take(const char *octets, size_t size, void *into)
{
	struct shown *shown = into;
	size_t room = shown->size < SHOWN ? SHOWN - shown->size : 0;

	memcpy(shown->text + (SHOWN - room), octets, size < room ? size : room);
	shown->size += size;
	return 0;
}

static void show(const json_t *value, struct shown *shown)
{
	static const char more[] = "...";

	if (value)
		json_dump_callback(value, take, shown,
				   JSON_ENCODE_ANY | JSON_COMPACT | JSON_ENSURE_ASCII);
	else
		take("missing", 7, shown);
	if (shown->size < SHOWN)
		shown->text[shown->size] = 0;
	else
		memcpy(shown->text + SHOWN - sizeof(more), more, sizeof(more));
}

int wrong_json(const struct json_place *place, const char *key, const json_t *found,
	       const char *wanted, ...)
{
	char named[KEY], must[PFQ_ERROR_TEXT];
	struct shown shown = { .size = 0 };
	va_list arguments;

	name_key(place, key, named);
	show(found, &shown);
	va_start(arguments, wanted);
	vsnprintf(must, sizeof(must), wanted, arguments);
	va_end(arguments);
	return pfq_fail_node(place->error, EINVAL, (int)place->node,
			     "JSON: node %u: %s%s%s, must be %s", place->node, named,
			     *named ? ": " : "", shown.text, must);
}
