#include "thalweg/nn/model/check_gradient.hpp"

#include <doctest/doctest.h>

#include "thalweg/autodiff/ops/activation.hpp"
#include "thalweg/autodiff/ops/cross_entropy.hpp"
#include "thalweg/autodiff/ops/stop_gradient.hpp"
#include "thalweg/nn/layers/linear.hpp"
#include "thalweg/nn/losses/losses.hpp"
#include "thalweg/nn/model/init.hpp"

using namespace thalweg;

namespace {

template <class Real>
struct Network {
  nn::Linear<Real> hidden, output;
  auto operator()(const Tensor<Real>& x) const { return output(gelu(hidden(x))); }
};

template <class Real>
Network<Real> network() {
  Random random{11};
  return {{5, 4, random}, {4, 3, random}};
}

}  // namespace

TEST_CASE_TEMPLATE("a network's gradient is that of its losses, in every parameter", Real, float,
                   double) {
  auto model = network<Real>();
  Random random{12};
  const auto x = nn::init::normal<Real>({6, 5}, 0, 1, random);
  const auto target = nn::init::normal<Real>({6, 3}, 0, 1, random);
  const IndexTensor labels = {0, 1, 2, 2, 1, 0};
  const auto before = model.hidden.weight.value().to_vector();

  const auto classifier =
      nn::check_gradient(model, [&] { return cross_entropy(model(x), labels); });
  CHECK_MESSAGE(classifier, to_string(classifier));
  CHECK(classifier.compared == nn::parameter_count(model));
  const auto regression =
      nn::check_gradient({.directions = 5}, model, [&] { return nn::mse_loss(model(x), target); });
  CHECK_MESSAGE(regression, to_string(regression));
  CHECK(regression.compared == 5);
  CHECK(model.hidden.weight.value().to_vector() == before);
}

TEST_CASE("a gradient that misses a parameter is found out, by name") {
  auto model = network<double>();
  Random random{12};
  const auto x = nn::init::normal<double>({6, 5}, 0, 1, random);
  const auto report = nn::check_gradient(model, [&] {
    const Tensor<double> bias = stop_gradient(Tensor<double>(model.output.bias));
    return mean(square(linear(gelu(model.hidden(x)), model.output.weight, bias) - 3));
  });
  CHECK_FALSE(report);
  CHECK(report.failed == 3);
  CHECK(report.where.starts_with("output.bias"));
}
