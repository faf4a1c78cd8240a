/* SPDX-License-Identifier: BSD-3-Clause */
/* Opening, sizes, groups, and what is refused. */
#include "harness.h"

#include <dirent.h>
#include <pthread.h>

#define OPEN_FAILS(call, words)                                              \
	do {                                                                 \
		CHECK((call) == NULL);                                       \
		test_check_text(__FILE__, __LINE__, pfq_error(NULL), words); \
	} while (0)

TEST(sizes_are_what_they_were_opened_with)
{
	pfq_t *q = pfq_open(100, 1000, 1514, 16);

	CHECK(q != NULL);
	CHECK_EQUAL(pfq_get_caplen(q), 100);
	CHECK_EQUAL(pfq_get_rx_slots(q), 1024);
	CHECK_EQUAL(pfq_get_xmitlen(q), 1514);
	CHECK_EQUAL(pfq_get_tx_slots(q), 16);
	CHECK_EQUAL(pfq_get_rx_slot_size(q), 192);
	CHECK_EQUAL(pfq_get_tx_slot_size(q) % 64, 0);
	CHECK_EQUAL(pfq_get_weight(q), 1);
	CHECK_EQUAL(pfq_is_timestamping_enabled(q), 1);
	CHECK_EQUAL(pfq_is_enabled(q), 0);
	CHECK(strcmp(pfq_host(q), on_kernel_host() ? "kernel" : "user") == 0);
	CHECK(strcmp(pfq_error(q), "") == 0);
	pfq_close(q);
}

TEST(sizes_can_be_set_while_the_socket_is_not_enabled)
{
	pfq_t *q = pfq_open(100, 1024, 1514, 16);

	OK(q, pfq_set_caplen(q, 200));
	OK(q, pfq_set_rx_slots(q, 2048));
	OK(q, pfq_set_xmitlen(q, 100));
	OK(q, pfq_set_tx_slots(q, 32));
	OK(q, pfq_set_weight(q, 7));
	CHECK_EQUAL(pfq_get_caplen(q), 200);
	CHECK_EQUAL(pfq_get_rx_slots(q), 2048);
	CHECK_EQUAL(pfq_get_xmitlen(q), 100);
	CHECK_EQUAL(pfq_get_tx_slots(q), 32);
	CHECK_EQUAL(pfq_get_weight(q), 7);
	CHECK(pfq_mem_addr(q) == NULL);
	CHECK_EQUAL(pfq_mem_size(q), -1);
	OK(q, pfq_enable(q));
	CHECK_EQUAL(pfq_is_enabled(q), 1);
	CHECK(pfq_mem_addr(q) != NULL);
	CHECK(pfq_mem_size(q) >= 2048 * 256);
	FAILS(q, pfq_set_caplen(q, 300), "enabled");
	FAILS(q, pfq_enable(q), "enabled");
	OK(q, pfq_disable(q));
	OK(q, pfq_disable(q));
	pfq_close(q);
}

TEST(sizes_out_of_range_are_refused)
{
	pfq_t *q;

	OPEN_FAILS(pfq_open(0, 64, 64, 64), "octets");
	OPEN_FAILS(pfq_open(64, 0, 64, 64), "slots");
	OPEN_FAILS(pfq_open(64, (size_t)1 << 40, 64, 64), "slots");
	OPEN_FAILS(pfq_open((size_t)1 << 40, 64, 64, 64), "octets");
	OPEN_FAILS(pfq_open(262144, 16777216, 64, 64), "MiB");
	OPEN_FAILS(pfq_open(64, 64, 64, SIZE_MAX), "slots");
	q = pfq_open(64, 64, 64, 64);
	FAILS(q, pfq_set_weight(q, 0), "weight");
	FAILS(q, pfq_set_weight(q, -1), "weight");
	FAILS(q, pfq_set_weight(q, 1025), "weight");
	FAILS(q, pfq_set_rx_slots(q, 0), "slots");
	CHECK_EQUAL(pfq_get_rx_slots(q), 64);
	pfq_close(q);
}

static void opens_on(const char *host)
{
	pfq_t *q = pfq_open(64, 64, 64, 64);

	CHECK(q != NULL);
	CHECK(strcmp(pfq_host(q), host) == 0);
	pfq_close(q);
}

TEST(the_host_can_be_chosen)
{
	bool kernel = on_kernel_host();

	setenv("PFQ_HOST", "toaster", 1);
	OPEN_FAILS(pfq_open(64, 64, 64, 64), "PFQ_HOST=toaster");
	setenv("PFQ_HOST", "user", 1);
	opens_on("user");
	setenv("PFQ_HOST", "kernel", 1);
	if (kernel)
		opens_on("kernel");
	else
		OPEN_FAILS(pfq_open(64, 64, 64, 64), "kernel");
	unsetenv("PFQ_HOST");
	opens_on(kernel ? "kernel" : "user");
	if (kernel)
		setenv("PFQ_HOST", "kernel", 1);
}

TEST(groups_are_joined_left_and_shared)
{
	pfq_t *a = pfq_open_nogroup(64, 64, 64, 64), *b = pfq_open_nogroup(64, 64, 64, 64);
	struct pfq_group_mask groups;
	unsigned long mask;
	int gid;

	FAILS(a, pfq_group_id(a), "no group");
	FAILS(a, pfq_bind(a, "mem:x", -1), "no group");
	gid = (int)OK(a, pfq_join_group(a, Q_ANY_GROUP, Q_CLASS_DEFAULT, Q_POLICY_GROUP_SHARED));
	CHECK_EQUAL(pfq_group_id(a), gid);
	FAILS(b, pfq_bind_group(b, gid, "mem:x", -1), "no member");
	FAILS(b, pfq_join_group(b, gid, Q_CLASS_DEFAULT, Q_POLICY_GROUP_PRIVATE), "policy");
	FAILS(b, pfq_join_group(b, gid, 0, Q_POLICY_GROUP_SHARED), "class mask");
	FAILS(b, pfq_join_group(b, 100000, 1, Q_POLICY_GROUP_SHARED), "group 100000");
	CHECK_EQUAL(OK(b, pfq_join_group(b, gid, Q_CLASS_DEFAULT, Q_POLICY_GROUP_SHARED)), gid);
	CHECK_EQUAL(OK(b, pfq_join_group(b, 200, Q_CLASS_DEFAULT, Q_POLICY_GROUP_SHARED)), 200);
	OK(b, pfq_groups_mask(b, &mask));
	CHECK_EQUAL(mask, 1UL << gid);
	OK(b, pfq_get_groups(b, &groups));
	CHECK_EQUAL(groups.mask[3], 1ULL << (200 - 192));
	OK(a, pfq_leave_group(a, gid));
	FAILS(a, pfq_leave_group(a, gid), "no member");
	pfq_close(a);
	pfq_close(b);
}

TEST(a_private_group_lets_nobody_in)
{
	pfq_t *a = pfq_open(64, 64, 64, 64), *b = pfq_open_nogroup(64, 64, 64, 64);

	FAILS(b, pfq_join_group(b, pfq_group_id(a), 1, Q_POLICY_GROUP_SHARED), "private");
	pfq_close(a);
	pfq_close(b);
}

TEST(every_socket_up_to_the_limit_can_be_opened_and_one_more_is_refused)
{
	pfq_t *sockets[PFQ_MAX_SOCKETS];

	for (int i = 0; i < PFQ_MAX_SOCKETS; i++) {
		sockets[i] = pfq_open_nogroup(64, 64, 64, 64);
		CHECK(sockets[i] != NULL);
		OK(sockets[i], pfq_enable(sockets[i]));
		CHECK_EQUAL(pfq_id(sockets[i]), i);
	}
	OPEN_FAILS(pfq_open(64, 64, 64, 64), on_kernel_host() ? "max_sockets" : "in use");
	for (int i = 0; i < PFQ_MAX_SOCKETS; i++)
		OK(sockets[i], pfq_close(sockets[i]));
}

static int open_files(void)
{
	DIR *directory = opendir("/proc/self/fd");
	int count = 0;

	while (readdir(directory))
		count++;
	closedir(directory);
	return count;
}

TEST(closing_leaves_no_file_open)
{
	const char *device = fresh_device("files");
	unsigned int rounds = rounds_of(300);
	int before = open_files();

	for (unsigned int i = 0; i < rounds; i++) {
		pfq_t *q = open_on(device, 64, 64);

		OK(q, pfq_close(q));
		CHECK(pfq_open(64, 0, 64, 64) == NULL);
	}
	CHECK_EQUAL(open_files(), before);
}

TEST(devices_that_are_not_there_are_named)
{
	pfq_t *q = pfq_open(64, 64, 64, 64);
	const char *unknown = on_kernel_host() ? ": no such device in this network namespace"
					       : ": no such interface; have: ";
	struct pfq_device_stats stats;

	if (on_kernel_host())
		CHECK(shell("ip link set lo up"));
	FAILS(q, pfq_bind(q, "nosuch0", -1), "nosuch0");
	test_check_text(__FILE__, __LINE__, pfq_error(q), unknown);
	FAILS(q, pfq_bind(q, "a/../b", -1), unknown);
	FAILS(q, pfq_ifindex(q, "nosuch0"), unknown);
	FAILS(q, pfq_set_promisc(q, "nosuch0", 1), unknown);
	FAILS(q, pfq_get_device_stats(q, "nosuch0", &stats), "nosuch0");
	FAILS(q, pfq_unbind(q, "nosuch0", -1), "not bound");
	FAILS(q, pfq_bind(q, "lo", 70000), "queue 70000");
	FAILS(q, pfq_bind(q, "lo", -2), "queue -2");
	pfq_close(q);
}

TEST(errors_of_sockets_are_told_apart)
{
	pfq_t *q = pfq_open(64, 64, 64, 64), *other = pfq_open(64, 64, 64, 64);

	FAILS(q, pfq_set_weight(q, 0), "weight 0");
	FAILS(other, pfq_set_weight(other, -5), "weight -5");
	test_check_text(__FILE__, __LINE__, pfq_error(q), "weight 0");
	test_check_text(__FILE__, __LINE__, pfq_error(other), "weight -5");
	CHECK_EQUAL(pfq_error_node(q), -1);
	pfq_close(q);
	pfq_close(other);
}

static void *fail_to_bind(void *q)
{
	return (void *)(intptr_t)pfq_bind(q, "no such thing", Q_ANY_QUEUE);
}

TEST(a_thread_that_asks_is_told_of_the_last_error_of_another)
{
	pfq_t *q = pfq_open(64, 64, 64, 64);
	pthread_t thread;

	CHECK(strcmp(pfq_error(q), "") == 0);
	pthread_create(&thread, NULL, fail_to_bind, q);
	pthread_join(thread, NULL);
	test_check_text(__FILE__, __LINE__, pfq_error(q), "no such thing");
	pfq_close(q);
}

static bool rounds_are_over;

static void *set_caplen(void *q)
{
	while (!__atomic_load_n(&rounds_are_over, __ATOMIC_RELAXED))
		pfq_set_caplen(q, 100);
	return NULL;
}

TEST(a_size_stays_as_it_was_set_while_another_thread_sets_another)
{
	pfq_t *q = pfq_open(64, 64, 64, 64);
	unsigned int lost = 0, rounds = rounds_of(200000);
	pthread_t thread;

	pthread_create(&thread, NULL, set_caplen, q);
	for (size_t round = 1; round <= rounds; round++) {
		pfq_set_xmitlen(q, round);
		lost += (size_t)pfq_get_xmitlen(q) != round;
	}
	__atomic_store_n(&rounds_are_over, true, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	CHECK_EQUAL(lost, 0);
	pfq_close(q);
}

TEST(hashes_are_the_same_in_both_directions)
{
	uint8_t there[78] = { [12] = 8, [14] = 0x45, [23] = 17, [26] = 10, 0, 0, 1, 10,
			      0,	0,	     2,		4,	   0, 0, 53 };
	uint8_t back[78] = { [12] = 8, [14] = 0x45, [23] = 17, [26] = 10, 0,  0, 2, 10,
			     0,	       0,	    1,	       0,	  53, 4, 0 };
	uint8_t other[78] = { [12] = 8, [14] = 0x45, [23] = 17, [26] = 10, 0,  0, 3, 10,
			      0,	0,	     1,		0,	   53, 4, 0 };

	CHECK_EQUAL(pfq_symmetric_hash((char *)there), pfq_symmetric_hash((char *)back));
	CHECK(pfq_symmetric_hash((char *)there) != pfq_symmetric_hash((char *)other));
	CHECK(pfq_fold(pfq_symmetric_hash((char *)there), 3) < 3);
	CHECK_EQUAL(pfq_fold(5, 0), 0);
}
