#pragma once
/// What differs by its number type alone: one of them, a pointer to one, one of each.
///
///     template <class Real>
///     using List = std::vector<Tensor<Real>>;
///     EachOf<List> all;                        // a std::tuple
///     std::get<List<float>>(all);
///     AnyPointer<List> one = &std::get<List<float>>(all);
///     std::visit([](auto* list) { … }, one);

#include <tuple>
#include <variant>

#include "thalweg/autodiff/number/number_type.hpp"

namespace thalweg {

namespace detail {
template <template <class> class X>
struct OfEach {
  template <class... Real>
  using Values = std::tuple<X<Real>...>;
  template <class... Real>
  using Value = std::variant<X<Real>...>;
  template <class... Real>
  using Pointer = std::variant<X<Real>*...>;
};
}  // namespace detail

/// An X<Real> for every type of `NumberTypes`.
template <template <class> class X>
using EachOf = OfNumberTypes<detail::OfEach<X>::template Values>;
/// An X<Real> for one of them.
template <template <class> class X>
using AnyOf = OfNumberTypes<detail::OfEach<X>::template Value>;
/// Where one is.
template <template <class> class X>
using AnyPointer = OfNumberTypes<detail::OfEach<X>::template Pointer>;

/// Calls f(std::type_identity<T>()) for every type of the list.
template <class F>
constexpr void for_each_number_type(F&& f) {
  [&]<class... T>(TypeList<T...>) { (f(std::type_identity<T>()), ...); }(NumberTypes{});
}

/// The name of the number type whose container holds something; empty if none does.
template <template <class> class X>
const char* type_held(const EachOf<X>& all) {
  const char* name = "";
  for_each_number_type([&]<class Real>(std::type_identity<Real>) {
    if (!std::get<X<Real>>(all).empty()) name = number_type<Real>.name;
  });
  return name;
}

}  // namespace thalweg
