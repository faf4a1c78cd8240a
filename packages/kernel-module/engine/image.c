/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
#include "image.h"

#include "error.h"

enum {
	SYMBOL_LENGTH = 64,
	/* Texts and lists may share octets, so the size of the image alone bounds no work. */
	TEXT_LENGTH = 4096,
	LIST_ELEMENTS = 1 << 22, /* of all lists together */
};

struct integer_type {
	int64_t min, max;
};

/* Integers by PFQ_ARG_*; those of 64 bits take whatever is in the word. */
static const struct integer_type integer_types[] = {
	[PFQ_ARG_Int] = { INT32_MIN, INT32_MAX },    [PFQ_ARG_Int8] = { INT8_MIN, INT8_MAX },
	[PFQ_ARG_Int16] = { INT16_MIN, INT16_MAX },  [PFQ_ARG_Int32] = { INT32_MIN, INT32_MAX },
	[PFQ_ARG_Int64] = { INT64_MIN, INT64_MAX },  [PFQ_ARG_Word8] = { 0, UINT8_MAX },
	[PFQ_ARG_Word16] = { 0, UINT16_MAX },	     [PFQ_ARG_Word32] = { 0, UINT32_MAX },
	[PFQ_ARG_Word64] = { INT64_MIN, INT64_MAX }, [PFQ_ARG_IPv4] = { 0, UINT32_MAX },
	[PFQ_ARG_MAC] = { 0, 0xffffffffffffLL },
};

/* CRC-32 of IEEE 802.3, four bits at a time. */
static uint32_t crc32(uint32_t crc, const uint8_t *octets, size_t size)
{
	static const uint32_t table[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
		0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};

	for (size_t i = 0; i < size; i++) {
		crc ^= octets[i];
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return crc;
}

uint32_t pfq_image_checksum(const uint8_t *octets, size_t size)
{
	static const uint8_t zero[4];
	size_t field = offsetof(struct pfq_image, checksum);
	uint32_t crc = crc32(0xffffffff, octets, field);

	crc = crc32(crc, zero, sizeof(zero));
	return ~crc32(crc, octets + field + sizeof(zero), size - field - sizeof(zero));
}

static int check_header(const uint8_t *octets, size_t size, struct pfq_checked_image *image,
			struct pfq_error *error)
{
	struct pfq_image header;
	size_t nodes;

	if (size < sizeof(header) || size > PFQ_IMAGE_MAX_SIZE)
		return pfq_fail(error, EINVAL, "image: %zu octets, must be %zu to %d", size,
				sizeof(header), PFQ_IMAGE_MAX_SIZE);
	memcpy(&header, octets, sizeof(header));
	if (header.magic != PFQ_IMAGE_MAGIC)
		return pfq_fail(error, EINVAL,
				"image: does not begin with PFQC, so it is no computation");
	if (header.version != PFQ_IMAGE_VERSION)
		return pfq_fail(error, EINVAL,
				"image: of format %u, this engine reads format %d: compile it anew",
				header.version, PFQ_IMAGE_VERSION);
	if (header.primitives != PFQ_PRIMITIVES_VERSION)
		return pfq_fail(
			error, EINVAL,
			"image: made for version %u of the primitives, this engine has version %d: compile it anew",
			header.primitives, PFQ_PRIMITIVES_VERSION);
	if (header.size != size)
		return pfq_fail(error, EINVAL,
				"image: says %u octets, but has %zu: it is cut off or damaged",
				header.size, size);
	if (header.checksum != pfq_image_checksum(octets, size))
		return pfq_fail(error, EINVAL, "image: wrong checksum: it is damaged");
	if (header.node_count < 1 || header.node_count > PFQ_IMAGE_MAX_NODES)
		return pfq_fail(error, EINVAL, "image: %u nodes, must be 1 to %d",
				header.node_count, PFQ_IMAGE_MAX_NODES);
	nodes = sizeof(header) + (size_t)header.node_count * sizeof(struct pfq_image_node);
	if (header.data_offset != nodes || header.data_offset > size ||
	    header.data_size != size - header.data_offset)
		return pfq_fail(error, EINVAL, "image: its data section is out of place");
	if (header.entry != 0 || header.reserved != 0)
		return pfq_fail(error, EINVAL, "image: a reserved field of the header is not 0");
	*image = (struct pfq_checked_image){
		.octets = octets,
		.data = octets + header.data_offset,
		.data_size = header.data_size,
		.node_count = header.node_count,
	};
	return 0;
}

/* Whether count elements of this size stand at the offset. */
static bool in_data(const struct pfq_checked_image *image, uint64_t offset, uint64_t count,
		    uint32_t size)
{
	return offset <= image->data_size && count <= (image->data_size - offset) / size;
}

static bool is_text(const struct pfq_checked_image *image, uint64_t offset, uint64_t length)
{
	if (length > TEXT_LENGTH || !in_data(image, offset, length + 1, 1))
		return false;
	for (uint64_t i = 0; i < length; i++)
		if (image->data[offset + i] == 0)
			return false;
	return image->data[offset + length] == 0;
}

static bool is_symbol_character(uint8_t octet)
{
	return (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z') ||
	       (octet >= '0' && octet <= '9') || octet == '_';
}

/* NULL where there is none; what it gives can be put into a message. */
static const char *symbol_name(const struct pfq_checked_image *image, uint32_t offset)
{
	for (uint32_t length = 0; length < SYMBOL_LENGTH && in_data(image, offset, length + 1, 1);
	     length++) {
		uint8_t octet = image->data[offset + length];

		if (octet == 0)
			return length > 0 ? pfq_image_text(image, offset) : NULL;
		if (!is_symbol_character(octet))
			return NULL;
	}
	return NULL;
}

static bool is_network(const uint8_t *octets)
{
	struct pfq_image_cidr cidr;
	unsigned int octet_count, bit_count;

	memcpy(&cidr, octets, sizeof(cidr));
	if (cidr.family == 4)
		octet_count = 4;
	else if (cidr.family == 6)
		octet_count = 16;
	else
		return false;
	bit_count = octet_count * 8;
	if (cidr.prefix > bit_count)
		return false;
	for (unsigned int i = 0; i < sizeof(cidr.reserved); i++)
		if (cidr.reserved[i])
			return false;
	for (unsigned int bit = cidr.prefix; bit < sizeof(cidr.address) * 8; bit++)
		if (cidr.address[bit / 8] & 0x80 >> bit % 8)
			return false;
	return true;
}

struct place {
	const struct pfq_checked_image *image;
	const struct pfq_symbol *symbol;
	const struct pfq_parameter *parameter;
	uint32_t node;
	uint32_t *list_elements; /* that may still come */
	struct pfq_error *error;
};

static int fail_argument(const struct place *place, const char *what)
{
	return pfq_fail_node(place->error, EINVAL, (int)place->node,
			     "image: node %u, %s: argument %s %s", place->node, place->symbol->name,
			     place->parameter->name, what);
}

static int check_integer(const struct place *place, uint64_t word)
{
	const struct integer_type *type = &integer_types[place->parameter->type];
	int64_t value = (int64_t)word;

	if (value < type->min || value > type->max)
		return fail_argument(place, "does not fit its type");
	if (place->parameter->ranged &&
	    (value < place->parameter->min || value > place->parameter->max))
		return fail_argument(place, "is out of range");
	return 0;
}

static int check_fun(const struct place *place, uint64_t index)
{
	struct pfq_image_node target;
	const struct pfq_symbol *symbol;
	const char *name;

	if (index <= place->node || index >= place->image->node_count)
		return fail_argument(place, "does not refer to a later node");
	pfq_image_node(place->image, (uint32_t)index, &target);
	name = symbol_name(place->image, target.symbol);
	symbol = name ? pfq_find_symbol(name) : NULL;
	/* what is no primitive is refused, and named, when its own turn comes */
	if (symbol && symbol->kind != place->parameter->kind)
		return fail_argument(place, "refers to a node of another kind");
	return 0;
}

/* What a list has of an integer, a text or a network. */
static uint32_t element_size(const struct pfq_parameter *parameter)
{
	return parameter->type == PFQ_ARG_CIDR ? sizeof(struct pfq_image_cidr) : 8;
}

static int check_element(const struct place *place, const uint8_t *element)
{
	uint64_t word;

	if (place->parameter->type == PFQ_ARG_CIDR)
		return is_network(element) ? 0 : fail_argument(place, "has what is no network");
	if (place->parameter->type == PFQ_ARG_String) {
		struct pfq_image_text text = pfq_image_text_element(element);

		return is_text(place->image, text.offset, text.length)
			       ? 0
			       : fail_argument(place, "has what is no text within the image");
	}
	memcpy(&word, element, sizeof(word));
	return check_integer(place, word);
}

static int check_list(const struct place *place, uint64_t offset, uint32_t count)
{
	uint32_t size = element_size(place->parameter);

	if (!in_data(place->image, offset, count, size))
		return fail_argument(place, "lies outside the image");
	if (count > *place->list_elements)
		return fail_argument(place, "makes the lists of the image too long");
	*place->list_elements -= count;
	for (uint32_t i = 0; i < count; i++) {
		int status = check_element(place, place->image->data + offset + (uint64_t)i * size);

		if (status)
			return status;
	}
	return 0;
}

static int check_argument(const struct place *place, const struct pfq_image_argument *argument)
{
	const struct pfq_parameter *parameter = place->parameter;

	if (argument->type != parameter->type ||
	    argument->flags != (parameter->list ? PFQ_IMAGE_LIST : 0))
		return fail_argument(place, "has the wrong type");
	if (parameter->list)
		return check_list(place, argument->value, argument->count);
	switch (parameter->type) {
	case PFQ_ARG_Fun:
		return argument->count ? fail_argument(place, "has a count")
				       : check_fun(place, argument->value);
	case PFQ_ARG_String:
		if (!is_text(place->image, argument->value, argument->count))
			return fail_argument(place, "is no text within the image");
		return 0;
	case PFQ_ARG_CIDR:
		if (argument->count ||
		    !in_data(place->image, argument->value, 1, sizeof(struct pfq_image_cidr)) ||
		    !is_network(place->image->data + argument->value))
			return fail_argument(place, "is no network");
		return 0;
	default:
		return argument->count ? fail_argument(place, "has a count")
				       : check_integer(place, argument->value);
	}
}

static bool is_zero(const struct pfq_image_argument *argument)
{
	return !argument->type && !argument->flags && !argument->count && !argument->value;
}

static int check_node(const struct pfq_checked_image *image, uint32_t index,
		      uint32_t *list_elements, struct pfq_error *error)
{
	struct pfq_image_node node;
	const char *name;
	struct place place = {
		.image = image,
		.node = index,
		.list_elements = list_elements,
		.error = error,
	};

	pfq_image_node(image, index, &node);
	name = symbol_name(image, node.symbol);
	if (!name)
		return pfq_fail_node(error, EINVAL, (int)index,
				     "image: node %u has no name within the image", index);
	place.symbol = pfq_find_symbol(name);
	if (!place.symbol)
		return pfq_fail_node(error, EINVAL, (int)index,
				     "image: node %u: this engine has no primitive %s", index,
				     name);
	if (node.argument_count != place.symbol->parameter_count)
		return pfq_fail_node(error, EINVAL, (int)index,
				     "image: node %u, %s: %u arguments, must be %u", index, name,
				     node.argument_count, place.symbol->parameter_count);
	if (node.reserved)
		return pfq_fail_node(error, EINVAL, (int)index,
				     "image: node %u: a reserved field is not 0", index);
	for (unsigned int i = 0; i < PFQ_MAX_ARGUMENTS; i++) {
		int status;

		if (i >= node.argument_count) {
			if (!is_zero(&node.argument[i]))
				return pfq_fail_node(error, EINVAL, (int)index,
						     "image: node %u, %s: an argument too many",
						     index, name);
			continue;
		}
		place.parameter = &place.symbol->parameter[i];
		status = check_argument(&place, &node.argument[i]);
		if (status)
			return status;
	}
	if (node.next != PFQ_IMAGE_NO_NODE) {
		static const struct pfq_parameter next = {
			.name = "next",
			.type = PFQ_ARG_Fun,
			.kind = PFQ_KIND_FUNCTION,
		};

		place.parameter = &next;
		if (place.symbol->kind != PFQ_KIND_FUNCTION)
			return pfq_fail_node(error, EINVAL, (int)index,
					     "image: node %u, %s: only a function has a next node",
					     index, name);
		return check_fun(&place, node.next);
	}
	if (index == 0 && place.symbol->kind != PFQ_KIND_FUNCTION)
		return pfq_fail_node(error, EINVAL, 0,
				     "image: it begins with %s, which is no function", name);
	return 0;
}

int pfq_check_image(const void *octets, size_t size, struct pfq_checked_image *image,
		    struct pfq_error *error)
{
	int status = check_header(octets, size, image, error);
	uint32_t list_elements = LIST_ELEMENTS;

	for (uint32_t index = 0; !status && index < image->node_count; index++)
		status = check_node(image, index, &list_elements, error);
	return status;
}
