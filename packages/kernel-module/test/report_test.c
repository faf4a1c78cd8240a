/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* The tables of an engine: their columns, and that their figures add up. */
#include "../engine/report.h"
#include "harness.h"
#include "image_builder.h"
#include "packets.h"
#include "world.h"

enum {
	FLOWS = 90,
	SLOTS = 16, /* of the socket that is too small */
};

static struct world world;
static struct octets octets[FLOWS];
static struct pfq_packet packets[FLOWS];
static char printed[16384];

static void append(void *to, const char *text, size_t length)
{
	char *end = (char *)to + strlen(to);

	CHECK(strlen(to) + length < sizeof(printed));
	memcpy(end, text, length);
	end[length] = 0;
}

static const struct pfq_report *find_report(const char *name)
{
	for (unsigned int i = 0; i < PFQ_REPORTS; i++)
		if (strcmp(pfq_reports[i].name, name) == 0)
			return &pfq_reports[i];
	FAIL("no report %s", name);
}

/* The table with its header, in `printed`. */
static void print_table(const char *name)
{
	const struct pfq_report *report = find_report(name);
	struct pfq_text text = { append, printed };

	strcpy(printed, report->header);
	for (unsigned int row = 0; row < report->rows; row++)
		pfq_report_print(report, world.engine, row, &text);
}

/* What stands in a row (1 is the first) under a word of the header; where is known by counting
 * words. */
static const char *cell(const char *table, unsigned int row, const char *column)
{
	static char lines[sizeof(printed)];
	char *line_end, *word_end, *line, *word;
	unsigned int at = 0;

	print_table(table);
	strcpy(lines, printed);
	line = strtok_r(lines, "\n", &line_end);
	for (word = strtok_r(line, " ", &word_end); strcmp(word, column) != 0; at++) {
		word = strtok_r(NULL, " ", &word_end);
		if (!word)
			FAIL("%s has no column %s", table, column);
	}
	while (line && row-- > 0)
		line = strtok_r(NULL, "\n", &line_end);
	if (!line)
		FAIL("%s has too few rows:\n%s", table, printed);
	word = strtok_r(line, " ", &word_end);
	while (word && at-- > 0)
		word = strtok_r(NULL, " ", &word_end);
	return word ? word : "";
}

static long figure(const char *table, unsigned int row, const char *column)
{
	return atol(cell(table, row, column));
}

static void receive(void)
{
	for (uint32_t i = 0; i < FLOWS; i++) {
		octets[i].size = 0;
		put_flow(&octets[i], 0x0a000000 + i, 0xc0a80000, 1000 + i, 53);
		packets[i] = packet_of(&octets[i]);
	}
	pfq_receive(pfq_device_find(world.engine, "d0"), 0, Q_ANY_QUEUE, packets, FLOWS);
}

/* Two sockets that share the packets; the second one has too few slots. */
static struct pfq_socket *begin(void)
{
	struct pfq_socket *socket;

	world_begin(&world, 2);
	socket = world_member(&world, 3, 1, 256);
	world_member(&world, 3, 1, SLOTS);
	CHECK_EQUAL(bind_group(&world, socket, 3, "d0", Q_ANY_QUEUE), 0);
	CHECK_EQUAL(load_function(&world, socket, 3, "steer_flow"), 0);
	receive();
	return socket;
}

static void check_sum(const char *table, unsigned int row)
{
	long dropped = strcmp(table, "sockets") == 0 ? 0 : figure(table, row, "dropped");

	CHECK_EQUAL(figure(table, row, "received"),
		    figure(table, row, "delivered") + figure(table, row, "lost") + dropped);
}

static void received_is_delivered_lost_and_dropped(void)
{
	struct pfq_socket *socket = begin();
	struct pfq_stats stats = socket_stats(&world, socket);

	CHECK_EQUAL(figure("sockets", 1, "delivered"), stats.recv);
	CHECK_EQUAL(figure("sockets", 2, "delivered"), SLOTS);
	CHECK(figure("sockets", 2, "lost") > 0);
	CHECK_EQUAL(set_filter(&world, socket, 3, 1), 0); /* nothing passes */
	receive();
	CHECK_EQUAL(figure("groups", 1, "dropped"), FLOWS);
	CHECK_EQUAL(figure("groups", 1, "packets"), 2 * FLOWS);
	CHECK_EQUAL(figure("groups", 1, "received"), 2 * FLOWS);
	CHECK_EQUAL(figure("devices", 1, "packets"), 2 * FLOWS);
	check_sum("sockets", 1);
	check_sum("sockets", 2);
	check_sum("groups", 1);
	check_sum("stats", 1);
	world_end(&world);
}

static void a_packet_counts_once_for_each_socket_that_it_is_for(void)
{
	struct pfq_socket *socket = begin();

	CHECK_EQUAL(load_function(&world, socket, 3, "broadcast"), 0);
	receive();
	CHECK_EQUAL(figure("groups", 1, "packets"), 2 * FLOWS);
	CHECK_EQUAL(figure("groups", 1, "received"), 3 * FLOWS);
	check_sum("groups", 1);
	world_end(&world);
}

static void totals_keep_what_has_ended(void)
{
	struct pfq_socket *socket = begin();
	long delivered = figure("stats", 1, "delivered"), lost = figure("stats", 1, "lost");

	CHECK_EQUAL(leave(&world, socket, 3), 0);
	pfq_socket_destroy(world.engine->sockets[1]);
	CHECK_EQUAL(figure("stats", 1, "groups"), 0);
	CHECK_EQUAL(figure("stats", 1, "devices"), 0);
	CHECK_EQUAL(figure("stats", 1, "sockets"), 1);
	CHECK_EQUAL(figure("stats", 1, "packets"), FLOWS);
	CHECK_EQUAL(figure("stats", 1, "delivered"), delivered);
	CHECK_EQUAL(figure("stats", 1, "lost"), lost);
	CHECK_EQUAL(join(&world, socket, 9, Q_POLICY_GROUP_SHARED, 1), 9);
	CHECK_EQUAL(bind_group(&world, socket, 9, "d0", Q_ANY_QUEUE), 0);
	receive();
	CHECK_EQUAL(figure("stats", 1, "packets"), 2 * FLOWS);
	CHECK_EQUAL(figure("stats", 1, "delivered"), delivered + FLOWS);
	check_sum("stats", 1);
	world_end(&world);
}

/* Loads a program that forwards all to the device. */
static void forward_to(struct pfq_socket *socket, const char *device)
{
	struct image_builder builder = { 0 };

	image_node(&builder, "forward");
	image_string(&builder, device);
	CHECK_EQUAL(load_built(&world, socket, 3, &builder), 0);
}

static void totals_have_what_was_forwarded_and_what_was_not_taken(void)
{
	struct pfq_socket *socket = begin(), *sender;
	uint64_t sent;

	forward_to(socket, "d3");
	receive();
	CHECK_EQUAL(figure("stats", 1, "failed"), FLOWS);
	CHECK_EQUAL(figure("stats", 1, "forwarded"), 0);
	forward_to(socket, "d1");
	receive();
	sender = world_socket(&world, 1);
	CHECK_EQUAL(configure(&world, sender, 64, 8, 64, 8), 0);
	CHECK_EQUAL(bind_tx(&world, sender, "d1"), 0);
	CHECK_EQUAL(bind_tx(&world, sender, "d3"), 1);
	CHECK_EQUAL(enable(&world, sender), 0);
	for (uint32_t position = 0; position < 2; position++) {
		put_slot(sender, position, (struct pfq_tx_header){ .len = 60, .copies = 5 });
		CHECK_EQUAL(flush_tx(&world, sender, position, &sent), 0);
	}
	pfq_socket_destroy(sender);
	CHECK_EQUAL(load_function(&world, socket, 3, "steer_flow"), 0);
	CHECK_EQUAL(figure("stats", 1, "devices"), 1);
	CHECK_EQUAL(figure("stats", 1, "sent"), FLOWS + 5);
	CHECK_EQUAL(figure("stats", 1, "failed"), FLOWS + 5);
	CHECK_EQUAL(figure("stats", 1, "forwarded"), FLOWS);
	check_sum("stats", 1);
	world_end(&world);
}

static void tables_say_who_belongs_to_what(void)
{
	struct pfq_socket *socket = begin();

	CHECK_EQUAL(join(&world, socket, 5, Q_POLICY_GROUP_PRIVATE, 1), 5);
	CHECK_EQUAL(bind_group(&world, socket, 5, "d1", 2), 0);
	CHECK(strcmp(cell("sockets", 1, "groups"), "3,5") == 0);
	CHECK_EQUAL(figure("sockets", 1, "process"), 77);
	CHECK_EQUAL(figure("sockets", 2, "used"), SLOTS);
	CHECK(strcmp(cell("groups", 1, "policy"), "shared") == 0);
	CHECK_EQUAL(figure("groups", 1, "members"), 2);
	CHECK(strcmp(cell("groups", 1, "computation"), "yes") == 0);
	CHECK(strcmp(cell("groups", 2, "computation"), "no") == 0);
	CHECK(strcmp(cell("groups", 2, "devices"), "d1:2") == 0);
	CHECK_EQUAL(figure("memory", 1, "rx_slots"), 256);
	CHECK_EQUAL(figure("memory", 1, "octets"), socket->map.size);
	print_table("computations");
	CHECK(strstr(printed, "\n-- group 3\nmain = steer_flow\n"));
	CHECK(!strstr(printed, "-- group 5"));
	CHECK_EQUAL(disable(&world, socket), 0);
	CHECK(strcmp(cell("sockets", 1, "state"), "disabled") == 0);
	world_end(&world);
}

static void a_word_is_one_word_whatever_is_in_it(void)
{
	struct pfq_text text = { append, printed };

	printed[0] = 0;
	pfq_print_word(&text, "a b\n\x1b[2J\\\x7f\xe9");
	CHECK(strcmp(printed, "a\\x20b\\x0a\\x1b[2J\\x5c\\x7f\\xe9") == 0);
}

int main(void)
{
	run_test("received is delivered, lost and dropped", received_is_delivered_lost_and_dropped);
	run_test("a packet counts once for each socket that it is for",
		 a_packet_counts_once_for_each_socket_that_it_is_for);
	run_test("totals keep what has ended", totals_keep_what_has_ended);
	run_test("totals have what was forwarded, and what was not taken",
		 totals_have_what_was_forwarded_and_what_was_not_taken);
	run_test("tables say who belongs to what", tables_say_who_belongs_to_what);
	run_test("a word is one word, whatever is in it", a_word_is_one_word_whatever_is_in_it);
	return harness.failures > 0;
}
