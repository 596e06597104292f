#pragma once
/// A generic function as an `Objective`.

#include "thalweg/optim/objective/packing.hpp"

namespace thalweg::optim::detail {

/// What f gives for arguments like these.
template <class F, class X>
using ResultOf = std::remove_cvref_t<decltype(std::apply(
    std::declval<const F&>(), std::declval<const Arguments<X>&>().variables(
                                  std::declval<Tape*>(), std::declval<const double*>())))>;

/// One number; a tensor may hold more, which is an error of its values.
template <class Y>
concept OneNumber = TensorLike<Y> || requires(const Y& y) {
  thalweg::detail::loss_of(y);
};
template <class Y>
concept SeveralNumbers = TensorLike<Y> || thalweg::detail::is_var_vector<Y>;

/// A function of arguments like `start`, to be called with the numbers of a point. Refers to f.
template <class Base, class F, class X>
class OfArguments : public Base {
 public:
  OfArguments(const F& f, const X& start) : OfArguments(f, Arguments<X>{start}) {}

  std::vector<double> start() const {
    std::vector<double> x(static_cast<std::size_t>(this->size()));
    arguments_.put(x.data());
    return x;
  }
  X unpacked(std::span<const double> x) const { return arguments_.get(x.data()); }

 protected:
  const F& f_;
  Arguments<X> arguments_;

 private:
  OfArguments(const F& f, Arguments<X> arguments)
      : Base(arguments.blocks()), f_(f), arguments_(std::move(arguments)) {}
};

/// f(x), its result one number.
template <class F, class X>
class Function final : public OfArguments<Objective, F, X> {
  static_assert(OneNumber<ResultOf<F, X>>,
                "thalweg: this method minimises one number, and f gives another type; for the sum "
                "of squared residuals use LevenbergMarquardt or GaussNewton");

 public:
  using OfArguments<Objective, F, X>::OfArguments;

 private:
  using OfArguments<Objective, F, X>::f_;
  using OfArguments<Objective, F, X>::arguments_;

  double evaluate(std::span<const double> x) const override {
    const NoTape pause;
    const auto loss =
        thalweg::detail::loss_of(std::apply(f_, arguments_.variables(nullptr, x.data())));
    return static_cast<double>(thalweg::detail::value_of(loss));
  }
  double differentiate(std::span<const double> x, std::span<double> gradient) const override {
    Tape tape;
    const auto variables = arguments_.variables(&tape, x.data());
    const auto loss = thalweg::detail::loss_of(std::apply(f_, variables));
    arguments_.put_gradients(thalweg::detail::backward_or_zeros(tape, loss), variables,
                             gradient.data());
    return static_cast<double>(thalweg::detail::value_of(loss));
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
    const auto y =
        thalweg::detail::tensor_of(std::apply(f_, arguments_.variables(nullptr, x.data())));
    r.assign(y.data(), y.data() + y.size());
  }
  void differentiate_residuals(std::span<const double> x, std::vector<double>& r,
                               std::vector<double>& j) const override {
    Tape tape;
    const auto variables = arguments_.variables(&tape, x.data());
    const auto y = std::apply(f_, variables);
    if constexpr (thalweg::detail::is_var_vector<std::remove_cvref_t<decltype(y)>>) {
      r.resize(y.size());
      j.assign(y.size() * x.size(), 0.0);
      for (std::size_t i = 0; i < y.size(); ++i) {
        r[i] = static_cast<double>(y[i].value());
        row(tape, variables, y[i], j.data() + i * x.size());
      }
    } else {
      const auto all = thalweg::detail::tensor_of(y);
      const auto each = all.scalars();
      r.assign(all.data(), all.data() + all.size());
      j.assign(r.size() * x.size(), 0.0);
      for (std::size_t i = 0; i < r.size(); ++i)
        row(tape, variables, each[i], j.data() + i * x.size());
    }
  }
  template <class V, class Y>
  void row(Tape& tape, const V& variables, const Y& y, double* to) const {
    if (y.place().generation != 0) arguments_.put_gradients(tape.backward(y), variables, to);
  }
};

}  // namespace thalweg::optim::detail
