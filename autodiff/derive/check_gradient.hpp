#pragma once
/// `check_gradient`: the tape's gradient against central differences.
///
///     GradientReport report = check_gradient(loss, w, b);         // at w and b, every coordinate
///     if (!report) fmt::print("{}\n", report);
///     check_gradient({.directions = 20}, loss, large);            // along 20 random directions
///     check_gradient([&] { return mean(square(model(x) - y)); }, parameters);
///
/// Along d, a unit vector of one coordinate or a random one, with x ± h d rounded to the number
/// type,
///
///     |ȳ·∂y/∂x d − (f(x + h d) − f(x − h d)) / 2h|  ≤  tolerance · max(10⁻³, s, |difference|)
///                                                      + 8 ε |f| / h,
///
/// where s is the largest slope of that argument, or |∂f/∂x ∘ d| along a random direction, and the
/// last term is the rounding of f. The difference's error is h² f‴/6 + ε |f| / h, which is least
/// for h ~ ∛ε: 6·10⁻⁶ in double precision, 5·10⁻³ in single, where ∛ε is the tolerance, too.
///
/// f is called as by `gradient`: with a `Var`, a vector of them or a `Tensor` per argument. It has
/// to be deterministic. If it gives a tensor or a vector, a fixed random combination of its
/// elements is checked. Where f has a kink within h the difference is a mean of slopes and the
/// check fails, though the gradient may be one of them: check beside it. Cost: two evaluations of f
/// per coordinate or direction.

#include <iosfwd>
#include <limits>
#include <string>

#include "thalweg/autodiff/base/text_formatter.hpp"
#include "thalweg/autodiff/derive/differentiate.hpp"

namespace thalweg {

/// How to check.
struct GradientCheck {
  double step = 0;         ///< h is step · max(1, |x|); 0 stands for ∛ε
  double tolerance = 0;    ///< 0 stands for ∛ε
  Index directions = 0;    ///< random directions to check; 0: every coordinate
  std::uint64_t seed = 1;  ///< of the directions
};

/// What was found; true if every number agreed.
struct GradientReport {
  bool passed = true;
  Index compared = 0;  ///< numbers compared
  Index failed = 0;    ///< of them beyond what is allowed
  // The worst of them:
  std::string where;      ///< "argument 0 [2, 1]", "hidden.weight [0, 3]" or "direction 7"
  double tape = 0;        ///< the slope by the tape
  double difference = 0;  ///< by central differences
  double error = 0;       ///< the distance of the two
  double allowed = 0;
  double step = 0;  ///< h
  double tolerance = 0;

  explicit operator bool() const { return passed; }
};

/// As a few lines.
std::string to_string(const GradientReport& report);
std::ostream& operator<<(std::ostream& stream, const GradientReport& report);

namespace detail {

/// An argument of the function under check, as numbers that can be moved.
struct CheckedInput {
  std::string name;
  Shape shape;
  std::vector<double> values;
  std::vector<double> gradient;  // by the tape
  bool single = false;           // precision
};
using CheckedInputs = std::vector<CheckedInput>;

/// Moves the inputs; `evaluate(context, inputs)` is f there.
GradientReport compare(const GradientCheck& check, CheckedInputs& inputs,
                       double (*evaluate)(void* context, const CheckedInputs& inputs),
                       void* context);

/// Fixed weights for the elements of a result; 1 for a single one. Exact in single precision.
std::vector<double> probe_weights(Index size);

template <class Real>
Tensor<Real> probe_of(const Tensor<Real>& y) {
  const std::vector<double> weights = probe_weights(y.size());
  return Tensor<Real>(y.shape(), std::vector<Real>(weights.begin(), weights.end()));
}

/// The weighted sum of what f gave.
template <class Y>
double probed(const Y& result) {
  const auto y = tensor_of(result);
  const auto weights = probe_of(y);
  double sum = 0;
  for (Index k = 0; k < y.size(); ++k)
    sum += static_cast<double>(weights.data()[k]) * static_cast<double>(y.data()[k]);
  return sum;
}

/// The gradient of that sum; of a constant a loss that nothing depends on.
template <class Y>
Gradients backward_probed(Tape& tape, const Y& result) {
  const auto y = tensor_of(result);
  if (y.place().generation != 0) return tape.backward(y, probe_of(y));
  const Var nothing = tape.variable(0.0);
  return tape.backward(nothing);
}

/// The numbers of x and of its gradient.
template <class X, class Gradient>
CheckedInput checked_input(std::string name, const X& x, const Gradient& gradient) {
  const auto numbers = numbers_of(gradient);
  CheckedInput input{std::move(name),
                     argument_shape(x),
                     {},
                     {numbers.begin(), numbers.end()},
                     sizeof(numbers[0]) == sizeof(float)};
  if constexpr (Scalar<X>)
    input.values = {static_cast<double>(x.value())};
  else if constexpr (TensorLike<X>)
    input.values.assign(x.data(), x.data() + x.size());
  else
    for (const auto& variable : x) input.values.push_back(static_cast<double>(variable.value()));
  return input;
}

/// Variables of no tape with the input's numbers, of the type that f takes.
template <class X>
X passive(const CheckedInput& input) {
  if constexpr (TensorLike<X>) {
    using Real = typename X::Real;
    return X(input.shape, std::vector<Real>(input.values.begin(), input.values.end()));
  } else if constexpr (Scalar<X>) {
    return X(static_cast<typename X::Real>(input.values[0]));
  } else {
    X variables;
    for (const double value : input.values)
      variables.emplace_back(static_cast<typename X::value_type::Real>(value));
    return variables;
  }
}

/// Puts the parameters' values back.
template <class Real>
class Restore {
 public:
  explicit Restore(const ParameterList<Real>& parameters) : parameters_(parameters) {
    for (const auto& named : parameters) values_.push_back(named.parameter->value());
  }
  ~Restore() {
    for (std::size_t k = 0; k < values_.size(); ++k) parameters_[k].parameter->assign(values_[k]);
  }
  Restore(const Restore&) = delete;

 private:
  const ParameterList<Real>& parameters_;
  std::vector<Tensor<Real>> values_;
};

}  // namespace detail

/// The gradient of f at x..., checked. Throws what f throws.
template <class F, Argument... X>
requires(sizeof...(X) > 0) GradientReport
    check_gradient(const GradientCheck& check, F&& f, const X&... x) {
  using Variables = decltype(std::tuple(detail::argument_on(std::declval<Tape&>(), x)...));
  detail::CheckedInputs inputs;
  {
    Tape tape;
    const Variables variables(detail::argument_on(tape, x)...);
    const Gradients gradients = detail::backward_probed(tape, std::apply(f, variables));
    std::apply(
        [&](const auto&... variable) {
          (inputs.push_back(detail::checked_input("argument " + std::to_string(inputs.size()),
                                                  variable, gradients[variable])),
           ...);
        },
        variables);
  }
  auto at = [&]<std::size_t... k>(std::index_sequence<k...>, const detail::CheckedInputs& moved) {
    const NoTape pause;
    return detail::probed(f(detail::passive<std::tuple_element_t<k, Variables>>(moved[k])...));
  };
  return detail::compare(
      check, inputs,
      [](void* context, const detail::CheckedInputs& moved) {
        return (*static_cast<decltype(at)*>(context))(std::index_sequence_for<X...>{}, moved);
      },
      &at);
}

template <class F, Argument... X>
requires(sizeof...(X) > 0 && !std::is_same_v<std::remove_cvref_t<F>, GradientCheck>) GradientReport
    check_gradient(F&& f, const X&... x) {
  return check_gradient(GradientCheck{}, std::forward<F>(f), x...);
}

/// The gradient of f() with respect to the parameters, which f uses, checked by moving them; they
/// have their values again when it returns or throws.
template <class F, class Real>
GradientReport check_gradient(const GradientCheck& check, F&& f,
                              const ParameterList<Real>& parameters) {
  const detail::Restore<Real> restore(parameters);
  detail::CheckedInputs inputs;
  {
    Tape tape;
    const Gradients gradients = detail::backward_probed(tape, f());
    for (const auto& [name, parameter] : parameters)
      inputs.push_back(detail::checked_input(name, parameter->value(), gradients[*parameter]));
  }
  auto at = [&](const detail::CheckedInputs& moved) {
    for (std::size_t k = 0; k < moved.size(); ++k)
      parameters[k].parameter->assign(detail::passive<Tensor<Real>>(moved[k]));
    const NoTape pause;
    return detail::probed(f());
  };
  return detail::compare(
      check, inputs,
      [](void* context, const detail::CheckedInputs& moved) {
        return (*static_cast<decltype(at)*>(context))(moved);
      },
      &at);
}

template <class F, class Real>
GradientReport check_gradient(F&& f, const ParameterList<Real>& parameters) {
  return check_gradient(GradientCheck{}, std::forward<F>(f), parameters);
}

}  // namespace thalweg

template <>
struct fmt::formatter<thalweg::GradientReport> : thalweg::TextFormatter {
  template <class Context>
  auto format(const thalweg::GradientReport& report, Context& context) const {
    return write(thalweg::to_string(report), context);
  }
};
