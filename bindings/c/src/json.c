/* SPDX-License-Identifier: BSD-3-Clause */
#include "json.h"

#include "image.h"
#include "json_value.h"

#include <stdlib.h>

enum state {
	UNSEEN,
	ENTERED,
	LEFT,
};

/* References of a node: those of its arguments (PFQ_IMAGE_NO_NODE for what is no Fun), and then of
 * its link. */
enum {
	LINK = PFQ_MAX_ARGUMENTS,
	REFERENCES,
};

struct node {
	const json_t *symbol;
	const json_t *arguments;
	uint32_t argument_count;
	uint32_t reference[REFERENCES];
	enum state state;
	uint32_t ahead; /* references that the walk has not followed */
	uint32_t index; /* in the image */
};

struct graph {
	struct node *nodes;
	uint32_t count;
	uint32_t *order; /* indices of nodes: those of the image are the last of these */
	uint32_t *stack;
	uint32_t reached; /* how many are in the image */
	struct pfq_error *error;
};

static struct json_place place_of(const struct graph *graph, uint32_t node)
{
	return (struct json_place){ graph->error, node, NOWHERE, NOWHERE };
}

static int read_fun(const struct json_place *place, const struct graph *graph, const json_t *value,
		    uint32_t *reference)
{
	uint64_t index;

	if (json_is_string(value) || !integer_from_json(value, true, &index) ||
	    index >= graph->count)
		return wrong_json(place, "argValue", value, "the index of one of the %u nodes",
				  graph->count);
	*reference = (uint32_t)index;
	return 0;
}

static int read_arguments(const struct graph *graph, struct json_place place, struct node *node)
{
	size_t count = json_array_size(node->arguments);

	if (!json_is_array(node->arguments))
		return wrong_json(&place, "funArgs", node->arguments, "a list");
	while (count > 0 && json_is_null(json_array_get(node->arguments, count - 1)))
		count--;
	if (count > PFQ_MAX_ARGUMENTS)
		return wrong_json(&place, "funArgs", node->arguments, "at most %d arguments",
				  PFQ_MAX_ARGUMENTS);
	node->argument_count = (uint32_t)count;
	for (place.argument = 0; place.argument < count; place.argument++) {
		const json_t *given = json_array_get(node->arguments, place.argument);
		const json_t *type = json_object_get(given, "argType");

		if (!json_is_object(given))
			return wrong_json(&place, NULL, given, "an object");
		if (!json_is_string(type))
			return wrong_json(&place, "argType", type, "the name of a type");
		if (!strcmp(json_string_value(type), "Fun") &&
		    read_fun(&place, graph, json_object_get(given, "argValue"),
			     &node->reference[place.argument]) < 0)
			return -EINVAL;
	}
	return 0;
}

/* null and what is negative stand for none. */
static int read_link(const struct graph *graph, const struct json_place *place, const json_t *link,
		     uint32_t *reference)
{
	uint64_t index = UINT64_MAX;

	if (json_is_null(link))
		return 0;
	if (json_is_string(link) || !integer_from_json(link, true, &index) ||
	    (index <= INT64_MAX && index >= graph->count))
		return wrong_json(place, "funLink", link, "the index of one of the %u nodes, or -1",
				  graph->count);
	if (index < graph->count)
		*reference = (uint32_t)index;
	return 0;
}

static int read_node(struct graph *graph, uint32_t at, const json_t *given)
{
	const struct json_place place = place_of(graph, at);
	const json_t *index = json_object_get(given, "funIndex");
	struct node *node = &graph->nodes[at];
	uint64_t own;

	if (!json_is_object(given))
		return wrong_json(&place, NULL, given, "an object");
	*node = (struct node){
		.symbol = json_object_get(given, "funSymbol"),
		.arguments = json_object_get(given, "funArgs"),
		.ahead = REFERENCES,
	};
	for (int i = 0; i < REFERENCES; i++)
		node->reference[i] = PFQ_IMAGE_NO_NODE;
	if (!json_is_string(node->symbol))
		return wrong_json(&place, "funSymbol", node->symbol, "the name of a primitive");
	if (index && (json_is_string(index) || !integer_from_json(index, true, &own) || own != at))
		return wrong_json(&place, "funIndex", index, "%u", at);
	if (read_arguments(graph, place, node) < 0)
		return -EINVAL;
	return read_link(graph, &place, json_object_get(given, "funLink"), &node->reference[LINK]);
}

static int circle(const struct graph *graph, uint32_t at, uint32_t reference, uint32_t target)
{
	char key[40] = "funLink";

	if (reference != LINK)
		snprintf(key, sizeof(key), "funArgs[%u].argValue", reference);
	return pfq_fail_node(graph->error, EINVAL, (int)at,
			     "JSON: node %u: %s: %u leads back here: a computation has no circles",
			     at, key, target);
}

/* Brings the nodes that the first one reaches into the order of the image. */
static int sort(struct graph *graph)
{
	uint32_t depth = 0, left = graph->count;

	graph->stack[depth++] = 0;
	graph->nodes[0].state = ENTERED;
	while (depth > 0) {
		uint32_t at = graph->stack[depth - 1], target;
		struct node *node = &graph->nodes[at];

		if (node->ahead == 0) {
			node->state = LEFT;
			graph->order[--left] = at;
			depth--;
			continue;
		}
		target = node->reference[--node->ahead];
		if (target == PFQ_IMAGE_NO_NODE || graph->nodes[target].state == LEFT)
			continue;
		if (graph->nodes[target].state == ENTERED)
			return circle(graph, at, node->ahead, target);
		graph->nodes[target].state = ENTERED;
		graph->stack[depth++] = target;
	}
	graph->reached = graph->count - left;
	for (uint32_t i = left; i < graph->count; i++)
		graph->nodes[graph->order[i]].index = i - left;
	return 0;
}

static int write_node(const struct graph *graph, uint32_t at, struct image_writer *writer)
{
	const struct node *node = &graph->nodes[at];
	struct pfq_image_node *written = image_writer_node(writer, node->index);
	uint32_t link = node->reference[LINK];
	struct json_place place = place_of(graph, at);
	int64_t symbol = image_writer_store(writer, json_string_value(node->symbol),
					    json_string_length(node->symbol) + 1, graph->error);
	int status = symbol < 0 ? (int)symbol : 0;

	written->symbol = (uint32_t)symbol;
	written->next = link == PFQ_IMAGE_NO_NODE ? link : graph->nodes[link].index;
	written->argument_count = node->argument_count;
	for (uint32_t i = 0; status == 0 && i < node->argument_count; i++) {
		struct pfq_image_argument *argument = &written->argument[i];

		place.argument = i;
		if (node->reference[i] == PFQ_IMAGE_NO_NODE) {
			status = argument_from_json(&place, json_array_get(node->arguments, i),
						    writer, argument);
		} else {
			argument->type = PFQ_ARG_Fun;
			argument->value = graph->nodes[node->reference[i]].index;
		}
	}
	return status;
}

static void *write_image(const struct graph *graph, size_t *size)
{
	const uint32_t *order = graph->order + graph->count - graph->reached;
	struct image_writer writer;
	int status = image_writer_begin(&writer, graph->reached, graph->error);
	void *image = NULL;

	for (uint32_t i = 0; status == 0 && i < graph->reached; i++)
		status = write_node(graph, order[i], &writer);
	if (status == 0)
		image = image_writer_finish(&writer, graph->error);
	*size = writer.size;
	image_writer_end(&writer);
	return image;
}

static int read_graph(struct graph *graph, const json_t *list)
{
	int status = 0;

	if (!graph->nodes || !graph->order || !graph->stack)
		return pfq_fail(graph->error, ENOMEM, "no memory for a computation in JSON");
	for (uint32_t i = 0; status == 0 && i < graph->count; i++)
		status = read_node(graph, i, json_array_get(list, i));
	return status < 0 ? status : sort(graph);
}

static void *image_of(const json_t *list, size_t *size, struct pfq_error *error)
{
	size_t count = json_array_size(list);
	struct graph graph = { .count = (uint32_t)count, .error = error };
	void *image = NULL;

	if (!json_is_array(list) || count < 1 || count > PFQ_IMAGE_MAX_NODES) {
		pfq_fail(error, EINVAL, "JSON: must be a list of 1 to %d nodes",
			 PFQ_IMAGE_MAX_NODES);
		return NULL;
	}
	graph.nodes = calloc(count, sizeof(*graph.nodes));
	graph.order = calloc(count, sizeof(*graph.order));
	graph.stack = calloc(count, sizeof(*graph.stack));
	if (read_graph(&graph, list) == 0)
		image = write_image(&graph, size);
	free(graph.stack);
	free(graph.order);
	free(graph.nodes);
	return image;
}

void *image_from_json(const char *json, size_t size, size_t *image_size, struct pfq_error *error)
{
	json_error_t at;
	json_t *list = json_loadb(json, size, JSON_REJECT_DUPLICATES, &at);
	void *image;

	if (!list) {
		pfq_fail(error, json_error_code(&at) == json_error_out_of_memory ? ENOMEM : EINVAL,
			 "JSON: line %d, column %d: %s", at.line, at.column, at.text);
		return NULL;
	}
	image = image_of(list, image_size, error);
	json_decref(list);
	return image;
}
