#pragma once
/// Training or evaluation, said at every call.
///
///     model(x, nn::training(random));     // dropout drops, batch norm uses the batch
///     model(x, nn::evaluation);
///
/// A layer that behaves differently while it is trained takes a `Mode` as its last argument, and a
/// model hands it on:
///
///     struct Net {
///       nn::Linear<float> hidden, output;
///       nn::Dropout drop;
///       auto operator()(const Tensor<float>& x, nn::Mode mode) const {
///         return output(drop(relu(hidden(x)), mode));
///       }
///     };

#include <type_traits>
#include <utility>

#include "thalweg/autodiff/base/random.hpp"

namespace thalweg::nn {

/// How a model is called; a value of two words, passed on by value.
class Mode {
 public:
  /// Evaluation.
  constexpr Mode() = default;

  constexpr bool training() const { return random_ != nullptr; }
  /// Where training draws from. Throws ValueError in evaluation.
  Random& random() const;
  /// Do running statistics follow this batch? In training, unless `without_statistics` was called.
  constexpr bool updates_statistics() const { return training() && statistics_; }
  /// The same, with running statistics left alone: for all parts but one of a batch that several
  /// threads share.
  constexpr Mode without_statistics() const {
    Mode mode = *this;
    mode.statistics_ = false;
    return mode;
  }

 private:
  friend constexpr Mode training(Random& random);

  Random* random_ = nullptr;
  bool statistics_ = true;
};

inline constexpr Mode evaluation{};

/// Training, with `random` as the source of all that is random in it; it has to live as long.
constexpr Mode training(Random& random) {
  Mode mode;
  mode.random_ = &random;
  return mode;
}

/// Layers whose call depends on the mode.
template <class Layer, class... X>
concept TakesMode = std::is_invocable_v<Layer&, X..., Mode>;

/// layer(x, mode) if the layer takes a mode, else layer(x).
template <class Layer, class X>
decltype(auto) call(Layer& layer, X&& x, Mode mode) {
  if constexpr (TakesMode<Layer, X>)
    return layer(std::forward<X>(x), mode);
  else
    return layer(std::forward<X>(x));
}

}  // namespace thalweg::nn
