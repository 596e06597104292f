#pragma once
/// How autodiff/base/fields.hpp looks into an aggregate: counting its members, reading their names.

#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

#include "thalweg/autodiff/base/fields_members.hpp"

namespace thalweg::detail {

/// The largest number of initialisers tried; elements of C arrays count one by one.
inline constexpr std::size_t max_initialisers = 64;

// ---- Counting ----
// The number of members is the number of initialisers that T{…} accepts.

struct Unrelated {};

/// A member that takes anything whatsoever (a constructor `template <class U> Field(U&&)`) takes
/// the Wildcard itself; converting as well would be ambiguous.
template <class T, class Owner>
concept Converted =
    !std::is_same_v<std::remove_cv_t<T>, Owner> && !std::is_convertible_v<Unrelated, T>;

template <class T, class Owner>
concept BaseOf = !std::is_same_v<T, Owner> && std::is_base_of_v<T, Owner>;

/// Initialises any member of Owner.
template <class Owner>
struct Wildcard {
  template <Converted<Owner> T>
  operator T() const noexcept {
    __builtin_unreachable();  // only its type is ever asked for
  }
};

/// Initialises a base class of Owner and nothing else.
template <class Owner>
struct BaseWildcard {
  template <BaseOf<Owner> T>
  operator T() const noexcept {
    __builtin_unreachable();  // only its type is ever asked for
  }
};

template <class T, std::size_t>
using WildcardAt = Wildcard<T>;

template <class T, class Before, class Inside, class After>
inline constexpr bool nests = false;

/// Is T{before…, {inside…}, after…} well formed?
template <class T, std::size_t... b, std::size_t... i, std::size_t... a>
inline constexpr bool
    nests<T, std::index_sequence<b...>, std::index_sequence<i...>, std::index_sequence<a...>> =
        requires {
  T{WildcardAt<T, b>{}..., {WildcardAt<T, i>{}...}, WildcardAt<T, a>{}...};
};

template <class T, std::size_t before, std::size_t inside, std::size_t after>
inline constexpr bool accepts_nested =
    nests<T, std::make_index_sequence<before>, std::make_index_sequence<inside>,
          std::make_index_sequence<after>>;

template <class T, std::size_t... i>
constexpr bool accepts(std::index_sequence<i...>) {
  return requires { T{WildcardAt<T, i>{}...}; };
}

/// The largest n for which T{n wildcards} is well formed; −1 if there is none. A member without a
/// default constructor makes small n fail, so the search goes on until a run of successes ends.
template <class T, std::size_t n = 0, bool before = false>
constexpr int count_initialisers() {
  constexpr bool now = accepts<T>(std::make_index_sequence<n>());
  if constexpr (before && !now)
    return static_cast<int>(n) - 1;
  else if constexpr (n < max_initialisers)
    return count_initialisers<T, n + 1, now>();
  else
    return -1;
}

/// How many of `total` initialisers the member that starts at `at` takes: a C array of k elements
/// takes k of them, because braces may be left out. Grouped in braces those k leave room for
/// exactly total − at − k more; for any other member the group counts as one and leaves more room.
template <class T, std::size_t total, std::size_t at, std::size_t k>
constexpr std::size_t initialisers_of_array() {
  if constexpr (k <= 1)
    return 1;
  else if constexpr (accepts_nested<T, at, k, total - at - k> &&
                     !accepts_nested<T, at, k, total - at - k + 1>)
    return k;
  else
    return initialisers_of_array<T, total, at, k - 1>();
}

/// The same; most members show themselves as no arrays by taking {} or {wildcard} for one.
template <class T, std::size_t total, std::size_t at>
constexpr std::size_t initialisers_of_member() {
  if constexpr (accepts_nested<T, at, 0, total - at - 1>)
    return 1;
  else if constexpr (accepts_nested<T, at, 1, total - at - 1>)
    return 1;
  else
    return initialisers_of_array<T, total, at, total - at>();
}

template <class T, std::size_t total, std::size_t at = 0>
constexpr std::size_t count_members() {
  if constexpr (at >= total)
    return 0;
  else
    return 1 + count_members<T, total, at + initialisers_of_member<T, total, at>()>();
}

/// Does T start with a base class? (A first member that takes anything takes Unrelated too.)
template <class T, std::size_t... i>
constexpr bool starts_with_base(std::index_sequence<i...>) {
  return requires { T{BaseWildcard<T>{}, WildcardAt<T, i>{}...}; }
  &&!requires { T{Unrelated{}, WildcardAt<T, i>{}...}; };
}

template <class T, int total>
constexpr bool has_base() {
  if constexpr (total <= 0)
    return false;
  else
    return starts_with_base<T>(std::make_index_sequence<total - 1>());
}

template <class T>
constexpr std::size_t count_fields() {
  if constexpr (std::is_empty_v<T>) {
    return 0;
  } else {
    constexpr int total = count_initialisers<T>();
    static_assert(total >= 0,
                  "thalweg: cannot count the members of this struct (a reference, or a large C "
                  "array?): add `static constexpr auto fields = thalweg::named(...);` to it");
    static_assert(!has_base<T, total>(),
                  "thalweg: this struct has a base class: add `static constexpr auto fields = "
                  "thalweg::named(...);` to it");
    if constexpr (total < 0 || has_base<T, total>())
      return 0;
    else
      return count_members<T, static_cast<std::size_t>(total)>();
  }
}

// ---- Names ----

/// A T that never exists: only addresses within it are asked for, while compiling. (The wrapping
/// struct lets T be local to a function or to an unnamed namespace.)
template <class T>
struct Phantom {
  T value;
};
#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wundefined-var-template"
#pragma clang diagnostic ignored "-Wundefined-internal"
#endif
template <class T>
extern Phantom<T> phantom;

template <std::size_t i, class First, class... Rest>
constexpr auto pick(First first, Rest... rest) {
  if constexpr (i == 0)
    return first;
  else
    return pick<i - 1>(rest...);
}

/// A pointer that may be a template argument even if it points into an object (clang 14 refuses
/// the bare pointer).
template <class T>
struct Address {
  T* pointer;
};
template <class T>
Address(T*) -> Address<T>;

template <class T, std::size_t i, std::size_t count>
constexpr auto address_of_member() {
  return with_members<count>(phantom<T>.value,
                             [](auto&... member) { return pick<i>(Address{&member}...); });
}

#ifdef __clang__
#pragma clang diagnostic pop
#endif

/// The compiler spells the argument as "…value.T::weight)}…" or "…value.weight}…": the name is the
/// last identifier before the brace that closes it.
template <auto address>
constexpr std::string_view spelled() {
  return __PRETTY_FUNCTION__;
}

constexpr bool in_identifier(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

template <class T, std::size_t i, std::size_t count>
constexpr std::string_view name_of_member() {
  constexpr std::string_view text = spelled<address_of_member<T, i, count>()>();
  std::size_t end = text.rfind('}');
  while (!in_identifier(text[end - 1])) --end;
  std::size_t begin = end;
  while (in_identifier(text[begin - 1])) --begin;
  return text.substr(begin, end - begin);
}

}  // namespace thalweg::detail
