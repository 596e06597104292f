#pragma once
/// Activation functions as layers, for nn::Sequential; formulas in autodiff/ops/activation.hpp.
///
///     nn::Sequential model{nn::Linear<float>{64, 32, random}, nn::LeakyReLU{.slope = 0.2},
///                          nn::Linear<float>{32, 10, random}};
///
/// Each gives an expression that the statement around it takes up: Linear followed by ReLU adds the
/// bias and clips in one pass. ValueError and ShapeError as of the function.

#include "autodiff/ops/activation.hpp"
#include "autodiff/ops/softmax.hpp"

namespace thalweg::nn {

// clang-format off
struct ReLU        { template <class X> auto operator()(X&& x) const { return relu(std::forward<X>(x)); } };
struct ReLU6       { template <class X> auto operator()(X&& x) const { return relu6(std::forward<X>(x)); } };
struct GELU        { template <class X> auto operator()(X&& x) const { return gelu(std::forward<X>(x)); } };
struct GELUTanh    { template <class X> auto operator()(X&& x) const { return gelu_tanh(std::forward<X>(x)); } };
struct SiLU        { template <class X> auto operator()(X&& x) const { return silu(std::forward<X>(x)); } };
struct Mish        { template <class X> auto operator()(X&& x) const { return mish(std::forward<X>(x)); } };
struct SELU        { template <class X> auto operator()(X&& x) const { return selu(std::forward<X>(x)); } };
struct Tanh        { template <class X> auto operator()(X&& x) const { return tanh(std::forward<X>(x)); } };
struct Sigmoid     { template <class X> auto operator()(X&& x) const { return sigmoid(std::forward<X>(x)); } };
struct LogSigmoid  { template <class X> auto operator()(X&& x) const { return log_sigmoid(std::forward<X>(x)); } };
struct Softplus    { template <class X> auto operator()(X&& x) const { return softplus(std::forward<X>(x)); } };
struct Softsign    { template <class X> auto operator()(X&& x) const { return softsign(std::forward<X>(x)); } };
struct Hardsigmoid { template <class X> auto operator()(X&& x) const { return hardsigmoid(std::forward<X>(x)); } };
struct Hardswish   { template <class X> auto operator()(X&& x) const { return hardswish(std::forward<X>(x)); } };
struct Identity    { template <class X> auto operator()(X&& x) const { return as_tensor(std::forward<X>(x)); } };

struct LeakyReLU  { double slope = 0.01;         template <class X> auto operator()(X&& x) const { return leaky_relu(std::forward<X>(x), slope); } };
struct ELU        { double alpha = 1;            template <class X> auto operator()(X&& x) const { return elu(std::forward<X>(x), alpha); } };
struct Hardtanh   { double low = -1, high = 1;   template <class X> auto operator()(X&& x) const { return hardtanh(std::forward<X>(x), low, high); } };
struct Softmax    { int axis = -1;               template <class X> auto operator()(X&& x) const { return softmax(std::forward<X>(x), axis); } };
struct LogSoftmax { int axis = -1;               template <class X> auto operator()(X&& x) const { return log_softmax(std::forward<X>(x), axis); } };
// clang-format on

}  // namespace thalweg::nn
