// SPDX-License-Identifier: BSD-3-Clause
#ifndef PFQ_SOCKET_HPP
#define PFQ_SOCKET_HPP

#include <algorithm>
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

/// Waits without end.
inline constexpr microseconds forever{ -1 };

/// A socket, which closes itself. What a call means, and what threads may do, is said in pfq.h;
/// failures are thrown as pfq::system_error. A socket that is closed (or was moved from) fails with
/// EBADF.
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

	socket(socket &&other) noexcept : q_(std::exchange(other.q_, nullptr))
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
		std::swap(q_, other.q_);
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
		detail::checked(nullptr, pfq_close(std::exchange(q_, nullptr)));
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
		check(pfq_enable(q_));
	}
	void disable()
	{
		check(pfq_disable(q_));
	}
	bool is_enabled() const
	{
		return check(pfq_is_enabled(q_)) == 1;
	}
	int id() const
	{
		return check(pfq_id(q_));
	}
	/// The first group of the socket; -1 if it has none.
	int group_id() const noexcept
	{
		return pfq_group_id(q_);
	}
	int fd()
	{
		return check(pfq_get_fd(q_));
	}
	/// "user" or "kernel".
	const char *host() const
	{
		const char *name = pfq_host(q_);

		check(name ? 0 : -1);
		return name;
	}

	// -- Parameters --

	void set_caplen(std::size_t octets)
	{
		check(pfq_set_caplen(q_, octets));
	}
	void set_xmitlen(std::size_t octets)
	{
		check(pfq_set_xmitlen(q_, octets));
	}
	void set_rx_slots(std::size_t slots)
	{
		check(pfq_set_rx_slots(q_, slots));
	}
	void set_tx_slots(std::size_t slots)
	{
		check(pfq_set_tx_slots(q_, slots));
	}
	std::size_t caplen() const
	{
		return check_size(pfq_get_caplen(q_));
	}
	std::size_t xmitlen() const
	{
		return check_size(pfq_get_xmitlen(q_));
	}
	std::size_t rx_slots() const
	{
		return check_size(pfq_get_rx_slots(q_));
	}
	std::size_t tx_slots() const
	{
		return check_size(pfq_get_tx_slots(q_));
	}
	std::size_t rx_slot_size() const
	{
		return check_size(pfq_get_rx_slot_size(q_));
	}
	std::size_t tx_slot_size() const
	{
		return check_size(pfq_get_tx_slot_size(q_));
	}
	void set_weight(int weight)
	{
		check(pfq_set_weight(q_, weight));
	}
	int weight() const
	{
		return check(pfq_get_weight(q_));
	}
	void timestamping_enable(bool on)
	{
		check(pfq_timestamping_enable(q_, on));
	}
	bool is_timestamping_enabled() const
	{
		return check(pfq_is_timestamping_enabled(q_)) == 1;
	}
	std::size_t mem_size() const
	{
		return check_size(pfq_mem_size(q_));
	}
	/// nullptr while the socket is not enabled.
	const void *mem_addr() const noexcept
	{
		return pfq_mem_addr(q_);
	}
	int ifindex(const std::string &device) const
	{
		return check(pfq_ifindex(q_, device.c_str()));
	}
	void set_promisc(const std::string &device, bool on)
	{
		check(pfq_set_promisc(q_, device.c_str(), on));
	}

	// -- Groups --

	/// Gives the group's number; Q_ANY_GROUP takes a free one.
	int join_group(int gid, std::uint64_t class_mask = Q_CLASS_DEFAULT,
		       group_policy policy = group_policy::shared)
	{
		return check(pfq_join_group(q_, gid, class_mask, static_cast<int>(policy)));
	}
	void leave_group(int gid)
	{
		check(pfq_leave_group(q_, gid));
	}
	/// Bit n is group n, for the first 64.
	unsigned long groups_mask() const
	{
		unsigned long mask = 0;

		check(pfq_groups_mask(q_, &mask));
		return mask;
	}
	/// The numbers of all groups of the socket.
	std::vector<int> groups() const
	{
		struct pfq_group_mask all {
		};
		std::vector<int> found;

		check(pfq_get_groups(q_, &all));
		for (int gid = 0; gid < PFQ_MAX_GROUPS; gid++)
			if (all.mask[gid / 64] >> (gid % 64) & 1)
				found.push_back(gid);
		return found;
	}
	void bind(const std::string &device, int queue = Q_ANY_QUEUE)
	{
		check(pfq_bind(q_, device.c_str(), queue));
	}
	void unbind(const std::string &device, int queue = Q_ANY_QUEUE)
	{
		check(pfq_unbind(q_, device.c_str(), queue));
	}
	void bind_group(int gid, const std::string &device, int queue = Q_ANY_QUEUE)
	{
		check(pfq_bind_group(q_, gid, device.c_str(), queue));
	}
	void unbind_group(int gid, const std::string &device, int queue = Q_ANY_QUEUE)
	{
		check(pfq_unbind_group(q_, gid, device.c_str(), queue));
	}
	void egress_bind(const std::string &device, int queue = Q_ANY_QUEUE)
	{
		check(pfq_egress_bind(q_, device.c_str(), queue));
	}
	void egress_unbind()
	{
		check(pfq_egress_unbind(q_));
	}

	// -- Computations and filters --

	/// A compiled image: a vector, an array, a string of octets. An empty one removes the
	/// computation.
	template <class Image>
	auto set_group_computation(int gid, const Image &image)
		-> decltype(static_cast<void>(image.data()))
	{
		static_assert(sizeof(*image.data()) == 1, "pfq::socket: an image is octets");
		check(pfq_set_group_computation(q_, gid, image.data(), image.size()));
	}
	void set_group_computation(int gid, const lang::net_function &program)
	{
		set_group_computation(gid, lang::image(program));
	}
	/// A program as text, which pfq-lang compiles (PFQ_LANG, or on PATH).
	void set_group_computation_from_string(int gid, const std::string &program)
	{
		check(pfq_set_group_computation_from_string(q_, gid, program.c_str()));
	}
	void set_group_computation_from_json(int gid, const std::string &json)
	{
		check(pfq_set_group_computation_from_json(q_, gid, json.c_str()));
	}
	/// A file: an image, which needs no compiler; or a text or JSON.
	void set_group_computation_from_file(int gid, const std::string &path)
	{
		check(pfq_set_group_computation_from_file(q_, gid, path.c_str()));
	}
	void group_fprog(int gid, const struct sock_fprog &program)
	{
		check(pfq_group_fprog(q_, gid, &program));
	}
	/// An eBPF program of type socket filter; on the kernel host alone.
	void group_fprog_fd(int gid, int fd)
	{
		check(pfq_group_fprog_fd(q_, gid, fd));
	}
	void group_fprog_reset(int gid)
	{
		check(pfq_group_fprog_reset(q_, gid));
	}
	void vlan_filters_enable(int gid, bool on)
	{
		check(pfq_vlan_filters_enable(q_, gid, on));
	}
	void vlan_set_filter(int gid, int vid)
	{
		check(pfq_vlan_set_filter(q_, gid, vid));
	}
	void vlan_reset_filter(int gid, int vid)
	{
		check(pfq_vlan_reset_filter(q_, gid, vid));
	}

	// -- Receiving --

	/// Releases the batch that was read last, and gives the next; an empty one if none came in
	/// time.
	net_queue read(microseconds timeout = forever)
	{
		struct pfq_net_queue batch {
		};

		check(pfq_read(q_, &batch, timeout.count()));
		return net_queue(batch);
	}
	/// Copies whole slots to the buffer, which is aligned to 8 octets, and releases them.
	net_queue recv(void *buffer, std::size_t size, microseconds timeout = forever)
	{
		struct pfq_net_queue batch {
		};

		check(pfq_recv(q_, buffer, size, &batch, timeout.count()));
		return net_queue(batch);
	}
	/// Calls the function with each packet of a batch (or until it closes the socket); gives
	/// how often.
	template <class Function>
	std::size_t dispatch(Function &&function, microseconds timeout = forever)
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
	bool poll(microseconds timeout = forever)
	{
		return check(pfq_poll(q_, timeout.count())) == 1;
	}
	bool arm()
	{
		return check(pfq_arm(q_)) == 1;
	}
	void disarm()
	{
		check(pfq_disarm(q_));
	}

	// -- Sending --

	/// Gives the index of the Tx queue.
	int bind_tx(const std::string &device, int queue = Q_ANY_QUEUE, int kthread = Q_NO_KTHREAD)
	{
		return check(pfq_bind_tx(q_, device.c_str(), queue, kthread));
	}
	void unbind_tx()
	{
		check(pfq_unbind_tx(q_));
	}
	void send(const void *octets, std::size_t size, std::size_t copies = 1,
		  unsigned int sync = 1)
	{
		check(pfq_send(q_, octets, size, copies, sync));
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
		check(pfq_send_async(q_, octets, size, copies, async));
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

		check(pfq_send_raw(q_, octets, size, static_cast<std::uint64_t>(nsec), copies,
				   async));
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
		return check_size(pfq_async_pending(q_, async));
	}
	/// Gives the number of packets that went out.
	std::size_t sync_queue(int queue = 0)
	{
		return check_size(pfq_sync_queue(q_, queue));
	}

	// -- Figures --

	pfq::stats stats() const
	{
		pfq::stats figures;

		check(pfq_get_stats(q_, &figures));
		return figures;
	}
	pfq::stats group_stats(int gid) const
	{
		pfq::stats figures;

		check(pfq_get_group_stats(q_, gid, &figures));
		return figures;
	}
	pfq::counters group_counters(int gid) const
	{
		struct pfq_counters all {
		};
		pfq::counters values;

		check(pfq_get_group_counters(q_, gid, &all));
		std::copy(std::begin(all.counter), std::end(all.counter), values.begin());
		return values;
	}
	struct pfq_device_stats device_stats(const std::string &device) const
	{
		struct pfq_device_stats figures {
		};

		check(pfq_get_device_stats(q_, device.c_str(), &figures));
		return figures;
	}

      private:
	pfq_t *q_ = nullptr;

	void take(pfq_t *opened)
	{
		detail::checked(nullptr, opened ? 0 : -1);
		socket before;
		before.q_ = std::exchange(q_, opened);
	}
	int check(int value) const
	{
		return detail::checked(q_, value);
	}
	std::size_t check_size(ssize_t value) const
	{
		return static_cast<std::size_t>(detail::checked(q_, value));
	}
};

/// Where the system has mounted HugePages; nullptr if it has not.
inline const char *hugepages_mountpoint() noexcept
{
	return pfq_hugepages_mountpoint();
}

} // namespace pfq

#endif
