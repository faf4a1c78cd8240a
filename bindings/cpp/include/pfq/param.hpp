// SPDX-License-Identifier: BSD-3-Clause
// The parameters of a socket by name: pfq::socket q(pfq::param::list, pfq::param::caplen{64});
#ifndef PFQ_PARAM_HPP
#define PFQ_PARAM_HPP

#include <cstddef>
#include <cstdint>

#include <pfq/pfq.h>

namespace pfq
{

/// Who may join a group. Of a socket: `undefined` makes it a member of none.
enum class group_policy {
	undefined = Q_POLICY_GROUP_UNDEFINED,
	private_ = Q_POLICY_GROUP_PRIVATE,
	restricted = Q_POLICY_GROUP_RESTRICTED,
	shared = Q_POLICY_GROUP_SHARED,
};

namespace param
{

/// Named parameters follow.
struct list_t {
};
inline constexpr list_t list{};

/// Octets of a packet to capture.
struct caplen {
	std::size_t value;
};
/// Packets that the Rx queue holds.
struct rx_slots {
	std::size_t value;
};
/// Octets of a packet to send.
struct xmitlen {
	std::size_t value;
};
/// Packets that a Tx queue holds.
struct tx_slots {
	std::size_t value;
};
/// The group that the socket begins with.
struct policy {
	group_policy value;
};
/// The socket's classes in that group (Q_CLASS_*).
struct class_mask {
	std::uint64_t value;
};

} // namespace param

/// What a socket is opened with, each with its default.
struct parameters {
	std::size_t caplen = 1514;
	std::size_t rx_slots = 4096;
	std::size_t xmitlen = 1514;
	std::size_t tx_slots = 1024;
	group_policy policy = group_policy::private_;
	std::uint64_t class_mask = Q_CLASS_DEFAULT;

	void set(param::caplen of) noexcept
	{
		caplen = of.value;
	}
	void set(param::rx_slots of) noexcept
	{
		rx_slots = of.value;
	}
	void set(param::xmitlen of) noexcept
	{
		xmitlen = of.value;
	}
	void set(param::tx_slots of) noexcept
	{
		tx_slots = of.value;
	}
	void set(param::policy of) noexcept
	{
		policy = of.value;
	}
	void set(param::class_mask of) noexcept
	{
		class_mask = of.value;
	}
};

} // namespace pfq

#endif
