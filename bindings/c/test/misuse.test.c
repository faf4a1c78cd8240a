/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every function of pfq.h, called wrongly: on sockets in every state, with every kind of argument,
 * by many threads at once and under a storm of signals. What is promised: the call succeeds, or
 * fails with one line and a number, and no sanitizer has anything to say.
 */
#include "harness.h"

#include <limits.h>
#include <linux/filter.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>

#define ROOM (1 << 20)

/* What a call is given. */
struct with {
	int number;
	size_t size;
	long wait;
	const char *text;
	void *memory; /* ROOM octets, or NULL */
};

static void ignore(char *user, const struct pfq_pkthdr *header, const char *data)
{
	(void)user;
	(void)header;
	(void)data;
}

static int opened(pfq_t *q)
{
	return q ? pfq_close(q) : -1;
}

static int told(const char *text)
{
	return text && !strchr(text, '\n') ? 0 : -1;
}

/* A filter of as many instructions as are told of. */
static const struct sock_fprog *filter(const struct with *a)
{
	static __thread struct sock_fprog program;

	program = (struct sock_fprog){ .len = (unsigned short)a->number, .filter = a->memory };
	return a->size ? &program : NULL;
}

/* Those that need no socket: what they are called on makes no difference. */
#define FREE_CALLS(CALL)                                                                      \
	CALL(pfq_open, opened(pfq_open(a->size, a->size, a->size, a->size)))                  \
	CALL(pfq_open_nogroup, opened(pfq_open_nogroup(a->size, 64, 64, a->size)))            \
	CALL(pfq_open_group, opened(pfq_open_group(a->size, a->number, 64, a->size, 64, 64))) \
	CALL(pfq_error, told(pfq_error(q)))                                                   \
	CALL(pfq_error_node, (pfq_error_node(q), 0))                                          \
	CALL(pfq_hugepages_mountpoint, (pfq_hugepages_mountpoint(), 0))                       \
	CALL(pfq_set_logger, (pfq_set_logger(NULL, a->memory), 0))

#define SOCKET_CALLS(CALL)                                                                \
	CALL(pfq_enable, pfq_enable(q))                                                   \
	CALL(pfq_disable, pfq_disable(q))                                                 \
	CALL(pfq_is_enabled, pfq_is_enabled(q))                                           \
	CALL(pfq_id, pfq_id(q))                                                           \
	CALL(pfq_group_id, pfq_group_id(q))                                               \
	CALL(pfq_get_fd, pfq_get_fd(q))                                                   \
	CALL(pfq_host, pfq_host(q) ? 0 : -1)                                              \
	CALL(pfq_set_caplen, pfq_set_caplen(q, a->size))                                  \
	CALL(pfq_set_xmitlen, pfq_set_xmitlen(q, a->size))                                \
	CALL(pfq_set_rx_slots, pfq_set_rx_slots(q, a->size))                              \
	CALL(pfq_set_tx_slots, pfq_set_tx_slots(q, a->size))                              \
	CALL(pfq_get_caplen, pfq_get_caplen(q))                                           \
	CALL(pfq_get_xmitlen, pfq_get_xmitlen(q))                                         \
	CALL(pfq_get_rx_slots, pfq_get_rx_slots(q))                                       \
	CALL(pfq_get_tx_slots, pfq_get_tx_slots(q))                                       \
	CALL(pfq_get_rx_slot_size, pfq_get_rx_slot_size(q))                               \
	CALL(pfq_get_tx_slot_size, pfq_get_tx_slot_size(q))                               \
	CALL(pfq_set_weight, pfq_set_weight(q, a->number))                                \
	CALL(pfq_get_weight, pfq_get_weight(q))                                           \
	CALL(pfq_timestamping_enable, pfq_timestamping_enable(q, a->number))              \
	CALL(pfq_is_timestamping_enabled, pfq_is_timestamping_enabled(q))                 \
	CALL(pfq_mem_size, pfq_mem_size(q))                                               \
	CALL(pfq_mem_addr, pfq_mem_addr(q) ? 0 : -1)                                      \
	CALL(pfq_ifindex, pfq_ifindex(q, a->text))                                        \
	CALL(pfq_set_promisc, pfq_set_promisc(q, a->text, a->number))                     \
	CALL(pfq_join_group, pfq_join_group(q, a->number, a->size, a->number & 3))        \
	CALL(pfq_leave_group, pfq_leave_group(q, a->number))                              \
	CALL(pfq_groups_mask, pfq_groups_mask(q, a->memory))                              \
	CALL(pfq_get_groups, pfq_get_groups(q, a->memory))                                \
	CALL(pfq_bind, pfq_bind(q, a->text, a->number))                                   \
	CALL(pfq_unbind, pfq_unbind(q, a->text, a->number))                               \
	CALL(pfq_bind_group, pfq_bind_group(q, a->number, a->text, Q_ANY_QUEUE))          \
	CALL(pfq_unbind_group, pfq_unbind_group(q, a->number, a->text, Q_ANY_QUEUE))      \
	CALL(pfq_egress_bind, pfq_egress_bind(q, a->text, a->number))                     \
	CALL(pfq_egress_unbind, pfq_egress_unbind(q))                                     \
	CALL(pfq_set_group_computation,                                                   \
	     pfq_set_group_computation(q, a->number, a->memory, a->size))                 \
	CALL(pfq_set_group_computation_from_string,                                       \
	     pfq_set_group_computation_from_string(q, a->number, a->text))                \
	CALL(pfq_set_group_computation_from_json,                                         \
	     pfq_set_group_computation_from_json(q, a->number, a->text))                  \
	CALL(pfq_set_group_computation_from_file,                                         \
	     pfq_set_group_computation_from_file(q, a->number, a->text))                  \
	CALL(pfq_group_fprog, pfq_group_fprog(q, 0, filter(a)))                           \
	CALL(pfq_group_fprog_fd, pfq_group_fprog_fd(q, a->number, a->number))             \
	CALL(pfq_group_fprog_reset, pfq_group_fprog_reset(q, a->number))                  \
	CALL(pfq_vlan_filters_enable, pfq_vlan_filters_enable(q, a->number, a->number))   \
	CALL(pfq_vlan_set_filter, pfq_vlan_set_filter(q, 0, a->number))                   \
	CALL(pfq_vlan_reset_filter, pfq_vlan_reset_filter(q, 0, a->number))               \
	CALL(pfq_read, pfq_read(q, a->memory, a->wait))                                   \
	CALL(pfq_recv, pfq_recv(q, a->memory, a->size < ROOM ? a->size : ROOM,            \
				&(struct pfq_net_queue){ .len = 0 }, a->wait))            \
	CALL(pfq_dispatch, pfq_dispatch(q, a->memory ? ignore : NULL, a->wait, NULL))     \
	CALL(pfq_poll, pfq_poll(q, a->wait))                                              \
	CALL(pfq_arm, pfq_arm(q))                                                         \
	CALL(pfq_disarm, pfq_disarm(q))                                                   \
	CALL(pfq_bind_tx, pfq_bind_tx(q, a->text, Q_ANY_QUEUE, a->number))                \
	CALL(pfq_unbind_tx, pfq_unbind_tx(q))                                             \
	CALL(pfq_send, pfq_send(q, a->memory, a->size, a->size, (unsigned int)a->number)) \
	CALL(pfq_send_async, pfq_send_async(q, a->memory, a->size, 1, a->number))         \
	CALL(pfq_send_raw, pfq_send_raw(q, a->memory, a->size, a->size, 1, a->number))    \
	CALL(pfq_sync_queue, pfq_sync_queue(q, a->number))                                \
	CALL(pfq_async_pending, pfq_async_pending(q, a->number))                          \
	CALL(pfq_get_stats, pfq_get_stats(q, a->memory))                                  \
	CALL(pfq_get_group_stats, pfq_get_group_stats(q, a->number, a->memory))           \
	CALL(pfq_get_group_counters, pfq_get_group_counters(q, a->number, a->memory))     \
	CALL(pfq_get_device_stats, pfq_get_device_stats(q, a->text, a->memory))           \
	CALL(pfq_close, pfq_close(q))

#define DEFINE(name, expression)                                     \
	static long long call_##name(pfq_t *q, const struct with *a) \
	{                                                            \
		(void)q;                                             \
		(void)a;                                             \
		return expression;                                   \
	}
FREE_CALLS(DEFINE)
SOCKET_CALLS(DEFINE)

struct call {
	const char *name;
	long long (*make)(pfq_t *q, const struct with *a);
};

#define ROW(name, expression) { #name, call_##name },
static const struct call free_calls[] = { FREE_CALLS(ROW) };
static const struct call socket_calls[] = { SOCKET_CALLS(ROW) };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const int numbers[] = { 0, -1, 1, -2, 2, 3, 255, 256, 4095, 65536, INT_MAX, INT_MIN };
static const size_t sizes[] = { 0,	 1,    60,   64,	2048,
				65536,	 ROOM, ROOM, INT32_MAX, (size_t)1 << 40,
				SIZE_MAX };
static const char *texts[] = {
	NULL,
	"",
	"mem:misuse", /* on the kernel host, an interface: begin() */
	"mem:misuse=other",
	"divert:mem:misuse",
	"mem:",
	"mem:=",
	"a\nb\r\n",
	"%s%n%x",
	"\xff\xfe\x80",
	"pcap:/",
	"pcap:/nonexistent",
	"pcap:?rate=recorded",
	"/",
	"[{\"funSymbol\": ",
	"longlonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglong"
	"longlonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglong"
	"longlonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglong",
};

/* Which the states have to do with. */
static const char **const device = &texts[2];

/* Of the thread that runs the tests. */
static char room[ROOM] __attribute__((aligned(64)));

static const char *last_error(const struct call *call, pfq_t *q)
{
	return pfq_error(strncmp(call->name, "pfq_open", 8) == 0 ? NULL : q);
}

/* Makes a call, which succeeds, or fails as is promised. */
static long long make(const struct call *call, pfq_t *q, const struct with *a)
{
	long long value;

	errno = 0;
	value = call->make(q, a);
	if (value < 0) {
		int number = errno;
		const char *text = last_error(call, q);

		if (value != -1 || !number || !*text || strchr(text, '\n'))
			test_fail(__FILE__, __LINE__, "%s gave %lld, errno %d, \"%s\"", call->name,
				  value, number, text);
	}
	return value;
}

/* The same with each kind of argument: each value of a kind with the first, and with the last, of
 * the others. */
static void make_with_all(const struct call *call, pfq_t *q)
{
	for (int least = 0; least < 2; least++) {
		const struct with rest = {
			.number = numbers[0],
			.size = least ? 0 : 64,
			.text = least ? NULL : *device,
			.memory = least ? NULL : room,
		};
		struct with a = rest;

		for (size_t i = 0; i < COUNT(numbers); i++, a = rest) {
			a.number = numbers[i];
			make(call, q, &a);
		}
		for (size_t i = 0; i < COUNT(sizes); i++, a = rest) {
			a.size = sizes[i];
			make(call, q, &a);
		}
		for (size_t i = 0; i < COUNT(texts); i++, a = rest) {
			a.text = texts[i];
			make(call, q, &a);
		}
		a.memory = least ? room : NULL;
		make(call, q, &a);
	}
}

static void begin(void)
{
	static char interface[32], diverted[40];

	setenv("PFQ_LANG", "/bin/false", 1);
	if (!on_kernel_host() || interface[0])
		return;
	snprintf(interface, sizeof(interface), "%s", fresh_device("misuse"));
	snprintf(diverted, sizeof(diverted), "divert:%s", interface);
	texts[2] = interface;
	texts[4] = diverted;
}

TEST(without_a_socket_every_call_but_close_fails)
{
	static const struct with nothing = { .number = 0 };

	begin();
	for (size_t i = 0; i < COUNT(socket_calls); i++) {
		const struct call *call = &socket_calls[i];

		if (call->make == call_pfq_close) {
			CHECK_EQUAL(pfq_close(NULL), 0);
			continue;
		}
		make_with_all(call, NULL);
		if (make(call, NULL, &nothing) != -1 || errno != EBADF)
			test_fail(__FILE__, __LINE__, "%s: errno %d", call->name, errno);
		test_check_text(__FILE__, __LINE__, pfq_error(NULL), "NULL");
	}
}

TEST(a_closed_socket_fails_every_call)
{
	static const struct with nothing = { .number = 0 };
	pfq_t *q = open_on(fresh_device("closed"), 64, 64);

	begin();
	OK(q, pfq_close(q));
	for (size_t i = 0; i < COUNT(socket_calls); i++) {
		const struct call *call = &socket_calls[i];

		make_with_all(call, q);
		if (make(call, q, &nothing) != -1 || errno != EBADF)
			test_fail(__FILE__, __LINE__, "%s: errno %d: %s", call->name, errno,
				  pfq_error(q));
		test_check_text(__FILE__, __LINE__, pfq_error(q), "the socket is closed");
	}
}

TEST(calls_that_need_no_socket_take_any_argument)
{
	begin();
	for (size_t i = 0; i < COUNT(free_calls); i++)
		make_with_all(&free_calls[i], NULL);
}

static pfq_t *fresh(void)
{
	return pfq_open_nogroup(64, 64, 64, 64);
}

static pfq_t *in_a_group(void)
{
	return pfq_open(64, 64, 64, 64);
}

static pfq_t *enabled(void)
{
	pfq_t *q = open_on(*device, 64, 64), *sender = open_sender(*device);

	for (uint32_t i = 0; i < 10; i++)
		send_number(sender, i, 60);
	pfq_close(sender);
	return q;
}

static pfq_t *sending(void)
{
	pfq_t *q = pfq_open(64, 64, 64, 64);

	OK(q, pfq_bind_tx(q, *device, Q_ANY_QUEUE, Q_NO_KTHREAD));
	OK(q, pfq_bind_tx(q, *device, Q_ANY_QUEUE, 0));
	OK(q, pfq_enable(q));
	return q;
}

static pfq_t *disabled(void)
{
	pfq_t *q = sending();

	OK(q, pfq_disable(q));
	return q;
}

static pfq_t *(*const states[])(void) = { fresh, in_a_group, enabled, sending, disabled };

/* The call has a socket of its own, which is as it was opened; what it does to it stays for the
 * next arguments. */
static void make_in(size_t state, const struct call *call)
{
	pfq_t *q = states[state]();

	CHECK(q);
	make_with_all(call, q);
	if (call->make != call_pfq_close)
		OK(q, pfq_close(q));
}

/* On the kernel host, where the run is short, each call in one of the states. */
TEST(in_every_state_every_call_succeeds_or_says_why_not)
{
	bool all = !on_kernel_host() || runs_for_long();

	begin();
	for (size_t state = 0; state < COUNT(states); state++)
		for (size_t i = 0; i < COUNT(socket_calls); i++)
			if (all || i % COUNT(states) == state)
				make_in(state, &socket_calls[i]);
}

/* One after the other on one socket, in every order of two; of these, a seventh where the run is
 * short. */
TEST(every_call_works_after_every_other)
{
	struct with a = { .size = 64, .memory = room };
	size_t step = runs_for_long() ? 1 : 7;

	begin();
	a.text = *device;
	for (size_t pair = 0; pair < COUNT(socket_calls) * COUNT(socket_calls); pair += step) {
		pfq_t *q = in_a_group();

		CHECK(q);
		make(&socket_calls[pair / COUNT(socket_calls)], q, &a);
		make(&socket_calls[pair % COUNT(socket_calls)], q, &a);
		pfq_close(q);
	}
}

TEST(what_is_refused_leaves_the_queues_as_they_are)
{
	ssize_t size;
	pfq_t *q;

	begin();
	q = sending();
	size = pfq_mem_size(q);
	FAILS(q, pfq_enable(q), "enabled");
	CHECK_EQUAL(pfq_mem_size(q), size);
	CHECK_EQUAL(OK(q, pfq_send_async(q, room, 60, 1, 0)), 60);
	pfq_close(q);
}

struct refusal {
	const char *name;
	pfq_t *(*state)(void);
	long long (*make)(pfq_t *q, const struct with *a);
	int number;
	const char *words;
};

static char octets[64] __attribute__((aligned(64)));

#define REFUSALS(REFUSAL)                                                                          \
	REFUSAL(read_too_early, fresh, pfq_read(q, a->memory, 0), EBADF, "call pfq_enable()")      \
	REFUSAL(poll_too_early, fresh, pfq_poll(q, 0), EBADF, "call pfq_enable()")                 \
	REFUSAL(send_too_early, fresh, pfq_send(q, octets, 60, 1, 1), EBADF, "call pfq_enable()")  \
	REFUSAL(memory_too_early, fresh, pfq_mem_size(q), EBADF, "it has no queues")               \
	REFUSAL(group_of_none, fresh, pfq_group_id(q), ENOENT, "a member of no group")             \
	REFUSAL(bind_in_no_group, fresh, pfq_bind(q, "mem:x", -1), ENOENT, "a member of no group") \
	REFUSAL(compute_in_no_group, fresh, pfq_set_group_computation(q, 0, NULL, 0), ENOENT,      \
		"group 0")                                                                         \
	REFUSAL(enable_twice, enabled, pfq_enable(q), EBUSY, "enabled")                            \
	REFUSAL(resize_enabled, enabled, pfq_set_rx_slots(q, 64), EBUSY, "enabled")                \
	REFUSAL(bind_tx_enabled, enabled, pfq_bind_tx(q, "mem:x", -1, -1), EBUSY, "enabled")       \
	REFUSAL(unbind_tx_enabled, sending, pfq_unbind_tx(q), EBUSY, "enabled")                    \
	REFUSAL(read_into_nothing, enabled, pfq_read(q, NULL, 0), EINVAL,                          \
		"no place for the batch")                                                          \
	REFUSAL(recv_into_nothing, enabled, pfq_recv(q, NULL, ROOM, a->memory, 0), EINVAL,         \
		"no place for")                                                                    \
	REFUSAL(recv_without_batch, enabled, pfq_recv(q, a->memory, ROOM, NULL, 0), EINVAL,        \
		"no place for")                                                                    \
	REFUSAL(recv_unaligned, enabled, pfq_recv(q, (char *)a->memory + 1, 4096, a->memory, 0),   \
		EINVAL, "must be aligned to 8 octets")                                             \
	REFUSAL(recv_less_than_a_slot, enabled, pfq_recv(q, a->memory, 100, a->memory, 0), EINVAL, \
		"a slot has")                                                                      \
	REFUSAL(dispatch_to_nothing, enabled, pfq_dispatch(q, NULL, 0, NULL), EINVAL,              \
		"no function to call")                                                             \
	REFUSAL(send_without_queue, enabled, pfq_send(q, octets, 60, 1, 1), EINVAL,                \
		"call pfq_bind_tx()")                                                              \
	REFUSAL(send_nothing, sending, pfq_send(q, NULL, 60, 1, 1), EINVAL,                        \
		"no packet: the pointer")                                                          \
	REFUSAL(send_nothing_async, sending, pfq_send_async(q, NULL, 60, 1, 0), EINVAL,            \
		"no packet: the")                                                                  \
	REFUSAL(send_empty, sending, pfq_send(q, octets, 0, 1, 1), EMSGSIZE,                       \
		"a packet of 0 octets")                                                            \
	REFUSAL(send_huge, sending, pfq_send(q, octets, SIZE_MAX, 1, 1), EMSGSIZE, "1 to 64")      \
	REFUSAL(send_too_often, sending, pfq_send(q, octets, 60, SIZE_MAX, 1), EINVAL,             \
		"copies: must be")                                                                 \
	REFUSAL(stats_into_nothing, fresh, pfq_get_stats(q, NULL), EINVAL,                         \
		"no place for the answer")                                                         \
	REFUSAL(groups_into_nothing, fresh, pfq_get_groups(q, NULL), EINVAL,                       \
		"no place for the answer")                                                         \
	REFUSAL(mask_into_nothing, fresh, pfq_groups_mask(q, NULL), EINVAL,                        \
		"no place for the answer")                                                         \
	REFUSAL(counters_into_nothing, in_a_group, pfq_get_group_counters(q, 0, NULL), EINVAL,     \
		"no place for")                                                                    \
	REFUSAL(compute_nothing, in_a_group, pfq_set_group_computation(q, 0, NULL, 8), EINVAL,     \
		"no image")                                                                        \
	REFUSAL(compute_huge, in_a_group, pfq_set_group_computation(q, 0, octets, SIZE_MAX),       \
		EINVAL, "must be at most")                                                         \
	REFUSAL(bind_nothing, in_a_group, pfq_bind(q, NULL, -1), EINVAL, "a name has 1 to")        \
	REFUSAL(weigh_nothing, fresh, pfq_set_weight(q, INT_MIN), EINVAL, "must be 1 to 1024")

#define DEFINE_REFUSAL(name, state, expression, ...)                    \
	static long long refused_##name(pfq_t *q, const struct with *a) \
	{                                                               \
		(void)a;                                                \
		return expression;                                      \
	}
REFUSALS(DEFINE_REFUSAL)

TEST(what_is_refused_says_so_in_its_words)
{
#define REFUSAL_ROW(name, state, expression, number, words) \
	{ #expression, state, refused_##name, number, words },
	static const struct refusal refusals[] = { REFUSALS(REFUSAL_ROW) };
	struct with a = { .memory = room };

	begin();
	for (size_t i = 0; i < COUNT(refusals); i++) {
		const struct refusal *row = &refusals[i];
		pfq_t *q = row->state();

		CHECK(q);
		if (row->make(q, &a) >= 0 || errno != row->number)
			test_fail(__FILE__, __LINE__, "%s: errno %d: %s", row->name, errno,
				  pfq_error(q));
		test_check_text(__FILE__, __LINE__, pfq_error(q), row->words);
		pfq_close(q);
	}
}

/* -- All at once -- */

#define SOCKETS 3
#define CALLERS 4

static pfq_t *shared[SOCKETS];
static bool over;

struct caller {
	pthread_t thread;
	unsigned int seed;
	unsigned long made;
	char problem[256];
};

static unsigned int next(unsigned int *seed, size_t below)
{
	*seed = *seed * 1664525 + 1013904223;
	return (unsigned int)((*seed >> 8) % below);
}

/* Another thread may take an error's place: what it says is looked at where one thread calls. */
static void make_any(struct caller *caller, void *place_for_answers)
{
	unsigned int *seed = &caller->seed;
	pfq_t **place = &shared[next(seed, SOCKETS)];
	pfq_t *q = __atomic_load_n(place, __ATOMIC_ACQUIRE);
	const struct call *call = &socket_calls[next(seed, COUNT(socket_calls))];
	const struct with a = {
		.number = numbers[next(seed, 4)],
		.size = sizes[next(seed, 5)],
		.wait = next(seed, 8) ? 0 : (long)next(seed, 3000) - 1000,
		.text = texts[next(seed, 5)],
		.memory = next(seed, 8) ? place_for_answers : NULL,
	};
	long long value;

	errno = 0;
	value = call->make(q, &a);
	__atomic_fetch_add(&caller->made, 1, __ATOMIC_RELAXED);
	if (value < -1 || (value < 0 && !errno))
		snprintf(caller->problem, sizeof(caller->problem), "%s gave %lld, errno %d",
			 call->name, value, errno);
	/* Whoever closed it opens another in its place. */
	if (call->make == call_pfq_close && value == 0)
		__atomic_store_n(place, states[next(seed, 2)](), __ATOMIC_RELEASE);
}

static void *call_all(void *argument)
{
	struct caller *caller = argument;
	void *own = aligned_alloc(64, ROOM);

	memset(own, 0, ROOM);
	while (!__atomic_load_n(&over, __ATOMIC_RELAXED) && !caller->problem[0])
		make_any(caller, own);
	free(own);
	return NULL;
}

/* Whether each has made enough calls, or all it can. */
static bool have_called(const struct caller *callers)
{
	for (size_t i = 0; i < CALLERS; i++)
		if (__atomic_load_n(&callers[i].made, __ATOMIC_RELAXED) <= 100 &&
		    !callers[i].problem[0])
			return false;
	return true;
}

static void take_signal(int number)
{
	(void)number;
}

static void watch_signals(void)
{
	struct sigaction action = { .sa_handler = take_signal };

	CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
}

static void pause_for(long microseconds)
{
	struct timespec moment = { .tv_nsec = microseconds * 1000 };

	nanosleep(&moment, NULL);
}

TEST(threads_may_make_any_call_at_any_time_whatever_signals_come)
{
	struct caller callers[CALLERS] = { { .seed = 0 } };
	unsigned int rounds = rounds_of(runs_for_long() ? 100000 : 8000);

	begin();
	watch_signals();
	__atomic_store_n(&over, false, __ATOMIC_RELAXED);
	for (size_t i = 0; i < SOCKETS; i++)
		shared[i] = in_a_group();
	for (size_t i = 0; i < CALLERS; i++) {
		callers[i].seed = (unsigned int)i + 1;
		CHECK(!pthread_create(&callers[i].thread, NULL, call_all, &callers[i]));
	}
	for (unsigned int i = 0; i < rounds || !have_called(callers); i++) {
		pthread_kill(callers[i % CALLERS].thread, SIGUSR1);
		/* A wait without end ends with the socket. */
		pfq_disable(__atomic_load_n(&shared[i % SOCKETS], __ATOMIC_ACQUIRE));
		pause_for(50);
	}
	__atomic_store_n(&over, true, __ATOMIC_RELAXED);
	for (size_t i = 0; i < CALLERS; i++)
		for (bool ended = false; !ended;) {
			struct timespec soon;

			clock_gettime(CLOCK_REALTIME, &soon);
			soon.tv_nsec = (soon.tv_nsec + 10000000) % 1000000000;
			for (size_t j = 0; j < SOCKETS; j++)
				pfq_disable(__atomic_load_n(&shared[j], __ATOMIC_ACQUIRE));
			ended = pthread_timedjoin_np(callers[i].thread, NULL, &soon) == 0;
		}
	for (size_t i = 0; i < SOCKETS; i++)
		pfq_close(shared[i]);
	for (size_t i = 0; i < CALLERS; i++) {
		if (callers[i].problem[0])
			test_fail(__FILE__, __LINE__, "%s", callers[i].problem);
	}
}

static void *storm(void *thread)
{
	while (!__atomic_load_n(&over, __ATOMIC_RELAXED)) {
		pthread_kill(*(pthread_t *)thread, SIGUSR1);
		kill(getpid(), SIGUSR1);
		pause_for(20);
	}
	return NULL;
}

/* But for a wait, which a signal may end with 0, a call does what it does without signals. */
TEST(signals_change_nothing_but_that_a_wait_may_end)
{
	const char *device = fresh_device("storm");
	pfq_t *sender = open_sender(device), *q;
	pthread_t me = pthread_self(), other;
	struct pfq_net_queue nq;
	unsigned int received = 0, rounds = rounds_of(60);

	watch_signals();
	setenv("PFQ_LANG", "../../packages/lang/bin/pfq-lang.js", 1);
	__atomic_store_n(&over, false, __ATOMIC_RELAXED);
	CHECK(!pthread_create(&other, NULL, storm, &me));
	for (uint32_t round = 0; round < rounds; round++) {
		q = open_on(device, 64, 64);
		if (!on_kernel_host())
			OK(q, pfq_bind(q, "pcap:test/corpus/capture/microseconds", Q_ANY_QUEUE));
		send_number(sender, round, 60);
		while (OK(q, pfq_read(q, &nq, -1)) == 0)
			;
		received += (unsigned int)nq.len;
		OK(q, pfq_disable(q));
		OK(q, pfq_close(q));
	}
	/* The compiler starts slowly in an emulated machine. */
	if (!on_kernel_host() || runs_for_long()) {
		q = open_on(device, 64, 64);
		OK(q, pfq_set_group_computation_from_string(q, pfq_group_id(q), "main = mark 7"));
		OK(q, pfq_close(q));
	}
	__atomic_store_n(&over, true, __ATOMIC_RELAXED);
	pthread_join(other, NULL);
	CHECK(received >= rounds);
	pfq_close(sender);
}
