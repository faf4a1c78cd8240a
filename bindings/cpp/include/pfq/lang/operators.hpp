// SPDX-License-Identifier: BSD-3-Clause
// The eDSL's operators: >> on functions, ! & | ^ on predicates, comparisons of properties.
#ifndef PFQ_LANG_OPERATORS_HPP
#define PFQ_LANG_OPERATORS_HPP

#include <pfq/generated/primitives.hpp>

namespace pfq::lang
{

namespace detail
{

template <class Left, class Right>
using if_expression = std::enable_if_t<is_expression<Left> || is_expression<Right>, int>;

/// A comparison with the constant on either side.
template <class Left, class Right>
inline constexpr bool
	is_comparison = (is_a<kind::property, Left> && is_value_of<PFQ_ARG_Word64, Right>) ||
			(is_value_of<PFQ_ARG_Word64, Left> && is_a<kind::property, Right>);

} // namespace detail

/// Runs the left function, then the right one unless the left one dropped.
template <class Left, class Right, detail::if_expression<Left, Right> = 0>
net_function operator>>(const Left &left, const Right &right)
{
	static_assert(
		detail::is_a<kind::function, Left> && detail::is_a<kind::function, Right>,
		"pfq::lang: >> wants a NetFunction on both sides (filter() makes one of a NetPredicate)");
	return detail::call<kind::function>({}, { detail::function<kind::function>(left),
						  detail::function<kind::function>(right) });
}

/// The predicate does not hold.
template <class T, detail::if_expression<T, T> = 0> net_predicate operator!(const T &predicate)
{
	static_assert(detail::is_a<kind::predicate, T>,
		      "pfq::lang: ! wants a NetPredicate (inv() turns a NetFunction round)");
	return detail::call<kind::predicate>("not",
					     { detail::function<kind::predicate>(predicate) });
}

#define PFQ_LANG_LOGIC(sign, name)                                                        \
	template <class Left, class Right, detail::if_expression<Left, Right> = 0>        \
	net_predicate operator sign(const Left &left, const Right &right)                 \
	{                                                                                 \
		static_assert(detail::is_a<kind::predicate, Left> &&                      \
				      detail::is_a<kind::predicate, Right>,               \
			      "pfq::lang: " #sign " wants a NetPredicate on both sides"); \
		return detail::call<kind::predicate>(                                     \
			name, { detail::function<kind::predicate>(left),                  \
				detail::function<kind::predicate>(right) });              \
	}

PFQ_LANG_LOGIC(&, "and")
PFQ_LANG_LOGIC(|, "or")
PFQ_LANG_LOGIC(^, "xor")
#undef PFQ_LANG_LOGIC

#define PFQ_LANG_NO_LOGIC(sign, meant)                                                          \
	template <class Left, class Right, detail::if_expression<Left, Right> = 0>              \
	net_predicate operator sign(const Left &, const Right &)                                \
	{                                                                                       \
		static_assert(!detail::is_expression<Left> && !detail::is_expression<Right>,    \
			      "pfq::lang: predicates are joined by " #meant ", not by " #sign); \
		return detail::call<kind::predicate>({}, {});                                   \
	}

PFQ_LANG_NO_LOGIC(&&, &)
PFQ_LANG_NO_LOGIC(||, |)
#undef PFQ_LANG_NO_LOGIC

/// `flipped`: the comparison that means the same when the constant is on the left.
#define PFQ_LANG_COMPARISON(sign, name, flipped)                                                   \
	template <class Left, class Right, detail::if_expression<Left, Right> = 0>                 \
	net_predicate operator sign(const Left &left, const Right &right)                          \
	{                                                                                          \
		constexpr bool compares = detail::is_comparison<Left, Right>;                      \
		static_assert(compares,                                                            \
			      "pfq::lang: " #sign " wants a NetProperty and an integer constant"); \
		if constexpr (compares && detail::is_a<kind::property, Left>)                      \
			return name(left, right);                                                  \
		else if constexpr (compares)                                                       \
			return flipped(right, left);                                               \
		else                                                                               \
			return detail::call<kind::predicate>(#name, {});                           \
	}

PFQ_LANG_COMPARISON(<, less, greater)
PFQ_LANG_COMPARISON(<=, less_eq, greater_eq)
PFQ_LANG_COMPARISON(>, greater, less)
PFQ_LANG_COMPARISON(>=, greater_eq, less_eq)
PFQ_LANG_COMPARISON(==, equal, equal)
PFQ_LANG_COMPARISON(!=, not_equal, not_equal)
#undef PFQ_LANG_COMPARISON

} // namespace pfq::lang

#endif
