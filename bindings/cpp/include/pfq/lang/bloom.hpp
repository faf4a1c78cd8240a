// SPDX-License-Identifier: BSD-3-Clause
// Sizes of Bloom filters, worked out when a program is made. What has no answer throws
// pfq::lang::error.
#ifndef PFQ_LANG_BLOOM_HPP
#define PFQ_LANG_BLOOM_HPP

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include <pfq/lang/term.hpp>

namespace pfq::lang
{

namespace detail
{

/// How many hash functions a Bloom filter of the engine has.
inline constexpr double bloom_hashes = 4;

/// Of n elements in a Bloom filter of m bins, the share of false positives is
/// p = (1 - exp(-k n / m)) ^ k, k being the number of hash functions (Bloom 1970). Any two of them
/// give the third. This is how many elements there are for each bin at most.
inline double bloom_load(const char *name, double share)
{
	if (!(share > 0 && share < 1))
		throw error(std::string(name) +
			    ": the share of false positives is between 0 and 1, as 0.01");
	return -std::log(1 - std::pow(share, 1 / bloom_hashes)) / bloom_hashes;
}

} // namespace detail

/// How many bins a Bloom filter needs, for so many addresses and such a share of false positives.
inline std::int32_t bloomCalcM(std::int32_t addresses, double share)
{
	const double bins =
		std::ceil(std::max(addresses, 1) / detail::bloom_load("bloomCalcM", share));

	if (bins > std::numeric_limits<std::int32_t>::max())
		throw error("bloomCalcM: so many bins no filter has");
	return static_cast<std::int32_t>(bins);
}

/// For how many addresses a Bloom filter of so many bins is good, at such a share of false
/// positives.
inline std::int32_t bloomCalcN(std::int32_t bins, double share)
{
	const double addresses =
		std::floor(std::max(bins, 0) * detail::bloom_load("bloomCalcN", share));

	return static_cast<std::int32_t>(
		std::min<double>(addresses, std::numeric_limits<std::int32_t>::max()));
}

/// The share of false positives of a Bloom filter, with so many addresses in so many bins.
inline double bloomCalcP(std::int32_t addresses, std::int32_t bins)
{
	if (bins < 1)
		throw error("bloomCalcP: a filter has at least one bin");
	return std::pow(1 - std::exp(-detail::bloom_hashes * std::max(addresses, 0) / bins),
			detail::bloom_hashes);
}

} // namespace pfq::lang

#endif
