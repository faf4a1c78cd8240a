/* SPDX-License-Identifier: BSD-3-Clause */
/* Computations as JSON: what pfq-lang writes is the image that it writes, anything else one line.
 */
#include "harness.h"

#include "json.h"

#include <pfq/abi.h>

#define TOLD(text, words) test_check_text(__FILE__, __LINE__, text, words)

#define GOLDEN_JSON	  "../../packages/lang/golden/json.txt"

/* Of its very size and without a NUL, so that a sanitizer sees where it ends. */
static void *image_of(const char *json, size_t size, size_t *image_size, struct pfq_error *error)
{
	char *copy = malloc(size + !size);
	void *image;

	CHECK(copy);
	memcpy(copy, json, size);
	*error = (struct pfq_error){ .node = -1 };
	image = image_from_json(copy, size, image_size, error);
	free(copy);
	return image;
}

TEST(every_golden_json_is_the_golden_image)
{
	FILE *images = fopen(GOLDEN_IMAGES, "r"), *jsons = fopen(GOLDEN_JSON, "r");
	char *line = NULL, *json = NULL;
	size_t room = 0, json_room = 0, count = 0;
	struct pfq_error error;

	CHECK(images && jsons);
	for (ssize_t length; (length = getline(&line, &room, images)) > 0; count++) {
		size_t name = strcspn(line, " ") + 1, golden_size, size = 0;
		ssize_t json_length = getline(&json, &json_room, jsons);
		unsigned char *golden = malloc((size_t)length);
		void *image;

		CHECK(golden && json_length > 0 && !strncmp(line, json, name));
		golden_size = octets_of_hex(line + name, golden);
		image = image_of(json + name, (size_t)json_length - name, &size, &error);
		if (!image)
			test_fail(__FILE__, __LINE__, "%.*s: %s", (int)name, line, error.text);
		if (size != golden_size || memcmp(image, golden, size) != 0)
			test_fail(__FILE__, __LINE__, "%.*s: another image", (int)name, line);
		free(image);
		free(golden);
	}
	CHECK(count >= 200 && getline(&json, &json_room, jsons) < 0);
	free(line);
	free(json);
	fclose(images);
	fclose(jsons);
}

#define NODE(arguments)	      "[{\"funSymbol\":\"f\",\"funArgs\":[" arguments "],\"funLink\":-1}]"
#define ARGUMENT(type, value) NODE("null,{\"argType\":\"" type "\",\"argValue\":" value "}")
#define VALUE(type, value)    NODE("{\"argType\":\"" type "\",\"argValue\":" value "}")
#define LINKED(link)	      "{\"funSymbol\":\"f\",\"funArgs\":[],\"funLink\":" link "}"

#define AT_VALUE	      "JSON: node 0: funArgs[0].argValue: "

static const struct {
	const char *json;
	const char *text; /* the whole of it, or, if it ends with a colon, its beginning */
} refused[] = {
	/* no JSON */
	{ "", "JSON: line 1, column 0:" },
	{ "main = ip", "JSON: line 1, column 4: '[' or '{' expected near 'main'" },
	{ "[\n{", "JSON: line 2, column 1:" },
	{ "[NaN]", "JSON: line 1, column 4: invalid token near 'NaN'" },
	{ "[-Infinity]", "JSON: line 1, column 2:" },
	{ "[1e999]", "JSON: line 1, column 6:" },
	{ "[18446744073709551616]", "JSON: line 1, column 21:" },
	{ "[\"\xff\"]", "JSON: line 1, column 2:" },
	{ "[\"\xed\xa0\x80\"]", "JSON: line 1, column 2:" },
	{ "[\"\\u0000\"]", "JSON: line 1, column 9:" },
	{ "[\"\\ud800\"]", "JSON: line 1, column 9:" },
	{ "[] []", "JSON: line 1, column 4:" },
	{ "[{\"funSymbol\":\"f\",\"funSymbol\":\"g\"}]", "JSON: line 1, column 29:" },
	/* no nodes */
	{ "{}", "JSON: must be a list of 1 to 65536 nodes" },
	{ "[]", "JSON: must be a list of 1 to 65536 nodes" },
	{ "[null]", "JSON: node 0: null, must be an object" },
	{ "[" LINKED("null") ",[[]]]", "JSON: node 1: [[]], must be an object" },
	{ "[{}]", "JSON: node 0: funSymbol: missing, must be the name of a primitive" },
	{ "[{\"funSymbol\":7}]", "JSON: node 0: funSymbol: 7, must be the name of a primitive" },
	{ "[{\"funSymbol\":\"f\"}]", "JSON: node 0: funArgs: missing, must be a list" },
	{ "[{\"funSymbol\":\"f\",\"funArgs\":{}}]", "JSON: node 0: funArgs: {}, must be a list" },
	{ "[{\"funSymbol\":\"f\",\"funArgs\":[0,0,0,0,0,0,0,0,0,null]}]",
	  "JSON: node 0: funArgs: [0,0,0,0,0,0,0,0,0,null], must be at most 8 arguments" },
	{ "[{\"funSymbol\":\"f\",\"funArgs\":[],\"funIndex\":1,\"funLink\":-1}]",
	  "JSON: node 0: funIndex: 1, must be 0" },
	{ "[{\"funSymbol\":\"f\",\"funArgs\":[],\"funIndex\":\"0\",\"funLink\":-1}]",
	  "JSON: node 0: funIndex: \"0\", must be 0" },
	/* links */
	{ "[{\"funSymbol\":\"f\",\"funArgs\":[]}]",
	  "JSON: node 0: funLink: missing, must be the index of one of the 1 nodes, or -1" },
	{ "[" LINKED("1") "]",
	  "JSON: node 0: funLink: 1, must be the index of one of the 1 nodes, or -1" },
	{ "[" LINKED("\"0\"") "]",
	  "JSON: node 0: funLink: \"0\", must be the index of one of the 1 nodes, or -1" },
	{ "[" LINKED("0.5") "]",
	  "JSON: node 0: funLink: 0.5, must be the index of one of the 1 nodes, or -1" },
	{ "[" LINKED("4294967296") "]",
	  "JSON: node 0: funLink: 4294967296, must be the index of one of the 1 nodes, or -1" },
	{ "[" LINKED("0") "]",
	  "JSON: node 0: funLink: 0 leads back here: a computation has no circles" },
	{ "[" LINKED("1") "," LINKED("2") "," LINKED("1") "]",
	  "JSON: node 2: funLink: 1 leads back here: a computation has no circles" },
	{ VALUE("Fun", "0"),
	  "JSON: node 0: funArgs[0].argValue: 0 leads back here: a computation has no circles" },
	{ VALUE("Fun", "1"), AT_VALUE "1, must be the index of one of the 1 nodes" },
	{ VALUE("Fun", "-1"), AT_VALUE "-1, must be the index of one of the 1 nodes" },
	{ VALUE("Fun", "null"), AT_VALUE "null, must be the index of one of the 1 nodes" },
	/* arguments */
	{ NODE("7"), "JSON: node 0: funArgs[0]: 7, must be an object" },
	{ ARGUMENT("Int", "1"), "JSON: node 0: funArgs[0]: null, must be an object" },
	{ NODE("{}"), "JSON: node 0: funArgs[0].argType: missing, must be the name of a type" },
	{ NODE("{\"argType\":[]}"),
	  "JSON: node 0: funArgs[0].argType: [], must be the name of a type" },
	{ VALUE("Word128", "1"),
	  "JSON: node 0: funArgs[0].argType: \"Word128\", must be a type, as in \"Word16\", or of "
	  "a list, as in \"[Word16]\"" },
	{ VALUE("", "1"), "JSON: node 0: funArgs[0].argType: \"\", must be a type, as in:" },
	{ VALUE("[]", "1"), "JSON: node 0: funArgs[0].argType: \"[]\", must be a type, as in:" },
	{ VALUE("[Fun]", "[0]"), "JSON: node 0: funArgs[0].argType: \"[Fun]\", must be a type:" },
	{ VALUE("[[Int]]", "[]"), "JSON: node 0: funArgs[0].argType: \"[[Int]]\", must be:" },
	{ NODE("{\"argType\":\"Int\"}"), AT_VALUE "missing, must be an integer" },
	{ VALUE("Int", "1.5"), AT_VALUE "1.5, must be an integer" },
	{ VALUE("Int", "\"1\""), AT_VALUE "\"1\", must be an integer" },
	{ VALUE("Int", "true"), AT_VALUE "true, must be an integer" },
	{ VALUE("Word32", "1e300"), AT_VALUE "1.0000000000000001e300, must be an integer" },
	{ VALUE("Word64", "-1"),
	  AT_VALUE "-1, must be an integer, or a text of digits, that fits a Word64" },
	{ VALUE("Word64", "\"-1\""), AT_VALUE "\"-1\", must be an integer, or a text of digits:" },
	{ VALUE("Word64", "\"18446744073709551616\""), AT_VALUE "\"18446744073709551616\", must:" },
	{ VALUE("Word64", "\"\""), AT_VALUE "\"\", must be an integer:" },
	{ VALUE("Word64", "\" 1\""), AT_VALUE "\" 1\", must be an integer:" },
	{ VALUE("Word64", "\"0x1\""), AT_VALUE "\"0x1\", must be an integer:" },
	{ VALUE("Int64", "\"9223372036854775808\""), AT_VALUE "\"9223372036854775808\", must be:" },
	{ VALUE("Int64", "\"-9223372036854775809\""), AT_VALUE "\"-9223372036854775809\", must:" },
	{ VALUE("Double", "\"1\""), AT_VALUE "\"1\", must be a number" },
	{ VALUE("String", "1"), AT_VALUE "1, must be a text" },
	{ VALUE("IPv4", "16909060"),
	  AT_VALUE "16909060, must be an IPv4 address, as in \"10.0.0.1\"" },
	{ VALUE("IPv4", "\"1.2.3.256\""), AT_VALUE "\"1.2.3.256\", must be an IPv4 address:" },
	{ VALUE("IPv4", "\"01.2.3.4\""), AT_VALUE "\"01.2.3.4\", must be an IPv4 address:" },
	{ VALUE("IPv6", "\"::1::\""),
	  AT_VALUE "\"::1::\", must be an IPv6 address, as in \"2001:db8::1\"" },
	{ VALUE("CIDR", "\"10.0.0.0/33\""),
	  AT_VALUE "\"10.0.0.0/33\", must be a network, as in \"10.0.0.0/8\"" },
	{ VALUE("CIDR", "\"10.0.0.0/\""), AT_VALUE "\"10.0.0.0/\", must be a network:" },
	{ VALUE("CIDR", "\"10.0.0.0/+8\""), AT_VALUE "\"10.0.0.0/+8\", must be a network:" },
	{ VALUE("CIDR", "\"10.0.0.0/08\""), AT_VALUE "\"10.0.0.0/08\", must be a network:" },
	{ VALUE("CIDR", "\"::/129\""), AT_VALUE "\"::/129\", must be a network:" },
	{ VALUE("CIDR", "\"::/4294967304\""), AT_VALUE "\"::/4294967304\", must be a network:" },
	{ VALUE("CIDR",
		"\"0123456789012345678901234567890123456789012345678901234567890123456789\""),
	  AT_VALUE "\"012345678901234567890123456789012345678..., must be a network:" },
	{ VALUE("MAC", "\"00:1b:21:0a:0b\""),
	  AT_VALUE "\"00:1b:21:0a:0b\", must be a MAC address, as in \"00:1b:21:0a:0b:0c\"" },
	{ VALUE("MAC", "\"00:1b:21:0a:0b:0c:\""),
	  AT_VALUE "\"00:1b:21:0a:0b:0c:\", must be a MAC:" },
	{ VALUE("MAC", "\"00:1b:21:0a:0b:00c\""), AT_VALUE "\"00:1b:21:0a:0b:00c\", must be a:" },
	{ VALUE("[Int]", "7"), AT_VALUE "7, must be a list" },
	{ VALUE("[Int]", "[1,2,\"3\"]"),
	  "JSON: node 0: funArgs[0].argValue[2]: \"3\", must be an integer" },
	{ VALUE("[String]", "[\"\xc3\xa9\",[\"\xc3\xa9\"]]"),
	  "JSON: node 0: funArgs[0].argValue[1]: [\"\\u00E9\"], must be a text" },
};

static bool is_told(const char *text, const char *wanted)
{
	size_t length = strlen(wanted);

	if (wanted[length - 1] != ':')
		return !strcmp(text, wanted);
	/* The colon ends a position, or stands for what follows. */
	return !strncmp(text, wanted, length) || !strncmp(text, wanted, length - 1);
}

TEST(what_is_wrong_is_one_line_with_node_and_key)
{
	struct pfq_error error;
	size_t size;

	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		void *image = image_of(refused[i].json, strlen(refused[i].json), &size, &error);

		if (image)
			test_fail(__FILE__, __LINE__, "%s is taken", refused[i].json);
		if (!is_told(error.text, refused[i].text))
			test_fail(__FILE__, __LINE__, "%s: %s, not %s", refused[i].json, error.text,
				  refused[i].text);
		CHECK_EQUAL(error.code, -EINVAL);
		for (const char *at = error.text; *at; at++)
			CHECK((unsigned char)*at >= ' ');
	}
	CHECK(!image_of("[\0]", 3, &size, &error));
	TOLD(error.text, "JSON: line 1, column ");
	CHECK(!image_of("[]\0", 3, &size, &error));
	TOLD(error.text, "JSON: line 1, column ");
}

static char *text_of(const char *begin, const char *repeated, size_t count, const char *end)
{
	size_t length = strlen(repeated);
	char *text = malloc(strlen(begin) + count * length + strlen(end) + 1), *at;

	CHECK(text);
	at = stpcpy(text, begin);
	for (size_t i = 0; i < count; i++)
		at = stpcpy(at, repeated);
	strcpy(at, end);
	return text;
}

/* A JSON that repeats something, which is freed; the text that it gives, or NULL for an image. */
static const char *told_of(const char *begin, const char *repeated, size_t count, const char *end)
{
	static struct pfq_error error;
	char *json = text_of(begin, repeated, count, end);
	size_t size;
	void *image = image_of(json, strlen(json), &size, &error);

	free(json);
	free(image);
	return image ? NULL : error.text;
}

TEST(sizes_have_bounds)
{
	static const char head[] = "[{\"funSymbol\":\"f\",\"funArgs\":[{\"argType\":";
	char begin[100];

	TOLD(told_of("", "[", 1000000, ""), "JSON: line 1, column 2049: maximum parsing depth");
	TOLD(told_of("", "{\"a\":", 1000000, ""), "maximum parsing depth");
	TOLD(told_of("[", LINKED("-1") ",", 65536, LINKED("-1") "]"), "1 to 65536 nodes");
	CHECK(!told_of("[", LINKED("-1") ",", 65535, LINKED("-1") "]"));
	/* Texts of a megabyte: the image may have them, the engine says of which node. */
	TOLD(told_of("[{\"funSymbol\":7,\"", "x", 1 << 20, "\":0}]"), "funSymbol: 7, must be");
	TOLD(told_of("[{\"funSymbol\":[\"", "x", 1 << 20, "\"]}]"),
	     "funSymbol: [\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx..., must be");
	CHECK(!told_of("[{\"funSymbol\":\"", "x", 1 << 20, "\",\"funArgs\":[],\"funLink\":-1}]"));
	TOLD(told_of("[{\"funSymbol\":\"", "x", 1 << 24, "\",\"funArgs\":[],\"funLink\":-1}]"),
	     "more than 16777216 octets");
	snprintf(begin, sizeof(begin), "%s\"[Int]\",\"argValue\":[", head);
	TOLD(told_of(begin, "0,", 1 << 21, "0]}],\"funLink\":-1}]"), "at most 2097152 elements");
	TOLD(told_of(begin, "0,", (1 << 21) - 1, "0]}],\"funLink\":-1}]"),
	     "more than 16777216 octets");
}

#define SYMBOL_NODE(symbol, arguments, link) \
	"{\"funSymbol\":\"" symbol "\",\"funArgs\":[" arguments "],\"funLink\":" link "}"
#define FUN(index) "{\"argType\":\"Fun\",\"argValue\":" index "}"

static void check_same(const char *one, const char *other)
{
	struct pfq_error error;
	size_t sizes[2];
	void *images[2] = { image_of(one, strlen(one), &sizes[0], &error),
			    image_of(other, strlen(other), &sizes[1], &error) };

	CHECK(images[0] && images[1]);
	CHECK_EQUAL(sizes[0], sizes[1]);
	CHECK(!memcmp(images[0], images[1], sizes[0]));
	free(images[0]);
	free(images[1]);
}

/* As pfq-lang reads them. */
TEST(what_is_the_same_is_the_same_image)
{
	check_same(
		"[" SYMBOL_NODE("when", FUN("1") "," FUN("2"), "3") "," SYMBOL_NODE(
			"is_ip", "", "-1") "," SYMBOL_NODE("unit", "",
							   "null") "," SYMBOL_NODE("drop", "",
										   "-7") "]",
		" [" SYMBOL_NODE("when", FUN("4.0") "," FUN("1") ",null", "2") "," SYMBOL_NODE(
			"unit", "",
			"-1") "," SYMBOL_NODE("drop", "",
					      "-1") "," SYMBOL_NODE("nowhere", "",
								    "0") "," SYMBOL_NODE("is_ip",
											 "null",
											 "-1") "]\n");
	check_same(VALUE("Word64", "\"18446744073709551615\""),
		   VALUE("Word64", "\"018446744073709551615\""));
	check_same(VALUE("Word64", "9007199254740992"), VALUE("Word64", "\"9007199254740992\""));
	check_same(VALUE("Int64", "-9223372036854775808"),
		   VALUE("Int64", "\"-9223372036854775808\""));
	check_same(VALUE("Int", "-3"), VALUE("Int", "-3.0"));
	check_same(VALUE("Int", "1000"), VALUE("Int", "1e3"));
	check_same(VALUE("Double", "2"), VALUE("Double", "2.0"));
	check_same(VALUE("CIDR", "\"10.0.0.0/8\""), VALUE("CIDR", "\"10.1.2.3/8\""));
	check_same(VALUE("CIDR", "\"2001:db8::/33\""),
		   VALUE("CIDR", "\"2001:DB8:0:0:7fff::1/33\""));
	check_same(VALUE("CIDR", "\"10.0.0.1/32\""), VALUE("CIDR", "\"10.0.0.1\""));
	check_same(VALUE("IPv6", "\"::ffff:1.2.3.4\""),
		   VALUE("IPv6", "\"0:0:0:0:0:ffff:102:304\""));
	check_same(VALUE("MAC", "\"00:1b:21:0a:0b:0c\""), VALUE("MAC", "\"0-1B-21-A-B-C\""));
	check_same(VALUE("[Int]", "[]"), VALUE("[Int]", "[ ]"));
}

TEST(no_compiler_is_needed)
{
	pfq_t *q = pfq_open(64, 64, 64, 64);
	const char *path = temporary_file("program.json");
	FILE *file = fopen(path, "w");
	int gid = pfq_group_id(q);

	setenv("PFQ_LANG", "/nonexistent", 1);
	OK(q, pfq_set_group_computation_from_json(q, gid, "[" SYMBOL_NODE("unit", "", "-1") "]"));
	CHECK(file && fputs("\n [" SYMBOL_NODE("unit", "", "-1") "]\n", file) >= 0);
	fclose(file);
	OK(q, pfq_set_group_computation_from_file(q, gid, path));
	pfq_close(q);
}

TEST(the_engine_says_what_does_not_fit_its_primitives)
{
	pfq_t *q = pfq_open(64, 64, 64, 64);
	int gid = pfq_group_id(q);

	FAILS(q, pfq_set_group_computation_from_json(q, gid, "[" LINKED("-1") "]"),
	      "node 0: this engine has no primitive f");
	FAILS(q,
	      pfq_set_group_computation_from_json(
		      q, gid,
		      "[" SYMBOL_NODE("unit", "", "1") "," SYMBOL_NODE(
			      "mark", "{\"argType\":\"Word32\",\"argValue\":4294967296}",
			      "-1") "]"),
	      "node 1, mark: argument mark does not fit its type");
	CHECK_EQUAL(pfq_error_node(q), 1);
	FAILS(q,
	      pfq_set_group_computation_from_json(
		      q, gid,
		      "[" SYMBOL_NODE("unit", "", "1") "," SYMBOL_NODE("mark", "1", "0") "]"),
	      "JSON: node 1: funArgs[0]: 1, must be an object");
	CHECK_EQUAL(pfq_error_node(q), 1);
	FAILS(q, pfq_set_group_computation_from_json(q, gid, "main = ip"),
	      "JSON: line 1, column 4");
	CHECK_EQUAL(pfq_error_node(q), -1);
	FAILS(q, pfq_set_group_computation_from_json(q, gid, NULL), "NULL");
	FAILS(q, pfq_set_group_computation_from_json(q, 200, "[" SYMBOL_NODE("unit", "", "-1") "]"),
	      "200");
	pfq_close(q);
}
