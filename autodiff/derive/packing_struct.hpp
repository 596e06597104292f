#pragma once
/// A struct as an argument: f is called with the struct, and the derivative is one.
///
///     struct Line {
///       Tensor<double> slope, offset;
///       Index degree = 1;                    // whole numbers, texts and the like stay as they are
///     };
///     const auto error = [&](const Line& l) { return mean(square(l.slope * x + l.offset - y)); };
///     const Line d = gradient(error, Line{w, b});                        // d.slope, d.offset
///
///     template <class Number>
///     struct Circle {
///       Number x, y, radius;
///     };
///     const auto area = [](const auto& c) { return 3.14159 * c.radius * c.radius; };
///     const Circle<double> slope = gradient(area, Circle<double>{0, 0, 1});    // slope.radius
///
/// Members that are tensors, parameters, `Var` or containers and structs of these hold variables
/// of a tape themselves. Plain floating-point numbers cannot; a struct that has some is a template
/// of its number, and f is called with it made of `Var`. Members are found as those of models are
/// (autodiff/base/fields.hpp).

#include "thalweg/autodiff/base/fields.hpp"
#include "thalweg/autodiff/derive/packing.hpp"

namespace thalweg::derive {

/// A member that holds what a tape can make a variable of.
template <class F>
concept HoldsVariables = is_parameter<F> ||(Packed<F>&& std::same_as<VariableOf<F>, F>);

/// Floating-point numbers.
template <class F>
concept PlainNumbers = Packed<F> && !HoldsVariables<F> && std::same_as<ValueOf<F>, F>;

/// A member that is not differentiated.
template <class F>
concept Constant = std::is_integral_v<F> || std::is_enum_v<F> || std::is_empty_v<F> ||
    std::is_convertible_v<F, std::string_view> || std::is_integral_v<typename F::value_type> ||
    std::is_integral_v<typename F::Real>;

template <class... F>
struct Members {
  static constexpr bool hold_variables = (HoldsVariables<F> || ...);
  static constexpr bool hold_numbers = (PlainNumbers<F> || ...);
  static constexpr bool known = ((HoldsVariables<F> || PlainNumbers<F> || Constant<F>)&&...);
};

struct MembersFound {
  template <class... F>
  Members<std::remove_cv_t<F>...> operator()(F&...) const {
    return {};
  }
};
template <class X>
using MembersOf = decltype(with_fields(std::declval<X&>(), MembersFound()));

/// Whether `X` is looked into at all: arrays and tuples have packings of their own.
template <class X>
concept LooksLikeStruct = HasFields<X> && !requires {
  std::tuple_size<X>::value;
};

template <class X>
concept StructArgument = LooksLikeStruct<X> &&
    (MembersOf<X>::hold_variables || MembersOf<X>::hold_numbers);

/// What f is called with: X itself, or S<Var<N>> of an S<N> of plain numbers.
template <class X, bool numbers = MembersOf<X>::hold_numbers>
struct WithVariables {
  using Type = X;
};
template <template <class> class S, class N>
struct WithVariables<S<N>, true> {
  using Type = S<Var<N>>;
};

/// f(a's member, b's member) for all members of two structs.
template <class A, class B, class F>
void for_each_pair(A& a, B& b, F&& f) {
  with_fields(a,
              [&](auto&... of_a) { with_fields(b, [&](auto&... of_b) { (f(of_a, of_b), ...); }); });
}

template <StructArgument X>
struct Packing<X> {
  using Value = X;
  using Variables = typename WithVariables<X>::Type;
  static_assert(MembersOf<X>::known,
                "thalweg: a member of this struct is neither numbers nor tensors nor parameters: "
                "what it holds would be taken for a constant");
  static_assert(
      !MembersOf<X>::hold_numbers || !std::same_as<X, Variables>,
      "thalweg: this struct holds plain numbers, which cannot become variables of a tape: "
      "make them Var<double>, or the struct a template of its number type");

  static Value value(const X& x) {
    Value value = x;
    for_each_differentiated(value,
                            [](std::string_view, auto& field) { set(field, numbers(field)); });
    return value;
  }
  static void add_blocks(const Value& value, std::vector<Block>& to) {
    for_each_differentiated(value, [&](std::string_view name, const auto& field) {
      const std::size_t first = to.size();
      PackingOf<decltype(field)>::add_blocks(numbers(field), to);
      for (std::size_t k = first; k < to.size(); ++k)
        to[k].name = std::string(name) + (to[k].name.empty() ? "" : "." + to[k].name);
    });
  }
  static void put(const Value& value, double*& to) {
    for_each_differentiated(value, [&](std::string_view, const auto& field) {
      PackingOf<decltype(field)>::put(numbers(field), to);
    });
  }
  static Value get(const Value& like, const double*& from) {
    Value value = like;
    for_each_differentiated(value, [&](std::string_view, auto& field) {
      set(field, PackingOf<decltype(field)>::get(numbers(field), from));
    });
    return value;
  }
  static Variables variable(Tape* tape, const Value& value) {
    Variables variables = copy<Variables>(value);
    for_each_pair(value, variables, [&](const auto& from, auto& to) {
      if constexpr (!is_parameter<std::remove_cvref_t<decltype(to)>> &&  // on the tape when used
                    !Constant<std::remove_cvref_t<decltype(to)>>)
        to = PackingOf<decltype(from)>::variable(tape, numbers(from));
    });
    return variables;
  }
  static Value gradient(const Gradients& all, const Variables& variables) {
    Value slopes = copy<Value>(variables);
    for_each_pair(variables, slopes, [&](const auto& from, auto& to) {
      if constexpr (is_parameter<std::remove_cvref_t<decltype(to)>>)
        to.assign(all[from]);
      else if constexpr (!Constant<std::remove_cvref_t<decltype(to)>>)
        set(to, PackingOf<decltype(to)>::gradient(all, from));
    });
    return slopes;
  }

 private:
  template <class Field>
  using PackingOf = Packing<std::remove_cvref_t<Field>>;

  template <class Struct, class F>
  static void for_each_differentiated(Struct& x, F&& f) {
    for_each_field(x, [&](std::string_view name, auto& field) {
      if constexpr (!Constant<std::remove_cvref_t<decltype(field)>>) f(name, field);
    });
  }
  template <class Field>
  static auto numbers(const Field& field) {
    return PackingOf<Field>::value(field);
  }
  /// A member that holds these numbers: passive.
  template <class Field, class Numbers>
  static void set(Field& field, const Numbers& to) {
    if constexpr (is_parameter<Field>)
      field.assign(to);
    else if constexpr (std::same_as<Field, Numbers>)
      field = to;
    else
      field = PackingOf<Field>::variable(nullptr, to);
  }
  /// The members that are constants, of a struct with other numbers.
  template <class To, class From>
  static To copy(const From& from) {
    if constexpr (std::same_as<To, From>) {
      return from;
    } else {
      To to{};
      for_each_pair(from, to, [](const auto& a, auto& b) {
        if constexpr (Constant<std::remove_cvref_t<decltype(b)>>) b = a;
      });
      return to;
    }
  }
};

}  // namespace thalweg::derive
