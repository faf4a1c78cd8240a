// SPDX-License-Identifier: BSD-3-Clause
// The computation image of a program (docs/image-format.md).
#ifndef PFQ_LANG_IMAGE_HPP
#define PFQ_LANG_IMAGE_HPP

#include <pfq/lang/call.hpp>
#include <pfq/lang/graph.hpp>

namespace pfq::lang
{

namespace detail
{

/// CRC-32 of IEEE 802.3.
inline std::uint32_t crc32(std::string_view octets)
{
	std::uint32_t sum = ~0U;

	for (const char octet : octets) {
		sum ^= static_cast<unsigned char>(octet);
		for (int bit = 0; bit < 8; bit++)
			sum = sum >> 1 ^ (sum & 1 ? 0xedb88320U : 0);
	}
	return ~sum;
}

template <class Number> void put(std::string &at, std::size_t offset, Number number)
{
	at.replace(offset, sizeof(number), little_endian(number), 0, sizeof(number));
}

class image_writer
{
      public:
	std::string write(const std::vector<node> &nodes)
	{
		const std::size_t data_offset =
			sizeof(struct pfq_image) + nodes.size() * sizeof(struct pfq_image_node);
		std::string image(data_offset, '\0');

		for (std::size_t i = 0; i < nodes.size(); i++)
			write_node(image, nodes[i],
				   sizeof(struct pfq_image) + i * sizeof(struct pfq_image_node));
		write_header(image, nodes.size(), data_offset);
		image += data;
		put(image, offsetof(struct pfq_image, checksum), crc32(image));
		return image;
	}

      private:
	std::string data;
	std::unordered_map<std::string, std::size_t> offsets;

	/// Where the entry is in the data section.
	std::size_t store(std::string entry)
	{
		const auto [place, is_new] = offsets.emplace(std::move(entry), data.size());

		if (is_new) {
			data += place->first;
			data.resize((data.size() + 7) / 8 * 8);
		}
		return place->second;
	}

	std::uint64_t scalar(int type, const std::string &octets)
	{
		std::uint64_t word = 0;

		if (type == PFQ_ARG_String)
			return store(octets + '\0');
		if (octets.size() != sizeof(word))
			return store(octets);
		for (std::size_t i = sizeof(word); i-- > 0;)
			word = word << 8 | static_cast<unsigned char>(octets[i]);
		return word;
	}

	std::uint64_t list(const operand &of)
	{
		std::string entry;

		for (const auto &value : of.values) {
			if (of.type != PFQ_ARG_String) {
				entry += value;
				continue;
			}
			const std::uint64_t offset = store(value + '\0');
			entry += little_endian(offset | static_cast<std::uint64_t>(value.size())
								<< 32);
		}
		return entry.empty() ? 0 : store(std::move(entry));
	}

	static std::size_t count_of(const operand &of)
	{
		if (of.list)
			return of.values.size();
		return of.type == PFQ_ARG_String ? of.values[0].size() : 0;
	}

	void write_argument(std::string &image, const node_operand &of, std::size_t at)
	{
		const operand *constant = of.constant;
		const int type = constant ? constant->type : PFQ_ARG_Fun;
		const bool is_list = constant && constant->list;
		const std::uint64_t value = !constant ? of.index
					    : is_list ? list(*constant)
						      : scalar(type, constant->values[0]);

		put(image, at + offsetof(struct pfq_image_argument, type),
		    static_cast<std::uint16_t>(type));
		put(image, at + offsetof(struct pfq_image_argument, flags),
		    static_cast<std::uint16_t>(is_list ? PFQ_IMAGE_LIST : 0));
		put(image, at + offsetof(struct pfq_image_argument, count),
		    static_cast<std::uint32_t>(constant ? count_of(*constant) : 0));
		put(image, at + offsetof(struct pfq_image_argument, value), value);
	}

	void write_node(std::string &image, const node &of, std::size_t at)
	{
		put(image, at + offsetof(struct pfq_image_node, symbol),
		    static_cast<std::uint32_t>(store(std::string(of.symbol) + '\0')));
		put(image, at + offsetof(struct pfq_image_node, next), of.next);
		put(image, at + offsetof(struct pfq_image_node, argument_count),
		    static_cast<std::uint32_t>(of.operands.size()));
		for (std::size_t i = 0; i < of.operands.size(); i++)
			write_argument(image, of.operands[i],
				       at + offsetof(struct pfq_image_node, argument) +
					       i * sizeof(struct pfq_image_argument));
	}

	void write_header(std::string &image, std::size_t node_count, std::size_t data_offset) const
	{
		const std::size_t size = data_offset + data.size();

		if (size > PFQ_IMAGE_MAX_SIZE)
			throw error("an image has at most " + std::to_string(PFQ_IMAGE_MAX_SIZE) +
				    " octets; this one would have " + std::to_string(size));
		const auto word = [&](std::size_t offset, std::size_t value) {
			put(image, offset, static_cast<std::uint32_t>(value));
		};
		word(offsetof(struct pfq_image, magic), PFQ_IMAGE_MAGIC);
		put(image, offsetof(struct pfq_image, version),
		    static_cast<std::uint16_t>(PFQ_IMAGE_VERSION));
		put(image, offsetof(struct pfq_image, primitives),
		    static_cast<std::uint16_t>(PFQ_PRIMITIVES_VERSION));
		word(offsetof(struct pfq_image, size), size);
		word(offsetof(struct pfq_image, node_count), node_count);
		word(offsetof(struct pfq_image, data_offset), data_offset);
		word(offsetof(struct pfq_image, data_size), data.size());
	}
};

} // namespace detail

/// The bytes of a program: the same as every other language writes for it. Throws pfq::lang::error
/// where it is too large.
template <class Function> std::vector<std::uint8_t> image(const Function &program)
{
	static_assert(
		detail::is_a<kind::function, Function>,
		"pfq::lang::image: a NetFunction is wanted (filter() makes one of a NetPredicate)");
	const auto made = detail::function<kind::function>(program).function;
	if (!made)
		return {};
	const std::string octets =
		detail::image_writer().write(detail::graph_maker::nodes_of(*made));
	return { octets.begin(), octets.end() };
}

} // namespace pfq::lang

#endif
