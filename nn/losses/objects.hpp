#pragma once
/// Losses as values, to be handed to what trains a model:
///
///     nn::CrossEntropyLoss loss{{.label_smoothing = 0.1}};
///     Tensor y = loss(model(x), labels);              // cross_entropy(model(x), labels, {…})
///
/// For each function there is an object under PyTorch's name, whose only member is its options.

#include "thalweg/nn/losses/classification.hpp"
#include "thalweg/nn/losses/ctc.hpp"
#include "thalweg/nn/losses/embedding.hpp"
#include "thalweg/nn/losses/regression.hpp"

namespace thalweg::nn {

/// A loss and its options: Call::loss(x..., options, where).
template <class Call, class OptionsType>
struct LossObject {
  using Options = OptionsType;
  Options options = {};

  template <class P, class Y>
  auto operator()(P&& prediction, Y&& target, Location where = Location::current()) const {
    return Call::loss(std::forward<P>(prediction), std::forward<Y>(target), options, where);
  }
  template <class A, class B, RealTensorLike C>
  auto operator()(A&& a, B&& b, C&& c, Location where = Location::current()) const {
    return Call::loss(std::forward<A>(a), std::forward<B>(b), std::forward<C>(c), options, where);
  }
};

namespace functions {
struct Mse {
  static auto loss(auto&&... x) { return mse_loss(std::forward<decltype(x)>(x)...); }
};
struct L1 {
  static auto loss(auto&&... x) { return l1_loss(std::forward<decltype(x)>(x)...); }
};
struct Huber {
  static auto loss(auto&&... x) { return huber_loss(std::forward<decltype(x)>(x)...); }
};
struct SmoothL1 {
  static auto loss(auto&&... x) { return smooth_l1_loss(std::forward<decltype(x)>(x)...); }
};
struct PoissonNll {
  static auto loss(auto&&... x) { return poisson_nll_loss(std::forward<decltype(x)>(x)...); }
};
struct GaussianNll {
  static auto loss(auto&&... x) { return gaussian_nll_loss(std::forward<decltype(x)>(x)...); }
};
struct CrossEntropy {
  static auto loss(auto&&... x) { return cross_entropy(std::forward<decltype(x)>(x)...); }
};
struct Nll {
  static auto loss(auto&&... x) { return nll_loss(std::forward<decltype(x)>(x)...); }
};
struct Bce {
  static auto loss(auto&&... x) { return binary_cross_entropy(std::forward<decltype(x)>(x)...); }
};
struct BceWithLogits {
  static auto loss(auto&&... x) {
    return binary_cross_entropy_with_logits(std::forward<decltype(x)>(x)...);
  }
};
struct KlDiv {
  static auto loss(auto&&... x) { return kl_div(std::forward<decltype(x)>(x)...); }
};
struct Hinge {
  static auto loss(auto&&... x) { return hinge_loss(std::forward<decltype(x)>(x)...); }
};
struct SoftMargin {
  static auto loss(auto&&... x) { return soft_margin_loss(std::forward<decltype(x)>(x)...); }
};
struct HingeEmbedding {
  static auto loss(auto&&... x) { return hinge_embedding_loss(std::forward<decltype(x)>(x)...); }
};
struct MarginRanking {
  static auto loss(auto&&... x) { return margin_ranking_loss(std::forward<decltype(x)>(x)...); }
};
struct CosineEmbedding {
  static auto loss(auto&&... x) { return cosine_embedding_loss(std::forward<decltype(x)>(x)...); }
};
struct TripletMargin {
  static auto loss(auto&&... x) { return triplet_margin_loss(std::forward<decltype(x)>(x)...); }
};
}  // namespace functions

using MSELoss = LossObject<functions::Mse, Reduction>;
using L1Loss = LossObject<functions::L1, Reduction>;
using HuberLoss = LossObject<functions::Huber, HuberOptions>;
using SmoothL1Loss = LossObject<functions::SmoothL1, SmoothL1Options>;
using PoissonNLLLoss = LossObject<functions::PoissonNll, PoissonNllOptions>;
using GaussianNLLLoss = LossObject<functions::GaussianNll, GaussianNllOptions>;
using CrossEntropyLoss = LossObject<functions::CrossEntropy, CrossEntropyOptions>;
using NLLLoss = LossObject<functions::Nll, NllOptions>;
using BCELoss = LossObject<functions::Bce, BinaryCrossEntropyOptions>;
using BCEWithLogitsLoss = LossObject<functions::BceWithLogits, BceWithLogitsOptions>;
using KLDivLoss = LossObject<functions::KlDiv, KlDivOptions>;
using HingeLoss = LossObject<functions::Hinge, HingeOptions>;
using SoftMarginLoss = LossObject<functions::SoftMargin, Reduction>;
using HingeEmbeddingLoss = LossObject<functions::HingeEmbedding, HingeEmbeddingOptions>;
using MarginRankingLoss = LossObject<functions::MarginRanking, MarginOptions>;
using CosineEmbeddingLoss = LossObject<functions::CosineEmbedding, MarginOptions>;
using TripletMarginLoss = LossObject<functions::TripletMargin, TripletMarginOptions>;

}  // namespace thalweg::nn
