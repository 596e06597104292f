#pragma once
/// A generic function as an `Objective`.

#include <concepts>

#include "thalweg/autodiff/derive/differentiate.hpp"
#include "thalweg/optim/objective/objective.hpp"

namespace thalweg::optim::detail {

template <class X>
using Arguments = derive::ArgumentList<X>;

/// What `minimise` may start at: what comes back is of the same type, so no whole numbers.
template <class X>
concept Start = Argument<X> && std::same_as<typename Arguments<X>::Point, X>;

template <class Y>
struct Kept {
  using Type = std::remove_cvref_t<decltype(settled(std::declval<Y>()))>;
};
template <>
struct Kept<void> {
  using Type = void;
};
/// What f gives for arguments like these, as something that can be kept.
template <class F, class X>
using ResultOf = typename Kept<decltype(Arguments<X>::call(
    std::declval<const F&>(), std::declval<typename Arguments<X>::Variables>()))>::Type;

/// One number; a tensor may hold more, which is an error of its values.
template <class Y>
concept ALoss = OneNumber<Y> || TensorLike<Y>;
template <class Y>
concept SeveralNumbers = requires(const Y& y) {
  as_tensor(y);
}
&&!OneNumber<Y>;

/// The names and shapes of the arguments: x, or x0, x1, ... if there are several.
std::vector<ArgumentBlock> named_blocks(std::vector<derive::Block> blocks);

/// A function of arguments like `start`, to be called with the numbers of a point. Refers to f.
template <class Base, class F, class X>
class OfArguments : public Base {
  static_assert(Start<X>,
                "thalweg: minimise starts at a number, a std::vector or std::array of "
                "floating-point numbers, a Tensor, an Eigen matrix, a std::tuple of these, or a "
                "list of parameters");

 public:
  OfArguments(const F& f, const X& start) : OfArguments(f, Arguments<X>(start)) {}

  std::vector<double> start() const {
    std::vector<double> x(this->size());
    arguments_.put(arguments_.values(), x.data());
    return x;
  }
  /// The arguments at the numbers x.
  auto unpacked(std::span<const double> x) const {
    return arguments_.point(arguments_.get(x.data()));
  }

 protected:
  auto variables(Tape* tape, std::span<const double> x) const {
    return arguments_.variables(tape, arguments_.get(x.data()));
  }
  /// f's gradient with respect to all arguments, side by side.
  template <class V>
  void put_gradients(const Gradients& gradients, const V& variables, double* to) const {
    arguments_.put(arguments_.gradients(gradients, variables), to);
  }

  const F& f_;
  Arguments<X> arguments_;

 private:
  OfArguments(const F& f, Arguments<X> arguments)
      : Base(named_blocks(arguments.blocks())), f_(f), arguments_(std::move(arguments)) {}
};

/// f(x), its result one number.
template <class F, class X>
class Function final : public OfArguments<Objective, F, X> {
  static_assert(ALoss<ResultOf<F, X>>,
                "thalweg: this method minimises one number, and f gives another type; for the sum "
                "of squared residuals use LevenbergMarquardt or GaussNewton");

 public:
  using OfArguments<Objective, F, X>::OfArguments;

 private:
  using OfArguments<Objective, F, X>::f_;
  using OfArguments<Objective, F, X>::arguments_;

  double evaluate(std::span<const double> x) const override {
    const NoTape pause;
    const auto loss = settled(arguments_.call(f_, this->variables(nullptr, x)));
    return static_cast<double>(derive::number_of(loss));
  }
  double differentiate(std::span<const double> x, std::span<double> gradient) const override {
    Tape tape;
    const auto variables = this->variables(&tape, x);
    const auto loss = settled(arguments_.call(f_, variables));
    this->put_gradients(derive::backward_or_zeros(tape, loss), variables, gradient.data());
    return static_cast<double>(derive::number_of(loss));
  }
};

/// f(x), its result m residuals.
template <class F, class X>
class ResidualFunction final : public OfArguments<Residuals, F, X> {
  static_assert(SeveralNumbers<ResultOf<F, X>>,
                "thalweg: this method minimises the sum of squared residuals, and f does not give "
                "residuals: a std::vector of Var or a Tensor");

 public:
  using OfArguments<Residuals, F, X>::OfArguments;

 private:
  using OfArguments<Residuals, F, X>::f_;
  using OfArguments<Residuals, F, X>::arguments_;

  void evaluate_residuals(std::span<const double> x, std::vector<double>& r) const override {
    const NoTape pause;
    const auto y = as_tensor(arguments_.call(f_, this->variables(nullptr, x)));
    r.assign(y.data(), y.data() + y.size());
  }
  void differentiate_residuals(std::span<const double> x, std::vector<double>& r,
                               std::vector<double>& j) const override {
    Tape tape;
    const auto variables = this->variables(&tape, x);
    const auto y = settled(arguments_.call(f_, variables));
    const auto rows = [&](const auto& each) {
      r.clear();
      j.assign(each.size() * x.size(), 0.0);
      for (const auto& residual : each) {
        double* const row = j.data() + r.size() * x.size();
        r.push_back(static_cast<double>(residual.value()));
        if (!derive::is_constant(residual))
          this->put_gradients(tape.backward(residual), variables, row);
      }
    };
    if constexpr (TensorLike<decltype(y)>)
      rows(y.scalars());
    else
      rows(y);
  }
};

}  // namespace thalweg::optim::detail
