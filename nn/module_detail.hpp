#pragma once
/// How nn/module.hpp walks through a model.

#include <iterator>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "autodiff/parameter.hpp"
#include "autodiff/random.hpp"
#include "nn/fields.hpp"

namespace thalweg::nn::detail {

using thalweg::detail::is_parameter;
using thalweg::detail::is_tensor;

/// Values in which nothing is learned.
template <class T>
concept Unlearned = std::is_arithmetic_v<T> || std::is_enum_v<T> || std::is_empty_v<T> ||
    std::is_convertible_v<const T&, std::string_view> || is_tensor<T> ||
    std::is_same_v<T, Random> || std::is_same_v<T, Shape>;

template <class T>
concept Range = requires(T& t) {
  std::begin(t) != std::end(t);
  *std::begin(t);
};
/// std::optional, smart pointers, pointers.
template <class T>
concept Pointing = !std::is_function_v<std::remove_pointer_t<T>> && requires(T & t) {
  static_cast<bool>(t);
  *t;
};
template <class T>
concept TupleLike = requires {
  std::tuple_size<T>::value;
};

// ---- Which number type? Asked while compiling. ----

struct Mixed {};  // both

template <class... Reals>
struct Join {
  using Type = void;
};
template <class First, class... Rest>
struct Join<First, Rest...> {
  using Others = typename Join<Rest...>::Type;
  using Either = std::conditional_t<std::is_void_v<First>, Others, First>;
  static constexpr bool agree =
      std::is_void_v<First> || std::is_void_v<Others> || std::is_same_v<First, Others>;
  using Type = std::conditional_t<agree, Either, Mixed>;
};

template <class T>
constexpr auto real_in();

template <class T>
using RealIn = typename decltype(real_in<std::remove_cvref_t<T>>())::type;

template <class... T>
using JoinedReal = std::type_identity<typename Join<RealIn<T>...>::Type>;

template <class... Class, class... Member>
auto real_in_table(const std::tuple<NamedField<Class, Member>...>&) -> JoinedReal<Member...>;

inline constexpr auto real_in_members = [](auto&... member) {
  return JoinedReal<decltype(member)...>{};
};

/// std::type_identity of float, double, Mixed, or void if there are no parameters.
template <class T>
constexpr auto real_in() {
  if constexpr (is_parameter<T>)
    return std::type_identity<typename T::Real>{};
  else if constexpr (Unlearned<T>)
    return std::type_identity<void>{};
  else if constexpr (Range<T>)
    return JoinedReal<decltype(*std::begin(std::declval<T&>()))>{};
  else if constexpr (Pointing<T>)
    return JoinedReal<decltype(*std::declval<T&>())>{};
  else if constexpr (TupleLike<T>)
    return decltype(std::apply(real_in_members, std::declval<T&>())){};
  else if constexpr (Tabled<T>)
    return decltype(real_in_table(T::fields)){};
  else if constexpr (Plain<T>)
    return decltype(with_members<nn::field_count<T>>(std::declval<T&>(), real_in_members)){};
  else
    static_assert(Plain<T>,
                  "thalweg: parameters are looked for in a class with constructors or private "
                  "members: add `static constexpr auto fields = thalweg::nn::named(\"weight\", "
                  "&Class::weight);`, or `thalweg::nn::named()` if it has none");
}

// ---- The walk. ----

inline std::string joined(const std::string& path, std::string_view name) {
  return path.empty() ? std::string(name) : path + "." + std::string(name);
}

template <class T, class F>
void for_each_parameter(T& object, const std::string& path, F&& f) {
  using Type = std::remove_cv_t<T>;
  const auto visit = [&](std::string_view name, auto& part) {
    for_each_parameter(part, joined(path, name), f);
  };
  if constexpr (is_parameter<Type>) {
    f(path, object);
  } else if constexpr (std::is_void_v<RealIn<Type>>) {
    return;
  } else if constexpr (Range<Type>) {
    std::size_t k = 0;
    for (auto& element : object) visit(std::to_string(k++), element);
  } else if constexpr (Pointing<Type>) {
    if (object) for_each_parameter(*object, path, f);
  } else if constexpr (TupleLike<Type>) {
    std::size_t k = 0;
    std::apply([&](auto&... member) { (visit(std::to_string(k++), member), ...); }, object);
  } else {
    for_each_field(object, visit);
  }
}

// ---- Comparing two models. ----

void expect_same_size(std::size_t from, std::size_t to);
void expect_same(const std::string& from, const Shape& from_shape, const std::string& to,
                 const Shape& to_shape);

}  // namespace thalweg::nn::detail
