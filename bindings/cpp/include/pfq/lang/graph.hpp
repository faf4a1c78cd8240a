// SPDX-License-Identifier: BSD-3-Clause
// A program as a graph of primitives in which equal nodes are one (docs/image-format.md, One form).
#ifndef PFQ_LANG_GRAPH_HPP
#define PFQ_LANG_GRAPH_HPP

#include <algorithm>
#include <unordered_map>

#include <pfq/lang/value.hpp>

namespace pfq::lang::detail
{

inline constexpr std::uint32_t no_node = PFQ_IMAGE_NO_NODE;

/// A constant of a term, or a node.
struct node_operand {
	const operand *constant;
	std::uint32_t index;
};

struct node {
	std::string_view symbol;
	std::vector<node_operand> operands;
	std::uint32_t next;
};

class graph
{
      public:
	std::vector<node> nodes;

	std::uint32_t add(node made)
	{
		const auto [place, is_new] =
			indices.emplace(key_of(made), static_cast<std::uint32_t>(nodes.size()));

		if (is_new && nodes.size() >= PFQ_IMAGE_MAX_NODES)
			throw error("the program has more than " +
				    std::to_string(PFQ_IMAGE_MAX_NODES) + " nodes");
		if (is_new)
			nodes.push_back(std::move(made));
		return place->second;
	}

      private:
	std::unordered_map<std::string, std::uint32_t> indices;

	static std::string key_of(const node &of)
	{
		std::string key(of.symbol);

		key += '\0' + little_endian(of.next);
		for (const auto &[constant, index] : of.operands) {
			if (!constant) {
				key += 'f' + little_endian(index);
				continue;
			}
			key += (constant->list ? 'l' : 'v') + little_endian(constant->type) +
			       little_endian(constant->values.size());
			for (const auto &value : constant->values)
				key += little_endian(value.size()) + value;
		}
		return key;
	}
};

/// Lays down chains of steps from their ends, each within the one that it is an argument of.
class graph_maker
{
      public:
	static std::vector<node> nodes_of(const term &program)
	{
		graph_maker maker;
		return maker.in_image_order(maker.lay(program));
	}

      private:
	struct chain {
		const term *of;
		std::vector<const term *> ahead; // the last step on top
		std::uint32_t next;
		const term *step; // the one at hand, and those of its operands that are made
		std::vector<node_operand> operands;
	};

	graph graph_;
	std::unordered_map<const term *, std::uint32_t> made;
	std::vector<chain> chains;
	std::size_t walked = 0;

	void begin(const term &of)
	{
		chains.push_back({ &of, { &of }, no_node, nullptr, {} });
	}

	std::uint32_t lay(const term &program)
	{
		begin(program);
		while (!chains.empty()) {
			if (chains.back().step)
				add_operand(chains.back());
			else
				take_step(chains.back());
		}
		return made.at(&program);
	}

	void take_step(chain &at)
	{
		constexpr std::size_t most = std::size_t{ 64 } * PFQ_IMAGE_MAX_NODES;

		if (++walked > most)
			throw error("the program has more than " + std::to_string(most) + " steps");
		if (at.ahead.empty()) {
			if (at.next == no_node)
				at.next = graph_.add({ "unit", {}, no_node });
			made[at.of] = at.next;
			chains.pop_back();
			return;
		}
		const term *step = at.ahead.back();
		at.ahead.pop_back();
		if (!step->symbol.empty())
			at.step = step;
		else
			for (const auto &each : step->operands)
				at.ahead.push_back(each.function.get());
	}

	void add_operand(chain &at)
	{
		if (at.operands.size() == at.step->operands.size()) {
			at.next = graph_.add({ at.step->symbol, std::move(at.operands), at.next });
			at.operands.clear();
			at.step = nullptr;
			return;
		}
		const operand &next = at.step->operands[at.operands.size()];
		const auto known = made.find(next.function.get());
		if (!next.function)
			at.operands.push_back({ &next, no_node });
		else if (known != made.end())
			at.operands.push_back({ nullptr, known->second });
		else
			begin(*next.function);
	}

	/// Arguments from the first to the last, then what comes next: taken from the end.
	static std::vector<std::uint32_t> references(const node &of)
	{
		std::vector<std::uint32_t> found;

		for (const auto &each : of.operands)
			if (!each.constant)
				found.push_back(each.index);
		if (of.next != no_node)
			found.push_back(of.next);
		return found;
	}

	std::vector<node> in_image_order(std::uint32_t entry) const
	{
		const auto &nodes = graph_.nodes;
		std::vector<std::uint32_t> left;
		std::vector<bool> seen(nodes.size());
		std::vector<std::pair<std::uint32_t, std::vector<std::uint32_t>>> stack;
		const auto enter = [&](std::uint32_t index) {
			seen[index] = true;
			stack.emplace_back(index, references(nodes[index]));
		};

		enter(entry);
		while (!stack.empty()) {
			auto &[index, ahead] = stack.back();

			if (ahead.empty()) {
				left.push_back(index);
				stack.pop_back();
				continue;
			}
			const std::uint32_t reference = ahead.back();
			ahead.pop_back();
			if (!seen[reference])
				enter(reference);
		}
		std::reverse(left.begin(), left.end());
		return renumbered(left);
	}

	std::vector<node> renumbered(const std::vector<std::uint32_t> &order) const
	{
		std::vector<std::uint32_t> place(graph_.nodes.size(), no_node);
		std::vector<node> ordered;

		for (std::size_t i = 0; i < order.size(); i++)
			place[order[i]] = static_cast<std::uint32_t>(i);
		for (const std::uint32_t index : order) {
			node moved = graph_.nodes[index];

			for (auto &each : moved.operands)
				if (!each.constant)
					each.index = place[each.index];
			if (moved.next != no_node)
				moved.next = place[moved.next];
			ordered.push_back(std::move(moved));
		}
		return ordered;
	}
};

} // namespace pfq::lang::detail

#endif
