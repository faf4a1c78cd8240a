/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/*
 * What a host supplies to the engine: this list is complete. The types and the inline functions
 * come from the host's own "host_platform.h", found on the include path; the rest is the table of
 * functions below.
 *
 * host_platform.h defines:
 *
 *   the fixed-width integers, bool, size_t, NULL, memcpy, memset, strcmp, strncmp, strlen, errno
 *   numbers, va_list, vsnprintf
 *
 *   struct pfq_mutex                a sleeping lock: control plane alone
 *     void pfq_mutex_init(struct pfq_mutex *), pfq_mutex_destroy, pfq_mutex_lock, pfq_mutex_unlock
 *
 *   void *pfq_alloc(size_t)         zeroed, aligned to a cache line; NULL for none; may sleep
 *   void pfq_free(void *)
 *
 *   PFQ_READ_ONCE(x), PFQ_WRITE_ONCE(x, v)
 *   PFQ_LOAD_ACQUIRE(p), PFQ_STORE_RELEASE(p, v)
 *   bool PFQ_CAS(p, expected, desired)  full barrier; u32
 *   PFQ_ADD(p, v)                   relaxed, safe against other threads of the lane; u64
 *   u32 PFQ_EXCHANGE(p, v)          full barrier
 *   pfq_full_barrier()
 *   pfq_copy(to, from, size)        memcpy() for the octets of a packet
 *   PFQ_LIKELY(x), PFQ_UNLIKELY(x), PFQ_PREFETCH_WRITE(p)
 *   u32 pfq_popcount(u64)
 *
 *   u64 pfq_now()                   nanoseconds since the epoch, CLOCK_REALTIME
 *   bool pfq_interrupted()          lets others run; true if the caller is to end: may sleep
 *
 *   PFQ_TRACE(event, host, ...)     tells whoever traces the event, at no cost if nobody does;
 *                                   events and their arguments stand in linux/trace.h
 *
 *   pfq_foreign_lock(), pfq_foreign_unlock()      around the three below; may sleep
 *   const struct pfq_symbol *pfq_foreign_symbol(const char *name)  a primitive of a third party;
 *                                   NULL for none
 *   void *pfq_foreign_get(const struct pfq_symbol *)  keeps it, and gives what keeps it; NULL if
 *                                   it is about to go
 *   pfq_foreign_put(void *)         gives that back; needs no lock
 *
 *   PFQ_RCU_ASSIGN(p, v), PFQ_RCU_DEREFERENCE(p)
 *   pfq_rcu_read_lock(), pfq_rcu_read_unlock()
 *   pfq_rcu_synchronize()           returns when all readers that ran at the call are done; sleeps
 */
#ifndef PFQ_PLATFORM_H
#define PFQ_PLATFORM_H

#include "host_platform.h"

#include <pfq/abi.h>

struct pfq_device;
struct pfq_engine;
struct pfq_packet;
struct pfq_socket;
struct pfq_tx_thread;

/* What the engine asks of its host. All but the last six may sleep, and are called with the
 * engine's lock held; tx_thread_wake() with that of its socket's Tx queues. */
struct pfq_host_ops {
	/*
	 * Opens a device by name, for receiving and sending, and gives its index. The engine calls
	 * it once for a name, unless what it has is stale, and close() when neither a binding nor a
	 * program nor a socket uses the device any more.
	 */
	int (*device_open)(void *host, struct pfq_device *device, const char *name,
			   void **host_device, int *ifindex, struct pfq_error *error);
	void (*device_close)(void *host, void *host_device);

	/* Whether the device is gone, or another has its name now. NULL where neither happens. */
	bool (*device_is_stale)(void *host_device);

	/* Starts and stops the flow of packets into pfq_receive(). After stop() returns no packet
	 * comes in. */
	int (*device_start)(void *host, void *host_device, int queue, struct pfq_error *error);
	void (*device_stop)(void *host, void *host_device, int queue);

	int (*device_promiscuous)(void *host, void *host_device, bool on, struct pfq_error *error);

	/* Fills in what only the host knows: state, lost, position, size, text. */
	void (*device_stats)(void *host, void *host_device, struct pfq_device_stats *stats);

	/* A classic BPF program, checked and made ready. */
	int (*filter_prepare)(void *host, const void *insns, unsigned int count, void **filter,
			      struct pfq_error *error);
	void (*filter_free)(void *host, void *filter);

	/* The same of an eBPF program of type socket filter, which the calling process has open. */
	int (*filter_get)(void *host, int fd, void **filter, struct pfq_error *error);

	/* Memory for a socket's queues, zeroed; *page is the size of its pages. */
	int (*queue_alloc)(void *host, struct pfq_socket *socket, size_t size, void **memory,
			   size_t *page, struct pfq_error *error);
	void (*queue_free)(void *host, struct pfq_socket *socket, void *memory, size_t size);

	/* The process that a socket belongs to, as the caller's process sees it; 0 if it does not.
	 */
	int (*socket_process)(void *host, void *host_socket);

	/*
	 * A Tx thread by its index, or for Q_ANY_KTHREAD the one with the fewest queues: it runs
	 * until put() was called as often.
	 */
	int (*tx_thread_get)(void *host, int index, struct pfq_tx_thread **thread,
			     struct pfq_error *error);
	void (*tx_thread_put)(void *host, struct pfq_tx_thread *thread);

	/* Ends the thread's sleep, or the next one before it begins. */
	void (*tx_thread_wake)(void *host, struct pfq_tx_thread *thread);

	/* The six below are called per batch or packet, from where pfq_receive() is called: they
	 * never sleep. */

	/* Whether the filter lets the packet through. */
	bool (*filter_run)(void *filter, const struct pfq_packet *packet);

	/*
	 * Sends packets in order (data and len of each; one that is to go out twice is there twice)
	 * on a hardware queue or Q_ANY_QUEUE. Gives how many went out; the others failed. May be
	 * called from many threads at once.
	 */
	unsigned int (*device_send)(void *host, void *host_device, int queue,
				    const struct pfq_packet *const *packets, unsigned int count);

	/* Whether this is an IPv4 address of the device now. NULL where no device has any. */
	bool (*device_has_address)(void *host_device, uint32_t address);

	/* Writes a line of printable ASCII to the log. NULL where there is none. */
	void (*log)(void *host, const char *line);

	/*
	 * Gives packets that came in by this device to the host's own stack, each with its mark.
	 * NULL where no device takes packets away from the stack.
	 */
	void (*to_host)(void *host, void *host_device, const struct pfq_packet *const *packets,
			const uint32_t *marks, unsigned int count);

	/* A reader of the socket waits, and there is something to read. */
	void (*wake)(void *host, void *host_socket);
};

#endif
