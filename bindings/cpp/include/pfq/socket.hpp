// SPDX-License-Identifier: BSD-3-Clause
#ifndef PFQ_SOCKET_HPP
#define PFQ_SOCKET_HPP

#include <algorithm>
#include <atomic>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <pfq/error.hpp>
#include <pfq/lang.hpp>
#include <pfq/packet.hpp>
#include <pfq/param.hpp>
#include <pfq/stats.hpp>

namespace pfq
{

using microseconds = std::chrono::duration<long int, std::micro>;

/// Of a call that waits: without end.
inline constexpr microseconds forever{ -1 };

/// How long a call waits: a duration of any unit, less than a microsecond of which is none. One
/// that is negative, or too long to be counted, has no end.
class timeout
{
      public:
	template <class Rep, class Period>
	constexpr timeout(std::chrono::duration<Rep, Period> of) noexcept
	    : count_(count_of(std::chrono::duration<long double, std::micro>(of).count()))
	{
	}
	/// In microseconds; -1 without end.
	constexpr long int count() const noexcept
	{
		return count_;
	}

      private:
	long int count_;

	static constexpr long int count_of(long double exact) noexcept
	{
		return exact >= 0 && exact < static_cast<long double>(microseconds::max().count())
			       ? static_cast<long int>(exact)
			       : -1;
	}
};

/// A socket, which closes itself. What a call means, and what threads may do, is said in pfq.h;
/// failures are thrown as pfq::system_error. A socket that is closed (or was moved from) fails with
/// EBADF. close() may be called while another thread is in a call; to open, move and swap, a thread
/// must be alone with it.
class socket
{
      public:
	/// A closed socket.
	socket() noexcept = default;

	/// With a private group of its own.
	explicit socket(std::size_t caplen, std::size_t rx_slots = parameters().rx_slots,
			std::size_t xmitlen = parameters().xmitlen,
			std::size_t tx_slots = parameters().tx_slots)
	{
		open(caplen, rx_slots, xmitlen, tx_slots);
	}

	/// By named parameters: those that are not said have the defaults of pfq::parameters.
	template <class... Parameters> explicit socket(param::list_t, Parameters... named)
	{
		open(param::list, named...);
	}

	socket(const socket &) = delete;
	socket &operator=(const socket &) = delete;

	socket(socket &&other) noexcept : q_(other.q_.exchange(nullptr))
	{
	}
	socket &operator=(socket &&other) noexcept
	{
		socket moved(std::move(other));
		swap(moved);
		return *this;
	}
	~socket()
	{
		pfq_close(q_);
	}
	void swap(socket &other) noexcept
	{
		q_ = other.q_.exchange(q_);
	}
	friend void swap(socket &a, socket &b) noexcept
	{
		a.swap(b);
	}

	// -- Life --

	/// Closes the socket that this was, and opens one with a private group of its own.
	void open(std::size_t caplen, std::size_t rx_slots, std::size_t xmitlen,
		  std::size_t tx_slots)
	{
		take(pfq_open(caplen, rx_slots, xmitlen, tx_slots));
	}
	template <class... Parameters> void open(param::list_t, Parameters... named)
	{
		parameters chosen;
		(chosen.set(named), ...);
		open(chosen);
	}
	void open(const parameters &of)
	{
		if (of.policy == group_policy::undefined)
			open_nogroup(of.caplen, of.rx_slots, of.xmitlen, of.tx_slots);
		else
			open_group(of.class_mask, of.policy, of.caplen, of.rx_slots, of.xmitlen,
				   of.tx_slots);
	}
	void open_nogroup(std::size_t caplen, std::size_t rx_slots, std::size_t xmitlen,
			  std::size_t tx_slots)
	{
		take(pfq_open_nogroup(caplen, rx_slots, xmitlen, tx_slots));
	}
	void open_group(std::uint64_t class_mask, group_policy policy, std::size_t caplen,
			std::size_t rx_slots, std::size_t xmitlen, std::size_t tx_slots)
	{
		take(pfq_open_group(class_mask, static_cast<int>(policy), caplen, rx_slots, xmitlen,
				    tx_slots));
	}
	/// No error on a closed socket.
	void close()
	{
		pfq_t *const q = q_.exchange(nullptr);

		detail::checked(q, pfq_close(q));
	}
	bool is_open() const noexcept
	{
		return q_ != nullptr;
	}
	explicit operator bool() const noexcept
	{
		return is_open();
	}
	/// The handle of libpfq, which stays this socket's.
	pfq_t *native_handle() const noexcept
	{
		return q_;
	}
	void enable()
	{
		call(pfq_enable);
	}
	void disable()
	{
		call(pfq_disable);
	}
	bool is_enabled() const
	{
		return call(pfq_is_enabled) == 1;
	}
	int id() const
	{
		return call(pfq_id);
	}
	/// The first group of the socket; -1 if it has none.
	int group_id() const noexcept
	{
		return pfq_group_id(q_);
	}
	int fd()
	{
		return call(pfq_get_fd);
	}
	/// "user" or "kernel".
	const char *host() const
	{
		const pfq_t *const q = opened();
		const char *const name = pfq_host(q);

		detail::checked(q, name ? 0 : -1);
		return name;
	}

	// -- Parameters --

	void set_caplen(std::size_t octets)
	{
		call(pfq_set_caplen, octets);
	}
	void set_xmitlen(std::size_t octets)
	{
		call(pfq_set_xmitlen, octets);
	}
	void set_rx_slots(std::size_t slots)
	{
		call(pfq_set_rx_slots, slots);
	}
	void set_tx_slots(std::size_t slots)
	{
		call(pfq_set_tx_slots, slots);
	}
	std::size_t caplen() const
	{
		return call_for_size(pfq_get_caplen);
	}
	std::size_t xmitlen() const
	{
		return call_for_size(pfq_get_xmitlen);
	}
	std::size_t rx_slots() const
	{
		return call_for_size(pfq_get_rx_slots);
	}
	std::size_t tx_slots() const
	{
		return call_for_size(pfq_get_tx_slots);
	}
	std::size_t rx_slot_size() const
	{
		return call_for_size(pfq_get_rx_slot_size);
	}
	std::size_t tx_slot_size() const
	{
		return call_for_size(pfq_get_tx_slot_size);
	}
	void set_weight(int weight)
	{
		call(pfq_set_weight, weight);
	}
	int weight() const
	{
		return call(pfq_get_weight);
	}
	void timestamping_enable(bool on)
	{
		call(pfq_timestamping_enable, on);
	}
	bool is_timestamping_enabled() const
	{
		return call(pfq_is_timestamping_enabled) == 1;
	}
	std::size_t mem_size() const
	{
		return call_for_size(pfq_mem_size);
	}
	/// nullptr while the socket is not enabled.
	const void *mem_addr() const noexcept
	{
		return pfq_mem_addr(q_);
	}
	int ifindex(const std::string &device) const
	{
		return call(pfq_ifindex, device);
	}
	void set_promisc(const std::string &device, bool on)
	{
		call(pfq_set_promisc, device, on);
	}

	// -- Groups --

	/// Gives the group's number; Q_ANY_GROUP takes a free one.
	int join_group(int gid, std::uint64_t class_mask = Q_CLASS_DEFAULT,
		       group_policy policy = group_policy::shared)
	{
		return call(pfq_join_group, gid, class_mask, static_cast<int>(policy));
	}
	void leave_group(int gid)
	{
		call(pfq_leave_group, gid);
	}
	/// Bit n is group n, for the first 64.
	unsigned long groups_mask() const
	{
		unsigned long mask = 0;

		call(pfq_groups_mask, &mask);
		return mask;
	}
	/// The numbers of all groups of the socket.
	std::vector<int> groups() const
	{
		struct pfq_group_mask all {
		};
		std::vector<int> found;

		call(pfq_get_groups, &all);
		for (int gid = 0; gid < PFQ_MAX_GROUPS; gid++)
			if (all.mask[gid / 64] >> (gid % 64) & 1)
				found.push_back(gid);
		return found;
	}
	void bind(const std::string &device, int queue = Q_ANY_QUEUE)
	{
		call(pfq_bind, device, queue);
	}
	void unbind(const std::string &device, int queue = Q_ANY_QUEUE)
	{
		call(pfq_unbind, device, queue);
	}
	void bind_group(int gid, const std::string &device, int queue = Q_ANY_QUEUE)
	{
		call(pfq_bind_group, gid, device, queue);
	}
	void unbind_group(int gid, const std::string &device, int queue = Q_ANY_QUEUE)
	{
		call(pfq_unbind_group, gid, device, queue);
	}
	void egress_bind(const std::string &device, int queue = Q_ANY_QUEUE)
	{
		call(pfq_egress_bind, device, queue);
	}
	void egress_unbind()
	{
		call(pfq_egress_unbind);
	}

	// -- Computations and filters --

	/// A compiled image: a vector, an array, a string of octets. An empty one removes the
	/// computation.
	template <class Image>
	auto set_group_computation(int gid, const Image &image)
		-> decltype(static_cast<void>(image.data()))
	{
		static_assert(sizeof(*image.data()) == 1, "pfq::socket: an image is octets");
		call(pfq_set_group_computation, gid, image.data(), image.size());
	}
	void set_group_computation(int gid, const lang::net_function &program)
	{
		set_group_computation(gid, lang::image(program));
	}
	/// So that a predicate or property is refused in words.
	template <class Other>
	auto set_group_computation(int gid, const Other &other)
		-> std::enable_if_t<lang::detail::is_expression<Other> &&
				    !lang::detail::is_a<lang::kind::function, Other>>
	{
		set_group_computation(gid, lang::image(other));
	}
	/// A program as text, which pfq-lang compiles (PFQ_LANG, or on PATH).
	void set_group_computation_from_string(int gid, const std::string &program)
	{
		call(pfq_set_group_computation_from_string, gid, program);
	}
	/// A program as JSON, as `pfq-lang compile --emit json` writes it; it needs no compiler.
	void set_group_computation_from_json(int gid, const std::string &json)
	{
		call(pfq_set_group_computation_from_json, gid, json);
	}
	/// A file: an image or JSON, which need no compiler; or a text.
	void set_group_computation_from_file(int gid, const std::string &path)
	{
		call(pfq_set_group_computation_from_file, gid, path);
	}
	void group_fprog(int gid, const struct sock_fprog &program)
	{
		call(pfq_group_fprog, gid, &program);
	}
	/// An eBPF program of type socket filter; on the kernel host alone.
	void group_fprog_fd(int gid, int fd)
	{
		call(pfq_group_fprog_fd, gid, fd);
	}
	void group_fprog_reset(int gid)
	{
		call(pfq_group_fprog_reset, gid);
	}
	void vlan_filters_enable(int gid, bool on)
	{
		call(pfq_vlan_filters_enable, gid, on);
	}
	void vlan_set_filter(int gid, int vid)
	{
		call(pfq_vlan_set_filter, gid, vid);
	}
	void vlan_reset_filter(int gid, int vid)
	{
		call(pfq_vlan_reset_filter, gid, vid);
	}

	// -- Receiving --

	/// Releases the batch that was read last, and gives the next; an empty one if none came in
	/// time.
	net_queue read(pfq::timeout timeout = forever)
	{
		struct pfq_net_queue batch {
		};

		call(pfq_read, &batch, timeout.count());
		return net_queue(batch);
	}
	/// Copies whole slots to the buffer, which is aligned to 8 octets, and releases them.
	net_queue recv(void *buffer, std::size_t size, pfq::timeout timeout = forever)
	{
		struct pfq_net_queue batch {
		};

		call(pfq_recv, buffer, size, &batch, timeout.count());
		return net_queue(batch);
	}
	/// Calls the function with each packet of a batch (or until it closes the socket); gives
	/// how often.
	template <class Function>
	std::size_t dispatch(Function &&function, pfq::timeout timeout = forever)
	{
		const pfq_t *const before = q_;
		std::size_t called = 0;

		for (const packet each : read(timeout)) {
			function(each);
			called++;
			if (q_ != before)
				break;
		}
		return called;
	}
	/// Whether there is a packet to read, within this time.
	bool poll(pfq::timeout timeout = forever)
	{
		return call(pfq_poll, timeout.count()) == 1;
	}
	bool arm()
	{
		return call(pfq_arm) == 1;
	}
	void disarm()
	{
		call(pfq_disarm);
	}

	// -- Sending --

	/// Gives the index of the Tx queue.
	int bind_tx(const std::string &device, int queue = Q_ANY_QUEUE, int kthread = Q_NO_KTHREAD)
	{
		return call(pfq_bind_tx, device, queue, kthread);
	}
	void unbind_tx()
	{
		call(pfq_unbind_tx);
	}
	void send(const void *octets, std::size_t size, std::size_t copies = 1,
		  unsigned int sync = 1)
	{
		call(pfq_send, octets, size, copies, sync);
	}
	/// Octets in a row: an array, a vector, a string, a packet.
	template <class Octets>
	auto send(const Octets &octets, std::size_t copies = 1, unsigned int sync = 1)
		-> decltype(static_cast<void>(octets.data()))
	{
		static_assert(sizeof(*octets.data()) == 1, "pfq::socket::send: a packet is octets");
		send(octets.data(), octets.size(), copies, sync);
	}
	/// Copies a packet into an asynchronous queue, which a thread sends: that of this index, or
	/// (Q_ANY_KTHREAD) the one that the hash of its flow picks. Throws EAGAIN while it is full.
	void send_async(const void *octets, std::size_t size, std::size_t copies = 1,
			int async = Q_ANY_KTHREAD)
	{
		call(pfq_send_async, octets, size, copies, async);
	}
	template <class Octets>
	auto send_async(const Octets &octets, std::size_t copies = 1, int async = Q_ANY_KTHREAD)
		-> decltype(static_cast<void>(octets.data()))
	{
		static_assert(sizeof(*octets.data()) == 1,
			      "pfq::socket::send_async: a packet is octets");
		send_async(octets.data(), octets.size(), copies, async);
	}
	/// The same for a packet that is not to be sent before a time. With Q_NO_KTHREAD it goes
	/// into the first synchronous queue.
	void send_raw(const void *octets, std::size_t size, time_point not_before,
		      std::size_t copies = 1, int async = Q_ANY_KTHREAD)
	{
		const auto nsec = std::max(not_before, time_point()).time_since_epoch().count();

		call(pfq_send_raw, octets, size, static_cast<std::uint64_t>(nsec), copies, async);
	}
	template <class Octets>
	auto send_raw(const Octets &octets, time_point not_before, std::size_t copies = 1,
		      int async = Q_ANY_KTHREAD) -> decltype(static_cast<void>(octets.data()))
	{
		static_assert(sizeof(*octets.data()) == 1,
			      "pfq::socket::send_raw: a packet is octets");
		send_raw(octets.data(), octets.size(), not_before, copies, async);
	}
	/// Packets of an asynchronous queue that its thread has not sent yet, copies not counted.
	std::size_t async_pending(int async) const
	{
		return call_for_size(pfq_async_pending, async);
	}
	/// Gives the number of packets that went out.
	std::size_t sync_queue(int queue = 0)
	{
		return call_for_size(pfq_sync_queue, queue);
	}

	// -- Figures --

	pfq::stats stats() const
	{
		pfq::stats figures;

		call(pfq_get_stats, &figures);
		return figures;
	}
	pfq::stats group_stats(int gid) const
	{
		pfq::stats figures;

		call(pfq_get_group_stats, gid, &figures);
		return figures;
	}
	pfq::counters group_counters(int gid) const
	{
		struct pfq_counters all {
		};
		pfq::counters values;

		call(pfq_get_group_counters, gid, &all);
		std::copy(std::begin(all.counter), std::end(all.counter), values.begin());
		return values;
	}
	struct pfq_device_stats device_stats(const std::string &device) const
	{
		struct pfq_device_stats figures {
		};

		call(pfq_get_device_stats, device, &figures);
		return figures;
	}

      private:
	std::atomic<pfq_t *> q_{ nullptr };

	void take(pfq_t *opened)
	{
		detail::checked(nullptr, opened ? 0 : -1);
		socket before;
		before.q_ = q_.exchange(opened);
	}
	pfq_t *opened() const
	{
		pfq_t *const q = q_;

		if (!q)
			throw system_error(EBADF, "the socket is closed");
		return q;
	}
	/// Calls a function of libpfq with the handle, and throws its failure.
	template <class Function, class... Arguments>
	int call(Function function, const Arguments &...arguments) const
	{
		pfq_t *const q = opened();

		return detail::checked(q, function(q, detail::passed(arguments)...));
	}
	template <class Function, class... Arguments>
	std::size_t call_for_size(Function function, const Arguments &...arguments) const
	{
		pfq_t *const q = opened();
		const ssize_t value = function(q, detail::passed(arguments)...);

		return static_cast<std::size_t>(detail::checked(q, value));
	}
};

/// Where the system has mounted HugePages; nullptr if it has not.
inline const char *hugepages_mountpoint() noexcept
{
	return pfq_hugepages_mountpoint();
}

} // namespace pfq

#endif
