#pragma once
/// What every loss of two operands in one shape has to obey.

#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/derive/check_gradient.hpp"
#include "thalweg/nn/losses/losses.hpp"

namespace laws {

using namespace thalweg;

template <class F, class... X>
void gradient_is_right(F&& loss, const X&... x) {
  const GradientReport report = check_gradient(loss, x...);
  CHECK_MESSAGE(report, to_string(report));
}

inline double at(const Tensor<double>& x, Index i) { return x.data()[i]; }

/// loss(reduction, x…) reduces what it gives without: same shape, sum, mean; in float as in double.
/// Its gradient is right with respect to every operand, whatever the reduction.
template <class Loss, class X, class... More>
void elementwise(Loss&& loss, const X& x, const More&... more) {
  const Tensor<double> each = loss(Reduction::none, x, more...);
  CHECK(each.shape() == x.shape());
  double sum = 0;
  for (const double number : each.values()) sum += number;
  const double n = static_cast<double>(each.size());
  CHECK(loss(Reduction::sum, x, more...).item() == doctest::Approx(sum).epsilon(1e-12));
  CHECK(loss(Reduction::mean, x, more...).item() == doctest::Approx(sum / n).epsilon(1e-12));
  const auto single = [](const Tensor<double>& wide) {
    return Tensor<float>(wide.shape(),
                         std::vector<float>(wide.values().begin(), wide.values().end()));
  };
  CHECK(loss(Reduction::sum, single(x), single(more)...).item() ==
        doctest::Approx(sum).epsilon(1e-5));
  for (const Reduction reduction : {Reduction::mean, Reduction::sum, Reduction::none})
    gradient_is_right([&](const auto&... v) { return loss(reduction, v...); }, x, more...);
}

}  // namespace laws
