// SPDX-License-Identifier: BSD-3-Clause
#ifndef PFQ_STATS_HPP
#define PFQ_STATS_HPP

#include <array>
#include <cstdint>
#include <ostream>

#include <pfq/pfq.h>

namespace pfq
{

/// The figures of a socket or a group, which can be summed, subtracted, compared and printed.
struct stats : ::pfq_stats {
	stats() noexcept : ::pfq_stats{}
	{
	}
	stats(const ::pfq_stats &figures) noexcept : ::pfq_stats(figures)
	{
	}

	stats &operator+=(const stats &other) noexcept
	{
		for (const auto &field : fields)
			this->*field.value += other.*field.value;
		return *this;
	}
	stats &operator-=(const stats &other) noexcept
	{
		for (const auto &field : fields)
			this->*field.value -= other.*field.value;
		return *this;
	}
	friend stats operator+(stats a, const stats &b) noexcept
	{
		return a += b;
	}
	friend stats operator-(stats a, const stats &b) noexcept
	{
		return a -= b;
	}
	friend bool operator==(const stats &a, const stats &b) noexcept
	{
		for (const auto &field : fields)
			if (a.*field.value != b.*field.value)
				return false;
		return true;
	}
	friend bool operator!=(const stats &a, const stats &b) noexcept
	{
		return !(a == b);
	}
	friend std::ostream &operator<<(std::ostream &out, const stats &of)
	{
		const char *between = "";

		for (const auto &field : fields) {
			out << between << field.name << ' ' << of.*field.value;
			between = " ";
		}
		return out;
	}

      private:
	using figures = ::pfq_stats;

	struct named_field {
		const char *name;
		std::uint64_t figures::*value;
	};

	static constexpr std::array<named_field, 8> fields{ {
		{ "recv", &::pfq_stats::recv },
		{ "lost", &::pfq_stats::lost },
		{ "drop", &::pfq_stats::drop },
		{ "sent", &::pfq_stats::sent },
		{ "disc", &::pfq_stats::disc },
		{ "fail", &::pfq_stats::fail },
		{ "frwd", &::pfq_stats::frwd },
		{ "kern", &::pfq_stats::kern },
	} };
	static_assert(sizeof(::pfq_stats) ==
		      std::tuple_size_v<decltype(fields)> * sizeof(std::uint64_t));
};

/// The counters of a group.
using counters = std::array<std::uint64_t, PFQ_GROUP_COUNTERS>;

} // namespace pfq

#endif
