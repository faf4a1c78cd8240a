// SPDX-License-Identifier: BSD-3-Clause
// Packets in place: views on a queue, which copy and allocate nothing.
#ifndef PFQ_PACKET_HPP
#define PFQ_PACKET_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>

#include <pfq/pfq.h>

namespace pfq
{

using time_point = std::chrono::time_point<std::chrono::system_clock, std::chrono::nanoseconds>;

/// A packet of a batch: its header, and a range over the octets that were captured.
class packet
{
      public:
	packet() noexcept = default;
	explicit packet(pfq_iterator_t slot) noexcept : slot_(slot)
	{
	}

	const struct pfq_pkthdr &header() const noexcept
	{
		return *pfq_pkt_header(slot_);
	}
	const std::uint8_t *data() const noexcept
	{
		return static_cast<const std::uint8_t *>(pfq_pkt_data(slot_));
	}
	/// Octets captured.
	std::size_t size() const noexcept
	{
		return header().caplen;
	}
	bool empty() const noexcept
	{
		return size() == 0;
	}
	const std::uint8_t *begin() const noexcept
	{
		return data();
	}
	const std::uint8_t *end() const noexcept
	{
		return data() + size();
	}
	/// An octet, which must be one of those captured.
	std::uint8_t operator[](std::size_t index) const noexcept
	{
		return data()[index];
	}

	/// Octets on the wire.
	std::size_t length() const noexcept
	{
		return header().len;
	}
	/// When the packet was received.
	time_point timestamp() const noexcept
	{
		return time_point(std::chrono::seconds(header().tstamp.tv.sec) +
				  std::chrono::nanoseconds(header().tstamp.tv.nsec));
	}
	int ifindex() const noexcept
	{
		return header().info.ifindex;
	}
	std::uint32_t mark() const noexcept
	{
		return header().info.data.mark;
	}
	std::uint32_t state() const noexcept
	{
		return header().info.data.state;
	}
	/// The id of the outermost VLAN tag; 0 where there is none.
	std::uint16_t vlan() const noexcept
	{
		return header().info.vlan.vid;
	}
	/// The hardware queue of the device.
	std::uint16_t queue() const noexcept
	{
		return header().info.queue;
	}
	/// The group that delivered the packet.
	int group() const noexcept
	{
		return header().info.gid;
	}
	/// What the octets begin with (PFQ_LINK_*).
	int link() const noexcept
	{
		return header().info.link;
	}

      private:
	pfq_iterator_t slot_ = nullptr;
};

/// A batch of packets: a forward range of packet views. Valid until its socket is read again,
/// disabled or closed.
class net_queue
{
      public:
	using value_type = packet;

	class iterator
	{
	      public:
		/// What `->` gives: the view itself, as there is no packet object to point to.
		class pointer
		{
		      public:
			explicit pointer(packet to) noexcept : to_(to)
			{
			}
			const packet *operator->() const noexcept
			{
				return &to_;
			}

		      private:
			packet to_;
		};

		using iterator_category = std::forward_iterator_tag;
		using value_type = packet;
		using difference_type = std::ptrdiff_t;
		using reference = packet;

		iterator() noexcept = default;
		iterator(pfq_iterator_t slot, std::size_t slot_size) noexcept
		    : slot_(slot), slot_size_(slot_size)
		{
		}
		packet operator*() const noexcept
		{
			return packet(slot_);
		}
		pointer operator->() const noexcept
		{
			return pointer(**this);
		}
		iterator &operator++() noexcept
		{
			slot_ += slot_size_;
			return *this;
		}
		iterator operator++(int) noexcept
		{
			iterator before = *this;
			++*this;
			return before;
		}
		friend bool operator==(const iterator &a, const iterator &b) noexcept
		{
			return a.slot_ == b.slot_;
		}
		friend bool operator!=(const iterator &a, const iterator &b) noexcept
		{
			return a.slot_ != b.slot_;
		}

	      private:
		pfq_iterator_t slot_ = nullptr;
		std::size_t slot_size_ = 0;
	};

	using const_iterator = iterator;

	net_queue() noexcept = default;
	explicit net_queue(const struct pfq_net_queue &batch) noexcept : batch_(batch)
	{
	}

	iterator begin() const noexcept
	{
		return { batch_.queue, batch_.slot_size };
	}
	iterator end() const noexcept
	{
		return { batch_.queue + batch_.len * batch_.slot_size, batch_.slot_size };
	}
	/// Packets in the batch.
	std::size_t size() const noexcept
	{
		return batch_.len;
	}
	bool empty() const noexcept
	{
		return batch_.len == 0;
	}
	packet operator[](std::size_t index) const noexcept
	{
		return packet(batch_.queue + index * batch_.slot_size);
	}
	const struct pfq_net_queue &native() const noexcept
	{
		return batch_;
	}

      private:
	struct pfq_net_queue batch_ {
	};
};

} // namespace pfq

#endif
