#pragma once
/// What holds for every op on tensors, as checks that take the op and operands to try it on.

#include "autodiff/autodiff.hpp"
#include "autodiff/ops/cast.hpp"
#include "autodiff/ops/reduce.hpp"
#include "autodiff/ops/views.hpp"
#include "tests/autodiff/kernels_common.hpp"

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

/// The gradients of Σ seed · f(x...).
template <class F, class... Real>
auto gradients_of(F f, const Tensor<Real>&... x) {
  Tape tape;
  const auto on_tape = std::tuple(tape.variable(x)...);
  return std::apply(
      [&](const auto&... v) {
        const auto y = as_tensor(f(v...));
        const auto seed = random_tensor<typename decltype(y.detach())::Real>(y.shape(), 99);
        const Gradients gradients = tape.backward(y, seed);
        return std::vector{gradients[v]...};
      },
      on_tape);
}

/// Σ seed · f(x...), for differences.
template <class F, class... X>
double weighted_sum(F f, const X&... x) {
  const Tensor<double> y = as_tensor(f(x...));
  const Tensor<double> seed = random_tensor(y.shape(), 99);
  double total = 0;
  for (Index k = 0; k < y.size(); ++k) total += seed.data()[k] * y.data()[k];
  return total;
}

template <class F, std::size_t... k>
void check_differences(F f, std::vector<Tensor<double>> x,
                       const std::vector<Tensor<double>>& gradients, std::index_sequence<k...>) {
  constexpr double h = 1e-5;
  for (std::size_t operand = 0; operand < x.size(); ++operand)
    for (Index at = 0; at < x[operand].size(); ++at) {
      const double value = x[operand].data()[at];
      const auto shifted = [&](double by) {
        x[operand].mutable_values()[length(at)] = value + by;
        return weighted_sum(f, x[k]...);
      };
      const double slope = (shifted(h) - shifted(-h)) / (2 * h);
      shifted(0);
      INFO("operand ", operand, ", element ", at);
      CHECK(gradients[operand].data()[at] == doctest::Approx(slope).epsilon(1e-7).scale(1));
    }
}

}  // namespace detail

/// The gradient of f is right in double; the same in float; with parameters and with expressions as
/// operands; with operands that are views; and added to adjoints that exist already.
template <class F, class... X>
void check_gradient(F f, const X&... x) {
  const auto gradients = detail::gradients_of(f, x...);
  detail::check_differences(f, {x...}, gradients, std::index_sequence_for<X...>{});
  const auto agree = [&](const auto& others, double tolerance) {
    for (std::size_t k = 0; k < gradients.size(); ++k) {
      CHECK(to_string(others[k].shape()) == to_string(gradients[k].shape()));
      CHECK(distance(others[k].to_vector(), gradients[k].to_vector()) <= tolerance);
    }
  };
  agree(detail::gradients_of(f, cast<float>(x)...), 2e-5);
  agree(detail::gradients_of([f](const auto&... v) { return f(v * 1.0...); }, x...), 1e-13);
  agree(detail::gradients_of([f](const auto&... v) { return f(flip(flip(v))...); }, x...), 1e-13);
  {
    std::vector<Parameter<double>> parameters;
    (parameters.emplace_back(x), ...);
    Tape tape;
    const Tensor<double> y = [&]<std::size_t... k>(std::index_sequence<k...>) {
      return as_tensor(f(parameters[k]...));
    }(std::index_sequence_for<X...>{});
    const Gradients found = tape.backward(y, random_tensor(y.shape(), 99));
    std::vector<Tensor<double>> others;
    for (const auto& parameter : parameters) others.push_back(found[parameter]);
    agree(others, 1e-13);
  }
  {  // Σ seed f(x) + Σ x: the second term's adjoints are there first
    Tape tape;
    const std::vector<Tensor<double>> v = {tape.variable(x)...};
    const Tensor<double> y = [&]<std::size_t... k>(std::index_sequence<k...>) {
      return as_tensor(f(v[k]...));
    }(std::index_sequence_for<X...>{});
    Tensor<double> loss = sum(y * random_tensor(y.shape(), 99));
    for (const auto& operand : v) loss = loss + sum(operand);
    const Gradients found = tape.backward(loss);
    std::vector<Tensor<double>> others;
    for (const auto& operand : v) others.push_back(found[operand] - 1.0);
    agree(others, 1e-13);
  }
}

/// The message of the error that `action` throws.
template <class Kind = ShapeError, class F>
std::string message_of(F action) {
  try {
    action();
  } catch (const Kind& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace thalweg::test
