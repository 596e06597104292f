#pragma once
/// The number types: which there are, and what is known of one whose name is forgotten.
///
/// Tensors hold the types of the list `NumberTypes`; everything that has to tell them apart asks
/// `visit`. Scalars may be of any type with arithmetic (lanes, duals, ...): a `NumberType` says how
/// adjoints of that type are added and scaled, and its address which type it is.

#include <cstddef>
#include <type_traits>

#include "thalweg/autodiff/base/shape.hpp"

namespace thalweg {

template <class... T>
struct TypeList {};

/// The types of numbers that tensors are differentiated in. The one list: add a type here, and to
/// the next line, by which sources instantiate their templates.
using NumberTypes = TypeList<float, double>;
#define THALWEG_FOR_NUMBER_TYPES(instantiate) instantiate(float) instantiate(double)

namespace detail {
template <class T, class List>
inline constexpr bool is_in = false;
template <class T, class... Listed>
inline constexpr bool is_in<T, TypeList<Listed...>> = (std::is_same_v<T, Listed> || ...);

template <template <class...> class To, class List>
struct Applied;
template <template <class...> class To, class... T>
struct Applied<To, TypeList<T...>> {
  using Type = To<T...>;
};
}  // namespace detail

/// One of the list.
template <class T>
concept ListedNumber = detail::is_in<T, NumberTypes>;

/// To<float, double, ...> of all types of the list.
template <template <class...> class To>
using OfNumberTypes = typename detail::Applied<To, NumberTypes>::Type;

/// A number type whose name is forgotten: compared by address. Arrays are given by their first
/// elements.
class NumberType {
 public:
  constexpr NumberType(const char* spelled, std::size_t size) : name(spelled), bytes(size) {}
  NumberType(const NumberType&) = delete;
  /// to[k] += from[k], k < count.
  virtual void add(void* to, const void* from, Index count) const = 0;
  /// x[k] ·= factor.
  virtual void scale(void* x, double factor, Index count) const = 0;

  const char* const name;  ///< "float", "double", or "number" for those not in the list
  const std::size_t bytes;

 protected:
  constexpr ~NumberType() = default;
};

namespace detail {

template <class T>
class NumberTypeOf final : public NumberType {
 public:
  constexpr NumberTypeOf()
      : NumberType(std::is_same_v<T, float>    ? "float"
                   : std::is_same_v<T, double> ? "double"
                                               : "number",
                   sizeof(T)) {}
  void add(void* to, const void* from, Index count) const override {
    T* const y = static_cast<T*>(to);
    const T* const x = static_cast<const T*>(from);
    for (Index k = 0; k < count; ++k) y[k] += x[k];
  }
  void scale(void* numbers, double factor, Index count) const override {
    T* const x = static_cast<T*>(numbers);
    for (Index k = 0; k < count; ++k) x[k] = x[k] * T(factor);
  }
};

}  // namespace detail

/// The NumberType of T: `&number_type<T>` tells types apart, whatever their sizes.
template <class T>
inline constexpr detail::NumberTypeOf<T> number_type{};

/// f(std::type_identity<T>) for the T of the list that `type` is; false if it is none of them.
template <class F>
bool visit(const NumberType& type, F&& f) {
  return [&]<class... T>(TypeList<T...>) {
    return ((&type == &number_type<T> && (f(std::type_identity<T>{}), true)) || ...);
  }(NumberTypes{});
}

}  // namespace thalweg
