#pragma once
/// A small problem of two rings, a model for it, and what the laws of training compare.

#include <cmath>
#include <string>
#include <vector>

#include "thalweg/autodiff/base/random.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/attention.hpp"
#include "thalweg/autodiff/ops/cross_entropy.hpp"
#include "thalweg/autodiff/ops/reduce.hpp"
#include "thalweg/autodiff/ops/select.hpp"
#include "thalweg/autodiff/ops/trigonometric.hpp"
#include "thalweg/autodiff/tape/tape.hpp"
#include "thalweg/autodiff/tensor/creation.hpp"
#include "thalweg/nn/layers/batch_norm.hpp"
#include "thalweg/nn/layers/dropout.hpp"
#include "thalweg/nn/layers/linear.hpp"
#include "thalweg/nn/losses/losses.hpp"
#include "thalweg/nn/metrics/metrics.hpp"
#include "thalweg/nn/training/fit.hpp"
#include "thalweg/optim/rules/sgd.hpp"

namespace thalweg::nn::cases {

/// n points of the plane; class 1 lies outside of the unit circle.
inline Dataset<float> rings(Index n, std::uint64_t seed = 7) {
  Random random{seed};
  std::vector<float> x(static_cast<std::size_t>(2 * n));
  random.fill_normal(std::span(x), 0, 1);
  std::vector<Index> y;
  for (std::size_t i = 0; i < x.size(); i += 2)
    y.push_back(x[i] * x[i] + x[i + 1] * x[i + 1] > 1.4f);
  return {Tensor<float>({n, 2}, x), IndexTensor(y)};
}

/// Counts rows at which the larger score is the label's; can be saved.
struct Hits {
  static constexpr auto name = "hits";
  double right = 0, all = 0;

  void add(const Tensor<float>& scores, const IndexTensor& labels) {
    right += accuracy(scores, labels) * static_cast<double>(labels.size());
    all += static_cast<double>(labels.size());
  }
  double value() const { return right / all; }
  void reset() { right = all = 0; }
  void archive(optim::Archive& a) { a("right", right), a("all", all); }
};

/// With dropout and batch norm.
struct Net {
  Linear<float> hidden;
  BatchNorm1d<float> norm;
  Dropout drop;
  Linear<float> output;

  Tensor<float> operator()(const Tensor<float>& x, Mode mode) const {
    return output(drop(tanh(norm(hidden(x), mode)), mode));
  }
};

inline Net net(std::uint64_t seed = 3) {
  Random random{seed};
  return {{2, 8, random}, BatchNorm1d<float>{8}, {0.2}, {8, 2, random}};
}

/// The same without randomness: parts of a batch do what the batch does.
struct PlainNet {
  Linear<float> hidden, output;
  auto operator()(const Tensor<float>& x) const { return output(tanh(hidden(x))); }
};

inline PlainNet plain_net(std::uint64_t seed = 3) {
  Random random{seed};
  return {{2, 8, random}, {8, 2, random}};
}

struct Loss {
  template <class P>
  auto operator()(const P& scores, const IndexTensor& y) const {
    return cross_entropy(scores, y);
  }
};

/// All numbers of a model, parameters and buffers.
template <class Model>
std::vector<float> numbers(Model& model) {
  std::vector<float> all;
  for (const auto& value : ModelState(model).values())
    std::visit(
        [&](const auto& tensor) {
          for (const auto number : tensor.values()) all.push_back(static_cast<float>(number));
        },
        value);
  return all;
}

/// The largest |a − b|; NaN, which is neither above nor below, if there is one.
inline double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  double most = a.size() == b.size() ? 0 : NAN;
  for (std::size_t k = 0; k < a.size() && k < b.size(); ++k) {
    const double here = std::abs(static_cast<double>(a[k]) - static_cast<double>(b[k]));
    if (!(here <= most)) most = here + 0 * most;
  }
  return most;
}

}  // namespace thalweg::nn::cases
