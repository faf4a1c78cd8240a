// SPDX-License-Identifier: BSD-3-Clause
// The constants of a program, in the form that the image has them.
#ifndef PFQ_LANG_VALUE_HPP
#define PFQ_LANG_VALUE_HPP

#include <arpa/inet.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include <pfq/lang/term.hpp>

namespace pfq::lang::detail
{

[[noreturn]] inline void refuse(std::string_view where, const std::string &reason)
{
	throw error(std::string(where) + ": " + reason);
}

inline std::string quoted(std::string_view text)
{
	return '"' + std::string(text.substr(0, 60)) + (text.size() > 60 ? "...\"" : "\"");
}

template <class Number> std::string little_endian(Number number)
{
	const auto bits = static_cast<std::uint64_t>(number);
	std::string octets(sizeof(bits), '\0');

	for (std::size_t i = 0; i < sizeof(bits); i++)
		octets[i] = static_cast<char>(bits >> (8 * i) & 0xff);
	return octets;
}

/// Any integer, with its sign apart.
struct integer {
	bool negative;
	std::uint64_t bits;

	template <class T,
		  std::enable_if_t<std::is_integral_v<T> && !std::is_same_v<T, bool>, int> = 0>
	constexpr integer(T value)
	    : negative(std::is_signed_v<T> && value < T{}), bits(static_cast<std::uint64_t>(value))
	{
	}
	std::string text() const
	{
		return negative ? std::to_string(static_cast<std::int64_t>(bits))
				: std::to_string(bits);
	}
	friend constexpr bool operator<(integer a, integer b)
	{
		return a.negative != b.negative ? a.negative : a.bits < b.bits;
	}
};

struct limits {
	integer min;
	integer max;
};

/// An integer type of pfq-lang.
struct integer_type {
	int type;
	const char *name;
	integer min;
	integer max;
};

template <class T> constexpr integer_type integers_of(int type, const char *name)
{
	return { type, name, std::numeric_limits<T>::min(), std::numeric_limits<T>::max() };
}

inline constexpr std::array<integer_type, 9> integer_types{ {
	integers_of<std::int32_t>(PFQ_ARG_Int, "an Int"),
	integers_of<std::int8_t>(PFQ_ARG_Int8, "an Int8"),
	integers_of<std::int16_t>(PFQ_ARG_Int16, "an Int16"),
	integers_of<std::int32_t>(PFQ_ARG_Int32, "an Int32"),
	integers_of<std::int64_t>(PFQ_ARG_Int64, "an Int64"),
	integers_of<std::uint8_t>(PFQ_ARG_Word8, "a Word8"),
	integers_of<std::uint16_t>(PFQ_ARG_Word16, "a Word16"),
	integers_of<std::uint32_t>(PFQ_ARG_Word32, "a Word32"),
	integers_of<std::uint64_t>(PFQ_ARG_Word64, "a Word64"),
} };

/// Its place among the integer types; -1 for a type that is none.
constexpr int integer_index(int type)
{
	for (std::size_t i = 0; i < integer_types.size(); i++)
		if (integer_types[i].type == type)
			return static_cast<int>(i);
	return -1;
}

inline std::string integer_octets(const integer_type &type, std::string_view where, integer value,
				  const std::optional<limits> &narrowed)
{
	const limits range = narrowed.value_or(limits{ type.min, type.max });

	if (value < range.min || range.max < value)
		refuse(where, value.text() + " is out of range: " +
				      (narrowed ? "it" : std::string(type.name)) + " goes from " +
				      range.min.text() + " to " + range.max.text());
	return little_endian(value.bits);
}

inline std::string double_octets(double value)
{
	std::uint64_t bits;

	static_assert(sizeof(bits) == sizeof(value));
	std::memcpy(&bits, &value, sizeof(bits));
	return little_endian(bits);
}

/// Octets in network order, as the number that they are.
inline std::string number_of(std::string_view octets)
{
	std::uint64_t number = 0;

	for (const char octet : octets)
		number = number << 8 | static_cast<unsigned char>(octet);
	return little_endian(number);
}

/// An address in network order; empty if the text is none.
inline std::string address_octets(const std::string &text)
{
	std::array<char, 16> octets{};

	if (inet_pton(AF_INET, text.c_str(), octets.data()) == 1)
		return { octets.data(), 4 };
	if (inet_pton(AF_INET6, text.c_str(), octets.data()) == 1)
		return { octets.data(), 16 };
	return {};
}

/// A number in decimal, without zeros before it; -1 if the text is none, or is too large.
inline int decimal(std::string_view text)
{
	int number = 0;

	if (text.empty() || text.size() > 4 || (text[0] == '0' && text.size() > 1))
		return -1;
	for (const char digit : text) {
		if (digit < '0' || digit > '9')
			return -1;
		number = number * 10 + (digit - '0');
	}
	return number;
}

/// struct pfq_image_cidr.
inline std::string network_octets(std::string_view where, std::string_view text)
{
	const auto slash = text.find('/');
	std::string octets = address_octets(std::string(text.substr(0, slash)));
	const int longest = static_cast<int>(octets.size() * 8);
	const int prefix = slash == text.npos ? longest : decimal(text.substr(slash + 1));

	if (octets.empty())
		refuse(where, quoted(text) +
				      " is no CIDR: an address is written as in 10.0.0.0/8 or "
				      "2001:db8::/32");
	if (prefix < 0 || prefix > longest)
		refuse(where, quoted(text) + " is no CIDR: a prefix is a number from 0 to " +
				      std::to_string(longest));
	for (int i = 0; i < longest / 8; i++) {
		const int kept = prefix - 8 * i;
		const int mask = kept <= 0 ? 0 : kept >= 8 ? 0xff : 0xff00 >> kept;
		octets[static_cast<std::size_t>(i)] &= static_cast<char>(mask);
	}
	std::string entry(sizeof(struct pfq_image_cidr), '\0');
	entry[0] = longest == 32 ? 4 : 6;
	entry[1] = static_cast<char>(prefix);
	return entry.replace(offsetof(struct pfq_image_cidr, address), octets.size(), octets);
}

inline int hex_digit(char digit)
{
	const std::string_view digits = "0123456789abcdef";
	const auto at = digits.find(static_cast<char>(digit | 0x20));

	return at == digits.npos || digit < '0' ? -1 : static_cast<int>(at);
}

/// Six octets of one or two digits, between colons or hyphens.
inline std::string mac_octets(std::string_view where, std::string_view text)
{
	std::string octets;
	std::size_t at = 0;

	while (octets.size() < 6 && at < text.size()) {
		const int high = hex_digit(text[at++]);
		const int low = at < text.size() ? hex_digit(text[at]) : -1;

		if (high < 0)
			break;
		octets += static_cast<char>(low < 0 ? high : high << 4 | low);
		at += low >= 0;
		if (octets.size() < 6 &&
		    (at >= text.size() || (text[at] != ':' && text[at] != '-')))
			break;
		at += octets.size() < 6;
	}
	if (octets.size() != 6 || at != text.size())
		refuse(where,
		       quoted(text) +
			       " is no MAC: a MAC address is six octets, as in 00:1b:21:0a:0b:0c");
	return number_of(octets);
}

inline std::string ip_octets(std::string_view where, std::string_view text, std::size_t size)
{
	const std::string octets = address_octets(std::string(text));

	if (octets.size() != size || text.find('\0') != text.npos)
		refuse(where,
		       quoted(text) + (size == 4
					       ? " is no IPv4: an address is written as in 10.0.0.1"
					       : " is no IPv6: an address is written as in "
						 "2001:db8::1"));
	return octets;
}

/// Whether the octets are UTF-8 (RFC 3629).
inline bool is_utf8(std::string_view text)
{
	constexpr std::array<std::uint32_t, 4> least{ 0, 0x80, 0x800, 0x10000 };

	for (std::size_t i = 0; i < text.size(); i++) {
		const auto first = static_cast<unsigned char>(text[i]);
		const std::size_t more = first < 0x80		  ? 0
					 : (first & 0xe0) == 0xc0 ? 1
					 : (first & 0xf0) == 0xe0 ? 2
					 : (first & 0xf8) == 0xf0 ? 3
								  : 4;
		std::uint32_t point = more == 0 ? first : first & (0x3fU >> more);

		if (more == 4 || i + more >= text.size())
			return false;
		for (std::size_t j = 0; j < more; j++) {
			const auto next = static_cast<unsigned char>(text[++i]);

			if ((next & 0xc0) != 0x80)
				return false;
			point = point << 6 | (next & 0x3f);
		}
		if (point < least[more] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
			return false;
	}
	return true;
}

inline std::string string_octets(std::string_view where, std::string_view text)
{
	if (text.find('\0') != text.npos)
		refuse(where, "a String has no NUL character");
	if (!is_utf8(text))
		refuse(where, "a String is UTF-8, and this is not");
	return std::string(text);
}

/// A value that is written as text.
inline std::string text_octets(int type, std::string_view where, std::string_view text)
{
	switch (type) {
	case PFQ_ARG_IPv4:
		return number_of(ip_octets(where, text, 4));
	case PFQ_ARG_IPv6:
		return ip_octets(where, text, 16);
	case PFQ_ARG_CIDR:
		return network_octets(where, text);
	case PFQ_ARG_MAC:
		return mac_octets(where, text);
	default:
		return string_octets(where, text);
	}
}

} // namespace pfq::lang::detail

#endif
