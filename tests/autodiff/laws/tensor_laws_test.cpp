#include "tests/autodiff/laws/tensor_laws.hpp"

#include "thalweg/autodiff/derive/custom.hpp"
#include "thalweg/autodiff/ops/cast.hpp"

namespace thalweg::test {
namespace {

using Doubles = TensorFunction::Doubles;

/// The gradients of Σ seed · f(x...), for variables or parameters x.
template <class F, class X>
auto gradients_at(Tape& tape, const F& f, const std::vector<X>& x) {
  using Real = typename X::Real;
  const Tensor<Real> y = f(x);
  const Gradients found = tape.backward(y, random_tensor<Real>(y.shape(), 99));
  std::vector<Tensor<Real>> gradients;
  for (const X& operand : x) gradients.push_back(found[operand]);
  return gradients;
}

template <class Real>
std::vector<Tensor<Real>> variables(Tape& tape, const std::vector<Tensor<Real>>& x) {
  std::vector<Tensor<Real>> variables;
  for (const Tensor<Real>& operand : x) variables.push_back(tape.variable(operand));
  return variables;
}

template <class Real, class F>
auto gradients_of(const F& f, const std::vector<Tensor<Real>>& x) {
  Tape tape;
  return gradients_at(tape, f, variables(tape, x));
}

/// The same for Σ seed · f(x...) + Σ x, whose second term's adjoints are there first; without them.
template <class F>
Doubles gradients_added(const F& f, const Doubles& x) {
  Tape tape;
  const Doubles v = variables(tape, x);
  const Tensor<double> y = f(v);
  Tensor<double> loss = sum(y * random_tensor(y.shape(), 99));
  for (const Tensor<double>& operand : v) loss = loss + sum(operand);
  const Gradients found = tape.backward(loss);
  Doubles gradients;
  for (const Tensor<double>& operand : v) gradients.push_back(found[operand] - 1.0);
  return gradients;
}

template <class F>
void check_differences(const F& f, Doubles x, const Doubles& gradients) {
  constexpr double h = 1e-5;
  const auto weighted_sum = [&] {
    const Tensor<double> y = f(x);
    return sum(y * random_tensor(y.shape(), 99)).item();
  };
  for (std::size_t operand = 0; operand < x.size(); ++operand)
    for (Index at = 0; at < x[operand].size(); ++at) {
      const double value = x[operand].data()[at];
      const auto shifted = [&](double by) {
        x[operand].mutable_values()[length(at)] = value + by;
        return weighted_sum();
      };
      const double slope = (shifted(h) - shifted(-h)) / (2 * h);
      shifted(0);
      INFO("operand ", operand, ", element ", at);
      CHECK(testing::close(gradients[operand].data()[at], slope, {1e-7, 1e-7}));
    }
}

}  // namespace

void check_adjoint(const TensorFunction& function, const Doubles& x) {
  const auto of = [&](auto form) {
    return [&, form](const auto& v) { return form(function.f, v); };
  };
  const auto f = of(function.of_doubles);
  const auto of_copies = [&](Doubles v) {
    for (Tensor<double>& operand : v) operand = flip(flip(operand));
    return f(v);
  };
  const Doubles gradients = gradients_of(f, x);
  check_differences(f, x, gradients);
  const auto agree = [&](const auto& others, double tolerance) {
    for (std::size_t k = 0; k < gradients.size(); ++k) {
      CHECK(testing::close(others[k], gradients[k], {tolerance, tolerance}));
    }
  };
  std::vector<Tensor<float>> narrow;
  std::vector<Parameter<double>> parameters;
  for (const Tensor<double>& operand : x) {
    narrow.push_back(cast<float>(operand));
    parameters.emplace_back(operand);
  }
  Tape tape;
  agree(gradients_of(of(function.of_floats), narrow), 2e-5);
  agree(gradients_of(of(function.of_expressions), x), 1e-13);
  agree(gradients_of(of_copies, x), 1e-13);
  agree(gradients_at(tape, of(function.of_parameters), parameters), 1e-13);
  agree(gradients_added(f, x), 1e-13);
}

}  // namespace thalweg::test

TEST_CASE("the laws notice an adjoint that is none" * doctest::should_fail()) {
  using namespace thalweg;
  const auto wrong = custom(
      "wrong", [](const auto& x) { return x * x; },
      [](const auto& adjoint, const auto& x, const auto&) { return adjoint * x; });
  test::check_adjoint([&](const auto& x) { return wrong(x); }, Tensor<double>{0.5, 2.0});
}
