#pragma once
/// What holds for every op on tensors, as checks that take the op and operands to try it on.

#include "tests/autodiff/kernels/common.hpp"
#include "tests/message_of.hpp"
#include "thalweg/autodiff.hpp"
#include "thalweg/autodiff/ops/cast.hpp"
#include "thalweg/autodiff/ops/reduce.hpp"
#include "thalweg/autodiff/ops/views.hpp"

namespace thalweg::test {

/// A tensor of numbers on (−1, 1), the same for the same seed.
template <class Real = double>
Tensor<Real> random_tensor(const Shape& shape, unsigned seed = 1) {
  return Tensor<Real>(shape, numbers<Real>(shape.size(), seed));
}

/// Compares, to a few units in the last place or the given tolerance.
template <class Real>
void check_equal(const Tensor<Real>& got, const Tensor<Real>& wanted,
                 double tolerance = close<Real>) {
  CHECK(to_string(got.shape()) == to_string(wanted.shape()));
  if (got.shape() == wanted.shape())
    CHECK(distance(got.to_vector(), wanted.to_vector()) <= tolerance);
}

namespace detail {

/// The gradients of Σ seed · f(x...), for variables or parameters x.
template <class F, class X, std::size_t... k>
auto gradients_at(Tape& tape, F f, const std::vector<X>& x, std::index_sequence<k...>) {
  using Real = typename X::Real;
  const Tensor<Real> y = as_tensor(f(x[k]...));
  const Gradients found = tape.backward(y, random_tensor<Real>(y.shape(), 99));
  return std::vector<Tensor<Real>>{found[x[k]]...};
}

template <class Real, class F, std::size_t... k>
auto gradients_of(F f, const std::vector<Tensor<Real>>& x, std::index_sequence<k...> all) {
  Tape tape;
  return gradients_at(tape, f, std::vector<Tensor<Real>>{tape.variable(x[k])...}, all);
}

/// The same for Σ seed · f(x...) + Σ x, whose second term's adjoints are there first; without them.
template <class F, std::size_t... k>
auto gradients_added(F f, const std::vector<Tensor<double>>& x, std::index_sequence<k...>) {
  Tape tape;
  const std::vector<Tensor<double>> v = {tape.variable(x[k])...};
  const Tensor<double> y = as_tensor(f(v[k]...));
  Tensor<double> loss = sum(y * random_tensor(y.shape(), 99));
  for (const Tensor<double>& operand : v) loss = loss + sum(operand);
  const Gradients found = tape.backward(loss);
  return std::vector<Tensor<double>>{as_tensor(found[v[k]] - 1.0)...};
}

template <class F, std::size_t... k>
void check_differences(F f, std::vector<Tensor<double>> x,
                       const std::vector<Tensor<double>>& gradients, std::index_sequence<k...>) {
  constexpr double h = 1e-5;
  const auto weighted_sum = [&] {
    const Tensor<double> y = as_tensor(f(x[k]...));
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
      CHECK(gradients[operand].data()[at] == doctest::Approx(slope).epsilon(1e-7).scale(1));
    }
}

}  // namespace detail

/// The gradient of f is right in double; the same in float; with parameters and with expressions as
/// operands; with operands made by other ops; and added to adjoints that exist already.
template <class F, class... X>
void check_adjoint(F f, const X&... x) {
  constexpr auto all = std::index_sequence_for<X...>{};
  const std::vector<Tensor<double>> at = {x...};
  const auto gradients = detail::gradients_of(f, at, all);
  detail::check_differences(f, at, gradients, all);
  const auto agree = [&](const auto& others, double tolerance) {
    for (std::size_t k = 0; k < gradients.size(); ++k) {
      CHECK(to_string(others[k].shape()) == to_string(gradients[k].shape()));
      CHECK(distance(others[k].to_vector(), gradients[k].to_vector()) <= tolerance);
    }
  };
  const auto of_expressions = [f](const auto&... v) { return as_tensor(f((v * 1.0)...)); };
  const auto of_copies = [f](const auto&... v) { return as_tensor(f(flip(flip(v))...)); };
  std::vector<Parameter<double>> parameters;
  (parameters.emplace_back(x), ...);
  Tape tape;
  agree(detail::gradients_of(f, std::vector<Tensor<float>>{cast<float>(x)...}, all), 2e-5);
  agree(detail::gradients_of(of_expressions, at, all), 1e-13);
  agree(detail::gradients_of(of_copies, at, all), 1e-13);
  agree(detail::gradients_at(tape, f, parameters, all), 1e-13);
  agree(detail::gradients_added(f, at, all), 1e-13);
}

}  // namespace thalweg::test
