/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
#include "text.h"

enum {
	LINE = 320,
	DEEPEST = 6,	     /* calls in calls in a definition: the kernel's stack is small */
	LONGEST = 256 << 10, /* octets of a program */
};

void pfq_print(const struct pfq_text *text, const char *format, ...)
{
	char line[LINE];
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	text->write(text->to, line, length < LINE ? (size_t)length : LINE - 1);
}

void pfq_print_word(const struct pfq_text *text, const char *word)
{
	for (; *word; word++) {
		unsigned char octet = (unsigned char)*word;

		if (octet > ' ' && octet < 127 && octet != '\\')
			text->write(text->to, word, 1);
		else
			pfq_print(text, "\\x%02x", octet);
	}
}

struct printer {
	struct pfq_text text;
	const struct pfq_text *out;
	const struct pfq_checked_image *image;
	uint8_t *marks; /* by node: what is below */
	size_t left;	/* octets that may still be written */
};

/* A node that is reached; one that is used twice or more, or stands deep in calls, has a definition
 * of its own. The low bits are the depth in its definition. */
enum {
	REACHED = 0x80,
	DEFINED = 0x40,
	DEPTH = 0x3f,
};

static void write_bounded(void *to, const char *octets, size_t length)
{
	struct printer *printer = to;

	if (length > printer->left) {
		printer->left = 0;
		return;
	}
	printer->left -= length;
	printer->out->write(printer->out->to, octets, length);
}

static bool is_word(const struct pfq_image_node *node)
{
	return node->argument_count == 0 && node->next == PFQ_IMAGE_NO_NODE;
}

static void mark(struct printer *printer, uint64_t index, unsigned int depth)
{
	uint8_t *marks = &printer->marks[index];
	struct pfq_image_node node;

	pfq_image_node(printer->image, (uint32_t)index, &node);
	if (is_word(&node))
		*marks = REACHED;
	else if (*marks & REACHED || depth > DEEPEST)
		*marks = REACHED | DEFINED;
	else
		*marks = (uint8_t)(REACHED | depth);
}

/* References go forward, so that what reaches a node comes before it. */
static void mark_all(struct printer *printer)
{
	struct pfq_image_node node;

	mark(printer, 0, 0);
	for (uint32_t index = 0; index < printer->image->node_count; index++) {
		unsigned int depth = printer->marks[index] & DEPTH;

		if (!(printer->marks[index] & REACHED))
			continue;
		pfq_image_node(printer->image, index, &node);
		for (uint32_t i = 0; i < node.argument_count; i++)
			if (node.argument[i].type == PFQ_ARG_Fun)
				mark(printer, node.argument[i].value, depth + 1);
		if (node.next != PFQ_IMAGE_NO_NODE)
			mark(printer, node.next, depth);
	}
}

/* The next character of UTF-8, and U+FFFD for an octet that is none. */
static uint32_t take_character(const uint8_t **at, const uint8_t *end)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t first = *(*at)++;
	unsigned int length = first < 0xc0   ? 1
			      : first < 0xe0 ? 2
			      : first < 0xf0 ? 3
			      : first < 0xf8 ? 4
					     : 1;
	uint32_t character = length == 1 ? first : first & (0x7fU >> length);

	if (first < 0x80)
		return first;
	if (length == 1 || end - *at < (long)length - 1)
		return 0xfffd;
	for (unsigned int i = 0; i < length - 1; i++) {
		if (((*at)[i] & 0xc0) != 0x80)
			return 0xfffd;
		character = character << 6 | ((*at)[i] & 0x3f);
	}
	if (character < least[length] || character > 0x10ffff ||
	    (character >= 0xd800 && character < 0xe000))
		return 0xfffd;
	*at += length - 1;
	return character;
}

/* In ASCII alone, with the escapes of the language. */
static void print_string(const struct printer *printer, const struct pfq_image_argument *argument)
{
	const uint8_t *at = printer->image->data + argument->value, *end = at + argument->count;

	pfq_print(&printer->text, "\"");
	while (at < end) {
		uint32_t character = take_character(&at, end);

		if (character == '"' || character == '\\')
			pfq_print(&printer->text, "\\%c", (char)character);
		else if (character >= ' ' && character < 127)
			pfq_print(&printer->text, "%c", (char)character);
		else
			pfq_print(&printer->text, "\\%u\\&", character);
	}
	pfq_print(&printer->text, "\"");
}

static void print_ip4(const struct printer *printer, const uint8_t *octets)
{
	pfq_print(&printer->text, "%u.%u.%u.%u", octets[0], octets[1], octets[2], octets[3]);
}

static void print_network(const struct printer *printer, uint64_t offset)
{
	struct pfq_image_cidr network;
	const uint8_t *octets = network.address;

	memcpy(&network, printer->image->data + offset, sizeof(network));
	pfq_print(&printer->text, "\"");
	if (network.family == 4)
		print_ip4(printer, octets);
	else
		for (unsigned int i = 0; i < 16; i += 2)
			pfq_print(&printer->text, "%s%x", i ? ":" : "",
				  octets[i] << 8 | octets[i + 1]);
	pfq_print(&printer->text, "/%u\"", network.prefix);
}

static void print_integer(const struct printer *printer, unsigned int type, uint64_t value)
{
	const uint8_t octets[8] = { value >> 56, value >> 48, value >> 40, value >> 32,
				    value >> 24, value >> 16, value >> 8,  value };

	switch (type) {
	case PFQ_ARG_IPv4:
		pfq_print(&printer->text, "\"");
		print_ip4(printer, octets + 4);
		pfq_print(&printer->text, "\"");
		break;
	case PFQ_ARG_MAC:
		pfq_print(&printer->text, "\"%02x:%02x:%02x:%02x:%02x:%02x\"", octets[2], octets[3],
			  octets[4], octets[5], octets[6], octets[7]);
		break;
	case PFQ_ARG_Word64:
		pfq_print(&printer->text, "%llu", (unsigned long long)value);
		break;
	default:
		pfq_print(&printer->text, (int64_t)value < 0 ? "(%lld)" : "%lld", (long long)value);
	}
}

static void print_element(const struct printer *printer, const struct pfq_image_argument *list,
			  uint32_t index)
{
	const uint8_t *words = printer->image->data + list->value + (uint64_t)index * 8;
	struct pfq_image_argument element = { .type = list->type };
	struct pfq_image_text text;

	switch (list->type) {
	case PFQ_ARG_CIDR:
		print_network(printer, list->value + index * sizeof(struct pfq_image_cidr));
		return;
	case PFQ_ARG_String:
		text = pfq_image_text_element(words);
		element.value = text.offset;
		element.count = text.length;
		print_string(printer, &element);
		return;
	default:
		memcpy(&element.value, words, sizeof(element.value));
		print_integer(printer, list->type, element.value);
	}
}

static void print_list(const struct printer *printer, const struct pfq_image_argument *argument)
{
	pfq_print(&printer->text, "[");
	for (uint32_t i = 0; i < argument->count && printer->left; i++) {
		pfq_print(&printer->text, i ? ", " : "");
		print_element(printer, argument, i);
	}
	pfq_print(&printer->text, "]");
}

static void print_chain(const struct printer *printer, uint32_t index);

static void print_function(const struct printer *printer, uint32_t index)
{
	struct pfq_image_node node;

	pfq_image_node(printer->image, index, &node);
	if (printer->marks[index] & DEFINED) {
		pfq_print(&printer->text, "part%u", index);
		return;
	}
	if (is_word(&node)) {
		print_chain(printer, index);
		return;
	}
	pfq_print(&printer->text, "(");
	print_chain(printer, index);
	pfq_print(&printer->text, ")");
}

static void print_argument(const struct printer *printer, const struct pfq_image_argument *argument)
{
	if (argument->flags & PFQ_IMAGE_LIST)
		print_list(printer, argument);
	else if (argument->type == PFQ_ARG_Fun)
		print_function(printer, (uint32_t)argument->value);
	else if (argument->type == PFQ_ARG_String)
		print_string(printer, argument);
	else if (argument->type == PFQ_ARG_CIDR)
		print_network(printer, argument->value);
	else
		print_integer(printer, argument->type, argument->value);
}

/* A function and those that come next, up to one that has a definition. */
static void print_chain(const struct printer *printer, uint32_t index)
{
	struct pfq_image_node node;

	for (;;) {
		pfq_image_node(printer->image, index, &node);
		pfq_print(&printer->text, "%s", pfq_image_text(printer->image, node.symbol));
		for (uint32_t i = 0; i < node.argument_count; i++) {
			pfq_print(&printer->text, " ");
			print_argument(printer, &node.argument[i]);
		}
		index = node.next;
		if (index == PFQ_IMAGE_NO_NODE || !printer->left)
			return;
		pfq_print(&printer->text, " >-> ");
		if (printer->marks[index] & DEFINED) {
			pfq_print(&printer->text, "part%u", index);
			return;
		}
	}
}

static void print_definitions(const struct printer *printer)
{
	for (uint32_t index = 0; index < printer->image->node_count && printer->left; index++) {
		if (index > 0 && !(printer->marks[index] & DEFINED))
			continue;
		if (index == 0)
			pfq_print(&printer->text, "main = ");
		else
			pfq_print(&printer->text, "part%u = ", index);
		print_chain(printer, index);
		pfq_print(&printer->text, "\n");
	}
}

void pfq_print_program(const struct pfq_text *text, const struct pfq_checked_image *image)
{
	struct printer printer = { .out = text, .image = image, .left = LONGEST };

	printer.text = (struct pfq_text){ write_bounded, &printer };
	printer.marks = pfq_alloc(image->node_count);
	if (!printer.marks) {
		pfq_print(text, "-- no memory to print it\n");
		return;
	}
	mark_all(&printer);
	print_definitions(&printer);
	pfq_free(printer.marks);
	if (!printer.left)
		pfq_print(text, "\n-- and so on: more than %d KiB\n", LONGEST >> 10);
}
