/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * libpfq: sockets, groups and devices of PFQ from C.
 *
 * A socket (pfq_t) owns a queue of received packets, and queues of packets to send, in memory that
 * the program reads and writes in place. A group owns a computation and filters, and has sockets as
 * members. A device is bound to a group and feeds it. Devices: a network interface by its name;
 * and, in the user host (the engine inside this library),
 *
 *   pcap:FILE                a capture file (pcap, pcapng; "-" is standard input), as fast as the
 *                            sockets take the packets: none is lost
 *   pcap:FILE?rate=recorded  the same at the pace at which it was recorded
 *   mem:NAME                 memory: what is sent on it is received by those bound to it
 *   mem:A=B                  the A end of a cable: what is sent on it is received at B (mem:B=A,
 *                            mem:B), and the other way round
 *
 * Functions give 0 or a value, and -1 on failure; then pfq_error() has one line that says what,
 * where and the remedy, and errno the number. A call that is out of order, or has an argument that
 * is out of range or NULL, fails like that; none ends the process. A signal ends a wait, and
 * nothing else.
 *
 * Threads. Control functions may be called on one socket by many threads at once. Of the functions
 * that receive (pfq_read, pfq_recv, pfq_dispatch, pfq_poll, pfq_arm, pfq_disarm), one thread may be
 * in one at a time on a socket: a second one gets EBUSY. The same goes for those that send. Sockets
 * are independent of one another.
 *
 * A socket that is disabled or closed while another thread waits in one of them makes that call
 * fail (EBADF), and a batch that was being looked at turns to zeros, at addresses that stay
 * readable. A call on a closed socket fails with EBADF, until its memory serves another pfq_open().
 *
 * A thread that is cancelled (pthread_cancel) while it waits leaves the socket to others; in the
 * midst of a call that does not wait, none is.
 *
 * A signal handler may call pfq_close(), whatever it has interrupted, and nothing else of this. The
 * call on that socket that it has interrupted, and each later one, fails (EBADF).
 *
 * fork(): sockets belong to the process that opened them; in the child, calls on them fail (EPERM).
 * The child may open its own.
 */
#ifndef PFQ_PFQ_H
#define PFQ_PFQ_H

#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <pfq/abi.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

struct sock_fprog;

/* A socket. */
typedef struct pfq_handle pfq_t;

/* A place in a batch of packets: the beginning of a slot. */
typedef char *pfq_iterator_t;
typedef pfq_iterator_t pfq_net_queue_iterator_t;

/* A batch of packets, in place. Valid until the socket is read again, disabled or closed. */
struct pfq_net_queue {
	pfq_iterator_t queue; /* the first slot */
	size_t len;	      /* packets in the batch */
	size_t slot_size;     /* octets from one slot to the next */
	unsigned int index;   /* the commit word of every slot of the batch */
};

typedef struct pfq_net_queue pfq_net_queue_t;

/* Called for each packet by pfq_dispatch(), with the packet's octets, of which header->caplen are
 * there. */
typedef void (*pfq_handler_t)(char *user, const struct pfq_pkthdr *header, const char *data);

/* Called with each line, without a newline, that a computation writes to the log. */
typedef void (*pfq_logger_t)(char *user, const char *line);

/* -- Life -- */

/*
 * Opens a socket that is a member of a private group of its own, made for it. caplen: octets of a
 * packet to capture (1 to PFQ_MAX_CAPLEN); rx_slots: packets that the Rx queue holds (1 to
 * PFQ_MAX_SLOTS, rounded up to a power of two); xmitlen, tx_slots: the same for packets to send.
 * Gives NULL on failure: pfq_error(NULL) tells why.
 *
 * PFQ_HOST=kernel|user chooses the host; the default is the kernel's where it is loaded, else the
 * user host.
 */
pfq_t *pfq_open(size_t caplen, size_t rx_slots, size_t xmitlen, size_t tx_slots);

/* Opens a socket that is a member of no group. */
pfq_t *pfq_open_nogroup(size_t caplen, size_t rx_slots, size_t xmitlen, size_t tx_slots);

/* Opens a socket in a new group with this policy (Q_POLICY_GROUP_*), as a member of these classes
 * (Q_CLASS_*). */
pfq_t *pfq_open_group(uint64_t class_mask, int policy, size_t caplen, size_t rx_slots,
		      size_t xmitlen, size_t tx_slots);

/* Leaves all groups, frees the queues and the socket. NULL is no error. Waits for other threads'
 * calls to end. Async-signal-safe: a thread of the library's own does it, and is waited for, but no
 * longer than a second (and not at all by a signal handler that interrupted a call on this socket).
 */
int pfq_close(pfq_t *q);

/* Makes the queues and takes packets from here on. Sizes and Tx bindings are fixed until
 * pfq_disable(). */
int pfq_enable(pfq_t *q);

/* Takes packets no more and frees the queues, with what is in them. Not an error on a socket that
 * is not enabled. Waits for other threads' calls to end. Fails (EDEADLK) in a signal handler that
 * interrupted a call on this socket. */
int pfq_disable(pfq_t *q);

/* 1 or 0. */
int pfq_is_enabled(const pfq_t *q);

/* A small number that tells sockets apart. */
int pfq_id(const pfq_t *q);

/* The first group of the socket; -1 if it has none. */
int pfq_group_id(const pfq_t *q);

/*
 * A file descriptor that is readable when there are packets: for poll(), select(), epoll. The
 * program must not read or close it. With this call the socket begins to signal after each read,
 * which costs a system call a batch; a program that arms the socket itself (pfq_arm) is signalled
 * only then.
 */
int pfq_get_fd(pfq_t *q);

/* "user" or "kernel"; NULL on failure. */
const char *pfq_host(const pfq_t *q);

/*
 * Why this thread's last failing call on the socket failed; where it had none (or has had one on
 * another socket since), why any thread's did; "" if none has. NULL for q: why the last pfq_open()
 * on this thread failed. Never NULL; valid until the thread's next failing call or pfq_error().
 */
const char *pfq_error(const pfq_t *q);

/* The node of the computation that the last error of the socket is about, or -1. */
int pfq_error_node(const pfq_t *q);

/* -- Parameters: sizes can be set while the socket is not enabled -- */

/* The sizes that pfq_open() takes; slots are rounded up to a power of two. */
int pfq_set_caplen(pfq_t *q, size_t octets);
int pfq_set_xmitlen(pfq_t *q, size_t octets);
int pfq_set_rx_slots(pfq_t *q, size_t slots);
int pfq_set_tx_slots(pfq_t *q, size_t slots);
ssize_t pfq_get_caplen(const pfq_t *q);
ssize_t pfq_get_xmitlen(const pfq_t *q);
ssize_t pfq_get_rx_slots(const pfq_t *q);
ssize_t pfq_get_tx_slots(const pfq_t *q);

/* Octets of a slot: header and packet, rounded up. */
ssize_t pfq_get_rx_slot_size(const pfq_t *q);
ssize_t pfq_get_tx_slot_size(const pfq_t *q);

/* The socket's share of steered packets, 1 (the default) to PFQ_MAX_WEIGHT. */
int pfq_set_weight(pfq_t *q, int weight);
int pfq_get_weight(const pfq_t *q);

/* Whether packets carry the time of their reception (the default) or 0. */
int pfq_timestamping_enable(pfq_t *q, int on);
int pfq_is_timestamping_enabled(const pfq_t *q);

/* The memory of an enabled socket's queues: its size in octets, and where it begins (NULL if it is
 * not enabled). */
ssize_t pfq_mem_size(const pfq_t *q);
const void *pfq_mem_addr(const pfq_t *q);

/* The index of a device (an interface's is the kernel's). */
int pfq_ifindex(const pfq_t *q, const char *device);

/* Switches promiscuous mode on or off, for as long as the socket is open. */
int pfq_set_promisc(pfq_t *q, const char *device, int on);

/* Where the system has mounted HugePages; NULL if it has not. PFQ_HUGEPAGES=1|2M|1G puts queues
 * into such pages. */
const char *pfq_hugepages_mountpoint(void);

/* -- Groups -- */

/*
 * Joins a group, which is made if there is none of that number; Q_ANY_GROUP takes a free one.
 * class_mask: the classes of the socket in it. policy: who may join a group that is made, and must
 * be the same for one that is there. Gives the group's number.
 */
int pfq_join_group(pfq_t *q, int gid, uint64_t class_mask, int policy);

/* A group ends when its last member leaves: its bindings, computation and figures go with it. */
int pfq_leave_group(pfq_t *q, int gid);

/* The groups of the socket: bit n of *mask is group n, for the first 64; the other function has
 * them all. */
int pfq_groups_mask(const pfq_t *q, unsigned long *mask);
int pfq_get_groups(const pfq_t *q, struct pfq_group_mask *groups);

/* Feeds the socket's first group from a device, or from one of its hardware queues (Q_ANY_QUEUE:
 * all). */
int pfq_bind(pfq_t *q, const char *device, int queue);

/* Unbinds what pfq_bind() bound. What the device has taken before is handed on, and nothing after
 * it. */
int pfq_unbind(pfq_t *q, const char *device, int queue);

/* Feeds a group that the socket is a member of. */
int pfq_bind_group(pfq_t *q, int gid, const char *device, int queue);

/* Unbinds what pfq_bind_group() bound, as pfq_unbind() does. */
int pfq_unbind_group(pfq_t *q, int gid, const char *device, int queue);

/* The socket stands for a device: what it is given is transmitted there, and not put into its
 * queue. */
int pfq_egress_bind(pfq_t *q, const char *device, int queue);

/* The socket's queue gets again what it is given. */
int pfq_egress_unbind(pfq_t *q);

/* -- Computations and filters -- */

/*
 * Loads a compiled computation, `size` octets, into a group; the caller keeps the image. Where the
 * image is at fault, pfq_error_node() tells the node. Size 0 removes the computation: then all
 * packets pass to all members.
 */
int pfq_set_group_computation(pfq_t *q, int gid, const void *image, size_t size);

/*
 * The same for a program as text, as JSON (a list of nodes, as `pfq-lang compile --emit json`
 * writes them), and in a file: an image, a text or JSON. Texts are compiled by pfq-lang, a program
 * that is found by its path in PFQ_LANG, or on PATH; an image and JSON need none. Where a text is
 * at fault, pfq_error() has the compiler's first line about it: file, line, column and what is
 * wrong. Where JSON is, it has the line and column, or the node and key, and pfq_error_node() tells
 * the node.
 */
int pfq_set_group_computation_from_string(pfq_t *q, int gid, const char *program);
int pfq_set_group_computation_from_json(pfq_t *q, int gid, const char *json);
int pfq_set_group_computation_from_file(pfq_t *q, int gid, const char *path);

/*
 * Where the lines go that computations of this process write (log_msg and the like); NULL for
 * standard error, as it is at first. On the kernel host they go to the kernel's log. The logger is
 * called by the threads that receive, one at a time: it must neither wait nor call libpfq. When
 * this returns, the one from before is not running any more.
 */
void pfq_set_logger(pfq_logger_t logger, char *user);

/* A classic BPF program (struct sock_fprog of <linux/filter.h>) that runs before the computation.
 * It is copied. */
int pfq_group_fprog(pfq_t *q, int gid, const struct sock_fprog *program);

/*
 * The same with an eBPF program of type socket filter (BPF_PROG_TYPE_SOCKET_FILTER) that this
 * process has open: a packet for which it gives 0 does not pass. The group keeps the program; the
 * descriptor stays the caller's. On the kernel host alone.
 */
int pfq_group_fprog_fd(pfq_t *q, int gid, int fd);

/* Removes the filter, of either kind. */
int pfq_group_fprog_reset(pfq_t *q, int gid);

/* A VLAN filter, which begins by letting nothing through. vid: 1 to 4094, Q_VLAN_UNTAG,
 * Q_VLAN_ANYTAG. */
int pfq_vlan_filters_enable(pfq_t *q, int gid, int on);
int pfq_vlan_set_filter(pfq_t *q, int gid, int vid);
int pfq_vlan_reset_filter(pfq_t *q, int gid, int vid);

/* -- Receiving. Times are in microseconds; 0 does not wait, a negative one waits without end. -- */

/*
 * Releases the batch that was read last, and gives the next: *nq describes packets in place. Gives
 * their number; 0 if none came in time, or a signal ended the wait. A batch is no longer than
 * PFQ_READ_BATCH packets.
 */
int pfq_read(pfq_t *q, struct pfq_net_queue *nq, long int microseconds);

/*
 * The same, but whole slots are copied to buf (aligned to 8 octets) and released at once: as many
 * as fit in `len` octets, of which one slot (pfq_get_rx_slot_size) is the least.
 */
int pfq_recv(pfq_t *q, void *buf, size_t len, struct pfq_net_queue *nq, long int microseconds);

/* Reads a batch and calls the function for each of its packets, with `user` passed on. Gives how
 * often it was called. */
int pfq_dispatch(pfq_t *q, pfq_handler_t handler, long int microseconds, char *user);

/* Waits until there is a packet to read: 1, or 0 if there is none in time. */
int pfq_poll(pfq_t *q, long int microseconds);

/*
 * For event loops. Gives 1 if there are packets to read; else 0, and the descriptor of pfq_get_fd()
 * becomes readable when there are. After that, and before the next pfq_arm(), pfq_disarm() makes it
 * unreadable again.
 */
int pfq_arm(pfq_t *q);

/* Makes the descriptor unreadable, once it has told of packets. */
int pfq_disarm(pfq_t *q);

/* The most packets in a batch. */
#define PFQ_READ_BATCH 512

/* -- Sending -- */

/*
 * Makes a Tx queue for a device, or one of its hardware queues (Q_ANY_QUEUE: any), of a socket that
 * is not enabled; up to PFQ_MAX_TX_QUEUES of each kind:
 *
 *   kthread Q_NO_KTHREAD   a synchronous queue, which is sent by pfq_send() and pfq_sync_queue()
 *   kthread 0, 1, ...      an asynchronous one, which this Tx thread sends, without a call: in the
 *                          kernel host, the threads that the module was loaded with (tx_cpus); in
 *                          the user host, threads of this process, begun when they are asked for
 *   kthread Q_ANY_KTHREAD  the same, by the thread with the fewest queues
 *
 * Gives the index of the queue among those of its kind, from 0 on.
 */
int pfq_bind_tx(pfq_t *q, const char *device, int queue, int kthread);

/* Unbinds all Tx queues of a socket that is not enabled. */
int pfq_unbind_tx(pfq_t *q);

/*
 * Copies a packet of `len` octets into the first synchronous queue, to be sent `copies` times, at
 * most PFQ_MAX_COPIES. The queue is sent when it holds `sync` packets: 1 is at once, 0 not before
 * pfq_sync_queue() or when the queue is full. Gives len. What the device would not send is counted
 * (pfq_get_stats: fail), and so is what is left in a queue when the socket is disabled or closed
 * (disc).
 */
int pfq_send(pfq_t *q, const void *packet, size_t len, size_t copies, unsigned int sync);

/*
 * Copies a packet into an asynchronous queue: the one of this index, or (Q_ANY_KTHREAD) the one
 * that the hash of its flow picks, so that a flow keeps its order. Makes no system call unless the
 * thread sleeps. Gives len; fails with EAGAIN while the queue is full.
 */
int pfq_send_async(pfq_t *q, const void *packet, size_t len, size_t copies, int async);

/*
 * The same for a packet that is not to be sent before a time: nanoseconds since the epoch,
 * CLOCK_REALTIME; 0 is at once. Those behind it in the queue wait for it. With Q_NO_KTHREAD it goes
 * into the first synchronous queue, and pfq_sync_queue() sends it if its time has come.
 */
int pfq_send_raw(pfq_t *q, const void *packet, size_t len, uint64_t nsec, size_t copies, int async);

/* Sends what is in a synchronous queue, up to the first packet whose time has not come. Gives the
 * number of packets that went out. */
int pfq_sync_queue(pfq_t *q, int queue);

/* How many packets of an asynchronous queue its thread has not sent yet, copies not counted. */
int pfq_async_pending(pfq_t *q, int async);

/* -- Figures -- */

/*
 * The figures of a socket, those of a group, and its counters. Packets since the socket or the
 * group was made: recv, lost (at full queues), drop (by the group's filters and computation; 0 for
 * a socket), sent, fail, disc, frwd (forwarded), kern (given to the host's stack); see pfq/abi.h.
 */
int pfq_get_stats(const pfq_t *q, struct pfq_stats *stats);
int pfq_get_group_stats(const pfq_t *q, int gid, struct pfq_stats *stats);
int pfq_get_group_counters(const pfq_t *q, int gid, struct pfq_counters *counters);

/*
 * The figures and the state of a device that is bound or otherwise in use. recv packets were taken
 * from it, lost ones were not, as its own ring was full; state is PFQ_DEVICE_RUNNING, or
 * PFQ_DEVICE_FINISHED for a file of which all is in the queues, or PFQ_DEVICE_FAILED for the reason
 * in text. What a group that steers did with them adds up: recv = its recv + lost + drop.
 */
int pfq_get_device_stats(const pfq_t *q, const char *device, struct pfq_device_stats *stats);

#pragma GCC visibility pop

/* -- A batch, packet by packet -- */

/* The first packet of a batch. */
static inline pfq_iterator_t pfq_net_queue_begin(const struct pfq_net_queue *nq)
{
	return nq->queue;
}

/* The place behind the last packet of a batch. */
static inline pfq_iterator_t pfq_net_queue_end(const struct pfq_net_queue *nq)
{
	return nq->queue + nq->len * nq->slot_size;
}

/* The packet after this one. */
static inline pfq_iterator_t pfq_net_queue_next(const struct pfq_net_queue *nq, pfq_iterator_t it)
{
	return it + nq->slot_size;
}

/* The packet before this one. */
static inline pfq_iterator_t pfq_net_queue_prev(const struct pfq_net_queue *nq, pfq_iterator_t it)
{
	return it - nq->slot_size;
}

/* What is known about a packet: when it came, its lengths, device, mark, VLAN tag. */
static inline const struct pfq_pkthdr *pfq_pkt_header(pfq_iterator_t it)
{
	return (const struct pfq_pkthdr *)(const void *)it;
}

/* The octets of a packet, of which header->caplen are there. */
static inline const void *pfq_pkt_data(pfq_iterator_t it)
{
	return it + sizeof(struct pfq_pkthdr);
}

/* Whether the packet is there. pfq_read() gives none that is not; programs that wait for it do so
 * for nothing. */
static inline int pfq_pkt_ready(const struct pfq_net_queue *nq, pfq_iterator_t it)
{
	const struct pfq_pkthdr *header = pfq_pkt_header(it);

	return __atomic_load_n(&header->info.commit, __ATOMIC_ACQUIRE) == nq->index;
}

/* Gives way to another thread. */
static inline void pfq_yield(void)
{
	sched_yield();
}

/* Tells the processor that this is a loop that waits. */
static inline void pfq_relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ __volatile__("yield" ::: "memory");
#endif
}

/*
 * A hash of the addresses and ports of an Ethernet frame with IPv4 in it, the same in both
 * directions; 0 for other frames. Reads up to 78 octets: TCP or UDP behind the longest IPv4 header.
 */
static inline unsigned int pfq_symmetric_hash(const char *frame)
{
	const unsigned char *octets = (const unsigned char *)frame;
	const unsigned char *ip = octets + 14;
	const unsigned char *ports = ip + (ip[0] & 15) * 4;
	unsigned int hash = 0;
	int i;

	if (octets[12] != 0x08 || octets[13] != 0x00)
		return 0;
	for (i = 12; i < 16; i++)
		hash = hash << 8 | (unsigned int)(ip[i] ^ ip[i + 4]);
	/* TCP or UDP, and no fragment. */
	if ((ip[9] == 6 || ip[9] == 17) && !(ip[6] & 0x3f) && !ip[7])
		hash ^= (unsigned int)(ports[0] ^ ports[2]) << 8 |
			(unsigned int)(ports[1] ^ ports[3]);
	hash ^= hash >> 16;
	hash *= 0x45d9f3bU;
	hash ^= hash >> 16;
	return hash;
}

/* A hash made a number below `classes`. */
static inline unsigned int pfq_fold(unsigned int hash, unsigned int classes)
{
	return classes ? hash % classes : 0;
}

#ifdef __cplusplus
}
#endif

#endif
