#pragma once
/// How many enumerators an enumeration has.

#include <cstdint>
#include <string_view>
#include <type_traits>

#include "thalweg/autodiff/base/fields_detail.hpp"

namespace thalweg {
namespace detail {

/// The compiler spells a value that has a name "Better::higher", one that has none "(Better)7".
template <auto value>
constexpr bool has_name() {
  constexpr std::string_view text = spelled<value>();
  std::size_t begin = text.find_first_of(";]", text.find(" = "));
  while (in_identifier(text[begin - 1])) --begin;
  return text[begin - 1] != ')';
}

template <class Enum, std::int64_t k = 0>
constexpr std::int64_t count_enumerators() {
  constexpr auto candidate = static_cast<std::underlying_type_t<Enum>>(k);  // a bool is never 2
  if constexpr (candidate != k)
    return k;
  else if constexpr (has_name<static_cast<Enum>(candidate)>())
    return count_enumerators<Enum, k + 1>();
  else
    return k;
}

}  // namespace detail

/// n, if the enumerators of the scoped enumeration are 0, 1, …, n − 1.
template <class Enum>
inline constexpr std::int64_t enumerator_count = detail::count_enumerators<Enum>();

}  // namespace thalweg
