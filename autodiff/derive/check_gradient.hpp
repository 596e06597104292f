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
///
/// The gradient that an `optim::Objective` has of its own is checked by the overload in
/// optim/objective/check_gradient.hpp.

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
  std::string where;        ///< "argument 0 [2, 1]", "hidden.weight [0, 3]" or "direction 7"
  std::string by = "tape";  ///< who says what the slope is: the tape, or who wrote it: "given"
  double tape = 0;          ///< the slope by them
  double difference = 0;    ///< by central differences
  double error = 0;         ///< the distance of the two
  double allowed = 0;
  double step = 0;  ///< h
  double tolerance = 0;

  explicit operator bool() const { return passed; }
};

/// As a few lines.
std::string to_string(const GradientReport& report);
/// The worst slope alone: "argument 0 [2, 1]: tape 4, central difference 2".
std::string worst(const GradientReport& report);
std::ostream& operator<<(std::ostream& stream, const GradientReport& report);

namespace derive {

/// " [2, 1]" for element `at`; nothing for a number.
std::string position(const Shape& shape, Index at);

/// A report under way: counts slopes and keeps the worst, the one furthest beyond what is allowed.
class GradientComparison {
 public:
  GradientReport report;

  void note(std::string where, double slope, double difference, double allowed, double step);

 private:
  double worst_ = 0;
};

}  // namespace derive

namespace detail {

/// An argument of the function under check, as numbers that can be moved.
struct CheckedInput {
  std::string name;
  Shape shape;
  std::vector<double> values;
  std::vector<double> gradient;  // by the tape
  const NumberType* type = nullptr;
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
  const auto y = as_tensor(result);
  const auto weights = probe_of(y);
  double sum = 0;
  for (Index k = 0; k < y.size(); ++k)
    sum += static_cast<double>(weights.data()[k]) * static_cast<double>(y.data()[k]);
  return sum;
}

/// The gradient of that sum; of a constant a loss that nothing depends on.
template <class Y>
Gradients backward_probed(Tape& tape, const Y& result) {
  const auto y = as_tensor(result);
  if (!derive::is_constant(y)) return tape.backward(y, probe_of(y));
  const Var nothing = tape.variable(0.0);
  return tape.backward(nothing);
}

/// Numbers side by side as those of each argument.
CheckedInputs checked_inputs(std::vector<derive::Block> blocks, const std::vector<double>& numbers,
                             const std::vector<double>& gradient);
std::vector<double> numbers_of(const CheckedInputs& inputs);

/// The arguments of f with f's gradient there, and f at other numbers.
template <class F, class Arguments>
GradientReport check_at(const GradientCheck& check, F&& f, const Arguments& arguments) {
  std::vector<double> numbers(arguments.size()), slopes = numbers;
  arguments.put(arguments.values(), numbers.data());
  {
    Tape tape;
    const auto variables = arguments.variables(&tape, arguments.values());
    const Gradients gradients = backward_probed(tape, arguments.call(f, variables));
    arguments.put(arguments.gradients(gradients, variables), slopes.data());
  }
  auto at = [&](const CheckedInputs& moved) {
    const NoTape pause;
    const std::vector<double> x = numbers_of(moved);
    return probed(arguments.call(f, arguments.variables(nullptr, arguments.get(x.data()))));
  };
  CheckedInputs inputs = checked_inputs(arguments.blocks(), numbers, slopes);
  return compare(
      check, inputs,
      [](void* context, const CheckedInputs& moved) {
        return (*static_cast<decltype(at)*>(context))(moved);
      },
      &at);
}

/// Puts the parameters' values back.
template <class Real>
class Restore {
  using Packing = derive::Packing<ParameterList<Real>>;

 public:
  explicit Restore(const ParameterList<Real>& parameters)
      : parameters_(parameters), values_(Packing::value(parameters)) {}
  ~Restore() { Packing::assign(parameters_, values_); }
  Restore(const Restore&) = delete;

 private:
  const ParameterList<Real>& parameters_;
  typename Packing::Value values_;
};

}  // namespace detail

/// The gradient of f at x..., checked. Throws what f throws.
template <class F, Argument First, Argument... Rest>
GradientReport check_gradient(const GradientCheck& check, F&& f, const First& first,
                              const Rest&... rest) {
  return detail::check_at(check, f, derive::ArgumentList(first, rest...));
}
template <class F>
GradientReport check_gradient(const GradientCheck& check, F&& f, std::initializer_list<double> x) {
  return check_gradient(check, f, std::vector<double>(x));
}

/// Anything to be checked: not the options.
template <class F>
concept Checkable = !std::is_same_v<std::remove_cvref_t<F>, GradientCheck>;

template <Checkable F, Argument First, Argument... Rest>
GradientReport check_gradient(F&& f, const First& first, const Rest&... rest) {
  return check_gradient(GradientCheck{}, std::forward<F>(f), first, rest...);
}
template <Checkable F>
GradientReport check_gradient(F&& f, std::initializer_list<double> x) {
  return check_gradient(GradientCheck{}, std::forward<F>(f), x);
}

/// The gradient of f() with respect to the parameters, which f uses, checked by moving them; they
/// have their values again when it returns or throws.
template <class F, class Real>
GradientReport check_gradient(const GradientCheck& check, F&& f,
                              const ParameterList<Real>& parameters) {
  const detail::Restore<Real> restore(parameters);
  return detail::check_at(check, f, derive::ArgumentList(parameters));
}

template <Checkable F, class Real>
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
