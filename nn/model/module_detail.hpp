#pragma once
/// How nn/model/module.hpp walks through a model.

#include <iterator>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "thalweg/autodiff/base/fields.hpp"
#include "thalweg/autodiff/base/random.hpp"
#include "thalweg/autodiff/tensor/parameter.hpp"
#include "thalweg/nn/model/buffer.hpp"
#include "thalweg/nn/model/mode.hpp"

namespace thalweg::nn::detail {

/// Values in which nothing is learned.
template <class T>
concept Unlearned = std::is_arithmetic_v<T> || std::is_enum_v<T> || std::is_empty_v<T> ||
    std::is_convertible_v<const T&, std::string_view> || is_tensor<T> ||
    std::is_same_v<T, Random> || std::is_same_v<T, Shape> || std::is_same_v<T, Mode>;

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
template <class T>
inline constexpr bool is_variant = false;
template <class... T>
inline constexpr bool is_variant<std::variant<T...>> = true;

/// A class that names its parts while it runs.
struct AnyVisitor {
  template <class Part>
  void operator()(std::string_view, Part&) const {}
};
template <class T>
concept VisitsParts = requires(T& t) {
  typename T::Real;
  T::visit_parts(t, AnyVisitor{});
};

// ---- Which number type? Asked while compiling. ----

struct Mixed {};  // both
struct Whole {};  // neither, but buffers of whole numbers

template <class Real>
inline constexpr bool is_number_type = !std::is_void_v<Real> && !std::is_same_v<Real, Whole>;

template <class... Reals>
struct Join {
  using Type = void;
};
template <class First, class... Rest>
struct Join<First, Rest...> {
  using Others = typename Join<Rest...>::Type;
  static constexpr bool both = is_number_type<First> && is_number_type<Others>;
  using Either = std::conditional_t<is_number_type<First> || std::is_void_v<Others>, First, Others>;
  using Type = std::conditional_t<both && !std::is_same_v<First, Others>, Mixed, Either>;
};

template <class T>
constexpr auto real_in();

template <class T>
using RealIn = typename decltype(real_in<std::remove_cvref_t<T>>())::type;

template <class... T>
using JoinedReal = std::type_identity<typename Join<RealIn<T>...>::Type>;

inline constexpr auto real_in_members = [](auto&... member) {
  return JoinedReal<decltype(member)...>{};
};

template <class... T>
auto real_in_variant(const std::variant<T...>&) -> JoinedReal<T...>;

/// std::type_identity of float, double, Mixed, Whole, or void if there is nothing to be saved.
template <class T>
constexpr auto real_in() {
  if constexpr (is_parameter<T>)
    return std::type_identity<typename T::Real>{};
  else if constexpr (is_buffer<T>)
    return std::type_identity<std::conditional_t<std::is_floating_point_v<typename T::Element>,
                                                 typename T::Element, Whole>>{};
  else if constexpr (VisitsParts<T>)
    return std::type_identity<typename T::Real>{};
  else if constexpr (Unlearned<T>)
    return std::type_identity<void>{};
  else if constexpr (Range<T>)
    return JoinedReal<decltype(*std::begin(std::declval<T&>()))>{};
  else if constexpr (Pointing<T>)
    return JoinedReal<decltype(*std::declval<T&>())>{};
  else if constexpr (is_variant<T>)
    return decltype(real_in_variant(std::declval<const T&>())){};
  else if constexpr (TupleLike<T>)
    return decltype(std::apply(real_in_members, std::declval<T&>())){};
  else if constexpr (HasFields<T>)
    return decltype(with_fields(std::declval<T&>(), real_in_members)){};
  else
    static_assert(HasFields<T>,
                  "thalweg: parameters are looked for in a class with constructors or private "
                  "members: add `static constexpr auto fields = thalweg::named(\"weight\", "
                  "&Class::weight);`, or `thalweg::named()` if it has none");
}

// ---- The walk. ----

inline std::string joined(const std::string& path, std::string_view name) {
  return path.empty() ? std::string(name) : path + "." + std::string(name);
}

/// f(path, part) for the model and all that is in it, in order of declaration, but not in what
/// holds nothing to be saved.
template <class T, class F>
void for_each_part(T& object, const std::string& path, F&& f) {
  using Type = std::remove_cv_t<T>;
  const auto visit = [&](std::string_view name, auto& part) {
    for_each_part(part, joined(path, name), f);
  };
  f(path, object);
  if constexpr (is_parameter<Type> || is_buffer<Type> || std::is_void_v<RealIn<Type>>) {
    return;
  } else if constexpr (VisitsParts<Type>) {
    Type::visit_parts(object, visit);
  } else if constexpr (Range<Type>) {
    std::size_t k = 0;
    for (auto& element : object) visit(std::to_string(k++), element);
  } else if constexpr (Pointing<Type>) {
    if (object) for_each_part(*object, path, f);
  } else if constexpr (is_variant<Type>) {
    std::visit([&](auto& present) { for_each_part(present, path, f); }, object);
  } else if constexpr (TupleLike<Type>) {
    std::size_t k = 0;
    std::apply([&](auto&... member) { (visit(std::to_string(k++), member), ...); }, object);
  } else {
    for_each_field(object, visit);
  }
}

/// f(name, parameter or buffer), in order of declaration.
template <class T, class F>
void for_each_state(T& object, const std::string& path, F&& f) {
  for_each_part(object, path, [&f](const std::string& name, auto& part) {
    using Part = std::remove_cvref_t<decltype(part)>;
    if constexpr (is_parameter<Part> || is_buffer<Part>) f(name, part);
  });
}

// ---- Comparing two models. ----

void expect_same_size(std::size_t from, std::size_t to);
void expect_same(const std::string& from, const Shape& from_shape, const std::string& to,
                 const Shape& to_shape);

}  // namespace thalweg::nn::detail
