/* SPDX-License-Identifier: BSD-3-Clause */
#include "json_value.h"

#include "image.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>

struct type;

/* What a reader is given: where it is, the type, and where it puts entries of its own. */
struct reading {
	struct json_place place;
	const struct type *type;
	struct image_writer *writer;
};

struct type {
	const char *name;
	uint16_t code;
	uint16_t size; /* of a value in a list */
	/* Writes a value as a list has it. */
	int (*read)(const struct reading *reading, const json_t *value, void *octets);
	const char *wanted;
};

static int wrong(const struct reading *reading, const json_t *value)
{
	return wrong_json(&reading->place, "argValue", value, "%s", reading->type->wanted);
}

/* Numbers of 64 bits that JavaScript's do not hold exactly are texts of digits. */
static bool digits(const char *text, bool *negative, uint64_t *magnitude)
{
	char *end;

	*negative = *text == '-';
	text += *negative;
	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	*magnitude = strtoull(text, &end, 10);
	return errno == 0 && *end == 0;
}

/* As JavaScript has it, 1.0 is an integer as well as 1. */
static bool whole(double number, bool *negative, uint64_t *magnitude)
{
	static const double exact = 9007199254740992.0;

	if (!(number >= -exact && number <= exact))
		return false;
	*negative = number < 0;
	*magnitude = (uint64_t)(*negative ? -number : number);
	return (double)*magnitude == (*negative ? -number : number);
}

bool integer_from_json(const json_t *value, bool is_signed, uint64_t *word)
{
	bool negative = false, is_integer = false;
	uint64_t magnitude = 0;

	if (json_is_integer(value)) {
		is_integer = true;
		negative = json_integer_value(value) < 0;
		*word = (uint64_t)json_integer_value(value);
		magnitude = negative ? -*word : *word;
	} else if (json_is_real(value)) {
		is_integer = whole(json_real_value(value), &negative, &magnitude);
	} else if (json_is_string(value)) {
		is_integer = digits(json_string_value(value), &negative, &magnitude);
	}
	*word = negative ? -magnitude : magnitude;
	if (negative)
		return is_integer && (is_signed ? magnitude <= 1ULL << 63 : magnitude == 0);
	return is_integer && (!is_signed || magnitude <= INT64_MAX);
}

/* That one of fewer bits fits its type is seen to by the engine. */
static int read_integer(const struct reading *reading, const json_t *value, void *octets)
{
	uint16_t type = reading->type->code;
	bool is_long = type == PFQ_ARG_Int64 || type == PFQ_ARG_Word64;
	uint64_t word;

	if ((json_is_string(value) && !is_long) ||
	    !integer_from_json(value, type != PFQ_ARG_Word64, &word))
		return wrong(reading, value);
	memcpy(octets, &word, sizeof(word));
	return 0;
}

static int read_double(const struct reading *reading, const json_t *value, void *octets)
{
	double number = json_number_value(value);

	if (!json_is_number(value))
		return wrong(reading, value);
	memcpy(octets, &number, sizeof(number));
	return 0;
}

static int read_string(const struct reading *reading, const json_t *value, void *octets)
{
	struct pfq_image_text text;
	int64_t offset;

	if (!json_is_string(value))
		return wrong(reading, value);
	offset = image_writer_store(reading->writer, json_string_value(value),
				    json_string_length(value) + 1, reading->place.error);
	if (offset < 0)
		return (int)offset;
	text.offset = (uint32_t)offset;
	text.length = (uint32_t)json_string_length(value);
	memcpy(octets, &text, sizeof(text));
	return 0;
}

static int read_ipv4(const struct reading *reading, const json_t *value, void *octets)
{
	struct in_addr address;
	uint64_t word;

	if (!json_is_string(value) || inet_pton(AF_INET, json_string_value(value), &address) != 1)
		return wrong(reading, value);
	word = ntohl(address.s_addr);
	memcpy(octets, &word, sizeof(word));
	return 0;
}

static int read_ipv6(const struct reading *reading, const json_t *value, void *octets)
{
	if (!json_is_string(value) || inet_pton(AF_INET6, json_string_value(value), octets) != 1)
		return wrong(reading, value);
	return 0;
}

/* A prefix as decimal digits, without a sign or a zero before them. */
static bool read_prefix(const char *text, unsigned int longest, uint8_t *prefix)
{
	size_t length = strspn(text, "0123456789");
	unsigned long number;

	if (length < 1 || length > 3 || text[length] || (length > 1 && *text == '0'))
		return false;
	number = strtoul(text, NULL, 10);
	*prefix = (uint8_t)number;
	return number <= longest;
}

static bool read_network(const char *text, struct pfq_image_cidr *network)
{
	size_t length = strcspn(text, "/");
	char address[INET6_ADDRSTRLEN];
	unsigned int longest;

	if (length >= sizeof(address))
		return false;
	memcpy(address, text, length);
	address[length] = 0;
	*network = (struct pfq_image_cidr){ .family = strchr(address, ':') ? 6 : 4 };
	longest = network->family == 6 ? 128 : 32;
	network->prefix = (uint8_t)longest;
	if (inet_pton(network->family == 6 ? AF_INET6 : AF_INET, address, network->address) != 1 ||
	    (text[length] && !read_prefix(text + length + 1, longest, &network->prefix)))
		return false;
	for (unsigned int bit = network->prefix; bit < longest; bit++)
		network->address[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
	return true;
}

static int read_cidr(const struct reading *reading, const json_t *value, void *octets)
{
	struct pfq_image_cidr network;

	if (!json_is_string(value) || !read_network(json_string_value(value), &network))
		return wrong(reading, value);
	memcpy(octets, &network, sizeof(network));
	return 0;
}

/* Six octets, each of one or two hexadecimal digits. */
static bool read_octets(const char *text, uint64_t *word)
{
	static const char hexadecimal[] = "0123456789abcdefABCDEF";

	*word = 0;
	for (int i = 0; i < 6; i++) {
		size_t length = strspn(text, hexadecimal);

		if (length < 1 || length > 2)
			return false;
		*word = *word << 8 | strtoul(text, NULL, 16);
		text += length;
		if (i < 5 && *text != ':' && *text != '-')
			return false;
		text += i < 5;
	}
	return *text == 0;
}

static int read_mac(const struct reading *reading, const json_t *value, void *octets)
{
	uint64_t word;

	if (!json_is_string(value) || !read_octets(json_string_value(value), &word))
		return wrong(reading, value);
	memcpy(octets, &word, sizeof(word));
	return 0;
}

#define ROW(name, size, read, wanted)                     \
	{                                                 \
#name, PFQ_ARG_##name, size, read, wanted \
	}
#define LONG "an integer, or a text of digits, that fits "

static const struct type types[] = {
	ROW(Int, 8, read_integer, "an integer"),
	ROW(Int8, 8, read_integer, "an integer"),
	ROW(Int16, 8, read_integer, "an integer"),
	ROW(Int32, 8, read_integer, "an integer"),
	ROW(Int64, 8, read_integer, LONG "an Int64"),
	ROW(Word8, 8, read_integer, "an integer"),
	ROW(Word16, 8, read_integer, "an integer"),
	ROW(Word32, 8, read_integer, "an integer"),
	ROW(Word64, 8, read_integer, LONG "a Word64"),
	ROW(Double, 8, read_double, "a number"),
	ROW(String, sizeof(struct pfq_image_text), read_string, "a text"),
	ROW(IPv4, 8, read_ipv4, "an IPv4 address, as in \"10.0.0.1\""),
	ROW(IPv6, 16, read_ipv6, "an IPv6 address, as in \"2001:db8::1\""),
	ROW(CIDR, sizeof(struct pfq_image_cidr), read_cidr, "a network, as in \"10.0.0.0/8\""),
	ROW(MAC, 8, read_mac, "a MAC address, as in \"00:1b:21:0a:0b:0c\""),
};

/* `name`: of a type, or of a list of these, as in [Word16]. */
static const struct type *find_type(const char *name, bool *is_list)
{
	size_t length = strlen(name);

	*is_list = length > 2 && *name == '[' && name[length - 1] == ']';
	name += *is_list;
	length -= *is_list ? 2 : 0;
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (!strncmp(types[i].name, name, length) && !types[i].name[length])
			return &types[i];
	return NULL;
}

static int read_scalar(const struct reading *reading, const json_t *value,
		       struct pfq_image_argument *argument)
{
	uint8_t octets[sizeof(struct pfq_image_cidr)];
	struct pfq_image_text text;
	int64_t offset;
	int status = reading->type->read(reading, value, octets);

	if (status < 0)
		return status;
	if (reading->type->code == PFQ_ARG_String) {
		memcpy(&text, octets, sizeof(text));
		argument->count = text.length;
		argument->value = text.offset;
		return 0;
	}
	if (reading->type->size == sizeof(argument->value)) {
		memcpy(&argument->value, octets, sizeof(argument->value));
		return 0;
	}
	offset = image_writer_store(reading->writer, octets, reading->type->size,
				    reading->place.error);
	argument->value = (uint64_t)offset;
	return offset < 0 ? (int)offset : 0;
}

static int read_elements(struct reading *reading, const json_t *values, uint8_t *elements,
			 struct pfq_image_argument *argument)
{
	size_t count = json_array_size(values), size = reading->type->size;
	int64_t offset;

	for (size_t i = 0; i < count; i++) {
		int status;

		reading->place.element = i;
		status = reading->type->read(reading, json_array_get(values, i),
					     elements + i * size);
		if (status < 0)
			return status;
	}
	offset = image_writer_store(reading->writer, elements, count * size, reading->place.error);
	argument->value = (uint64_t)offset;
	return offset < 0 ? (int)offset : 0;
}

static int read_list(struct reading *reading, const json_t *values,
		     struct pfq_image_argument *argument)
{
	size_t count = json_array_size(values), most = PFQ_IMAGE_MAX_SIZE / reading->type->size;
	uint8_t *elements;
	int status;

	if (!json_is_array(values))
		return wrong_json(&reading->place, "argValue", values, "a list");
	argument->flags = PFQ_IMAGE_LIST;
	if (count == 0)
		return 0;
	if (count > most)
		return wrong_json(&reading->place, "argValue", values, "at most %zu elements",
				  most);
	elements = calloc(count, reading->type->size);
	if (!elements)
		return pfq_fail(reading->place.error, ENOMEM, "no memory for an image");
	argument->count = (uint32_t)count;
	status = read_elements(reading, values, elements, argument);
	free(elements);
	return status;
}

int argument_from_json(const struct json_place *place, const json_t *given,
		       struct image_writer *writer, struct pfq_image_argument *argument)
{
	const json_t *name = json_object_get(given, "argType");
	const json_t *value = json_object_get(given, "argValue");
	struct reading reading = { .place = *place, .writer = writer };
	bool is_list;

	reading.type = find_type(json_string_value(name), &is_list);
	if (!reading.type)
		return wrong_json(place, "argType", name,
				  "a type, as in \"Word16\", or of a list, as in \"[Word16]\"");
	argument->type = reading.type->code;
	return is_list ? read_list(&reading, value, argument)
		       : read_scalar(&reading, value, argument);
}
