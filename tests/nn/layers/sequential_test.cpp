#include "thalweg/nn/layers/sequential.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "thalweg/autodiff/ops/reduce.hpp"
#include "thalweg/autodiff/tensor/creation.hpp"
#include "thalweg/nn/layers/activations.hpp"
#include "thalweg/nn/layers/batch_norm.hpp"
#include "thalweg/nn/layers/dropout.hpp"
#include "thalweg/nn/layers/flatten.hpp"
#include "thalweg/nn/layers/lambda.hpp"
#include "thalweg/nn/layers/linear.hpp"
#include "thalweg/nn/layers/residual.hpp"
#include "thalweg/nn/model/check_gradient.hpp"

using namespace thalweg;
using Names = std::vector<std::string>;

namespace {

Names names(auto& model) {
  Names result;
  for (const auto& named : nn::state(model)) result.push_back(named.name);
  return result;
}

Tensor<double> batch() { return {{1, 2, -1}, {0.5, -1, 3}, {2, 2, 0}, {-1, 0, 1}}; }

/// A layer of a user's own.
struct Twin {
  nn::Linear<double> left, right;
  nn::Dropout drop{0.5};
  Tensor<double> operator()(const Tensor<double>& x, nn::Mode mode) const {
    return left(x) + drop(right(x), mode);
  }
};

}  // namespace

TEST_CASE("Sequential: names are positions, as in PyTorch") {
  Random random{1};
  nn::Sequential model{nn::Linear<float>{3, 4, random}, nn::ReLU{}, nn::BatchNorm1d<float>{4},
                       nn::Sequential{nn::Linear<float>{4, 2, random}}};
  CHECK(names(model) == Names{"0.weight", "0.bias", "2.weight", "2.bias", "2.running_mean",
                              "2.running_var", "2.num_batches_tracked", "3.0.weight", "3.0.bias"});
  CHECK(nn::parameter_count(model) == 16 + 8 + 10);
  CHECK(model.get<0>().out() == 4);
  CHECK(model.size() == 4);
}

TEST_CASE("Sequential: calls layer after layer") {
  Random random{2};
  const nn::Sequential model{nn::Linear<double>{3, 4, random}, nn::Tanh{},
                             nn::Linear<double>{4, 2, random}, nn::Softmax{}};
  const Tensor<double> x = batch();
  const Tensor<double> y = softmax(model.get<2>()(tanh(model.get<0>()(x))));
  CHECK(Tensor(model(x)).to_vector() == y.to_vector());
  CHECK(Tensor(model(x, nn::evaluation)).to_vector() == y.to_vector());
}

TEST_CASE("Sequential: the mode reaches layers within layers, and of one's own") {
  Random random{3};
  nn::Sequential model{Twin{{3, 4, random}, {3, 4, random}},
                       nn::Residual{nn::Sequential{nn::Dropout{0.5}, nn::GELU{}}},
                       nn::Lambda{[](const auto& x, nn::Mode mode) {
                         return Tensor(x * (mode.training() ? 1.0 : 2.0));
                       }},
                       nn::Flatten{}};
  CHECK(names(model) == Names{"0.left.weight", "0.left.bias", "0.right.weight", "0.right.bias"});
  const auto run = [&](nn::Mode mode) { return Tensor<double>(model(batch(), mode)).to_vector(); };
  CHECK(run(nn::evaluation) == run(nn::evaluation));
  Random one{4}, two{4};
  const auto first = run(nn::training(one));
  CHECK(first == run(nn::training(two)));
  CHECK(first != run(nn::training(two)));
  CHECK(first != run(nn::evaluation));
}

TEST_CASE("Sequential: without a mode only where no layer takes one") {
  using X = const Tensor<double>&;
  using Plain = nn::Sequential<nn::Linear<double>, nn::ReLU, nn::Residual<nn::Tanh>>;
  using Moody = nn::Sequential<nn::Linear<double>, nn::Sequential<nn::ReLU, nn::Dropout>>;
  CHECK(std::is_invocable_v<const Plain&, X>);
  CHECK(!std::is_invocable_v<const Moody&, X>);
  CHECK(std::is_invocable_v<const Moody&, X, nn::Mode>);
  CHECK(!std::is_invocable_v<const nn::Residual<nn::Dropout>&, X>);
  CHECK(!std::is_invocable_v<const nn::BatchNorm1d<double>&, X>);
}

TEST_CASE("Sequential: gradients of all parameters, with layers of all kinds") {
  Random random{5};
  nn::Sequential model{nn::Linear<double>{3, 4, random}, nn::BatchNorm1d<double>{4}, nn::SiLU{},
                       nn::Residual{nn::Sequential{nn::Linear<double>{4, 4, random}, nn::Mish{}}},
                       nn::Lambda{[](const auto& x) { return Tensor(x * x); }}};
  const auto report = nn::check_gradient(model, [&] {
    Random same{1};
    return mean(model(batch(), nn::training(same).without_statistics()));
  });
  CHECK_MESSAGE(report.passed, to_string(report));
}

TEST_CASE("Sequential: two layers make two statements; activations join the layer before them") {
  Random random{6};
  const nn::Sequential model{nn::Linear<float>{3, 4, random}, nn::ReLU{},
                             nn::Linear<float>{4, 2, random}};
  Tape tape;
  const Tensor<float> y = model(ones<float>({5, 3}));
  CHECK(tape.statements() == 4 + 2 + 2);  // parameters, products, products' ends
}

TEST_CASE("Activations: each layer is its function") {
  const Tensor<double> x = {-5, -1, -0.25, 0.5, 2, 7};
  const auto same = [&](const auto& layer, const Tensor<double>& y) {
    CHECK(Tensor<double>(layer(x)).to_vector() == y.to_vector());
  };
  same(nn::ReLU{}, relu(x)), same(nn::ReLU6{}, relu6(x)), same(nn::GELU{}, gelu(x));
  same(nn::GELUTanh{}, gelu_tanh(x)), same(nn::SiLU{}, silu(x)), same(nn::Mish{}, mish(x));
  same(nn::SELU{}, selu(x)), same(nn::Tanh{}, tanh(x)), same(nn::Sigmoid{}, sigmoid(x));
  same(nn::LogSigmoid{}, log_sigmoid(x)), same(nn::Softplus{}, softplus(x));
  same(nn::Softsign{}, softsign(x)), same(nn::Hardsigmoid{}, hardsigmoid(x));
  same(nn::Hardswish{}, hardswish(x)), same(nn::Identity{}, x);
  same(nn::LeakyReLU{.slope = 0.2}, leaky_relu(x, 0.2)), same(nn::ELU{.alpha = 2}, elu(x, 2));
  same(nn::Hardtanh{.low = -2, .high = 3}, hardtanh(x, -2, 3));
  same(nn::Softmax{}, softmax(x)), same(nn::LogSoftmax{.axis = 0}, log_softmax(x, 0));
}
