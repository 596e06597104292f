#pragma once
/// `Pack`: values side by side, as the operands of an op are. A tuple that compiles quickly, for
/// every op of a program makes one; a Pack of trivial types is trivial to copy.

#include <cstddef>
#include <utility>

namespace thalweg::detail {

template <std::size_t k, class T>
struct PackElement {
  T value;
};

template <class Positions, class... T>
struct PackOf;
template <std::size_t... k, class... T>
struct PackOf<std::index_sequence<k...>, T...> : PackElement<k, T>... {
  constexpr PackOf() = default;
  constexpr PackOf(T... x) : PackElement<k, T>{std::move(x)}... {}

  /// f(first, second, ...)
  template <class F>
  constexpr decltype(auto) unpack(F&& f) {
    return f(static_cast<PackElement<k, T>&>(*this).value...);
  }
  template <class F>
  constexpr decltype(auto) unpack(F&& f) const {
    return f(static_cast<const PackElement<k, T>&>(*this).value...);
  }
};

template <class... T>
using Pack = PackOf<std::index_sequence_for<T...>, T...>;

template <std::size_t k, class T>
constexpr T& element(PackElement<k, T>& pack) {
  return pack.value;
}
template <std::size_t k, class T>
constexpr const T& element(const PackElement<k, T>& pack) {
  return pack.value;
}

}  // namespace thalweg::detail
