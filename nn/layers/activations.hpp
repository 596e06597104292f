#pragma once
/// Activation functions as layers, for nn::Sequential; formulas in autodiff/ops/activation.hpp.
///
///     nn::Sequential model{nn::Linear<float>{64, 32, random}, nn::LeakyReLU{.slope = 0.2},
///                          nn::Linear<float>{32, 10, random}};
///
/// Each gives an expression that the statement around it takes up: Linear followed by ReLU adds the
/// bias and clips in one pass. ValueError and ShapeError as of the function.

#include "thalweg/autodiff/ops/activation.hpp"
#include "thalweg/autodiff/ops/softmax.hpp"

namespace thalweg::nn {

// clang-format off
// decltype(x)(x) forwards x.
struct ReLU        { auto operator()(auto&& x) const { return relu(decltype(x)(x)); } };
struct ReLU6       { auto operator()(auto&& x) const { return relu6(decltype(x)(x)); } };
struct GELU        { auto operator()(auto&& x) const { return gelu(decltype(x)(x)); } };
struct GELUTanh    { auto operator()(auto&& x) const { return gelu_tanh(decltype(x)(x)); } };
struct SiLU        { auto operator()(auto&& x) const { return silu(decltype(x)(x)); } };
struct Mish        { auto operator()(auto&& x) const { return mish(decltype(x)(x)); } };
struct SELU        { auto operator()(auto&& x) const { return selu(decltype(x)(x)); } };
struct Tanh        { auto operator()(auto&& x) const { return tanh(decltype(x)(x)); } };
struct Sigmoid     { auto operator()(auto&& x) const { return sigmoid(decltype(x)(x)); } };
struct LogSigmoid  { auto operator()(auto&& x) const { return log_sigmoid(decltype(x)(x)); } };
struct Softplus    { auto operator()(auto&& x) const { return softplus(decltype(x)(x)); } };
struct Softsign    { auto operator()(auto&& x) const { return softsign(decltype(x)(x)); } };
struct Hardsigmoid { auto operator()(auto&& x) const { return hardsigmoid(decltype(x)(x)); } };
struct Hardswish   { auto operator()(auto&& x) const { return hardswish(decltype(x)(x)); } };
struct Identity    { auto operator()(auto&& x) const { return as_tensor(decltype(x)(x)); } };

struct LeakyReLU {
  double slope = 0.01;
  auto operator()(auto&& x) const { return leaky_relu(decltype(x)(x), slope); }
};
struct ELU {
  double alpha = 1;
  auto operator()(auto&& x) const { return elu(decltype(x)(x), alpha); }
};
struct Hardtanh {
  double low = -1, high = 1;
  auto operator()(auto&& x) const { return hardtanh(decltype(x)(x), low, high); }
};
struct Softmax {
  int axis = -1;
  auto operator()(auto&& x) const { return softmax(decltype(x)(x), axis); }
};
struct LogSoftmax {
  int axis = -1;
  auto operator()(auto&& x) const { return log_softmax(decltype(x)(x), axis); }
};
// clang-format on

}  // namespace thalweg::nn
