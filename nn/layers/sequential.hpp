#pragma once
/// Layers one after the other.

#include <string>

#include "thalweg/nn/model/call_trace.hpp"
#include "thalweg/nn/model/module.hpp"

namespace thalweg::nn {

namespace detail {
/// Can the layers from k on be called without a mode?
template <class Tuple, std::size_t k, class X>
constexpr bool needs_no_mode() {
  if constexpr (k == std::tuple_size_v<Tuple>) {
    return true;
  } else {
    using Layer = const std::tuple_element_t<k, Tuple>&;
    if constexpr (std::is_invocable_v<Layer, X>)
      return needs_no_mode<Tuple, k + 1, std::invoke_result_t<Layer, X>>();
    else
      return false;
  }
}
template <class X, class Tuple>
concept PassesWithoutMode = needs_no_mode<Tuple, 0, X>();
}  // namespace detail

/// y = layer_n(… layer_1(layer_0(x))).
///
///     nn::Sequential model{nn::Linear<float>{64, 32, random}, nn::ReLU{}, nn::Dropout{0.2},
///                          nn::Linear<float>{32, 10, random}};
///     model(x, nn::training(random));
///     model.get<0>().weight;               // its name is "0.weight", as PyTorch's
///
/// Layers are anything that can be called with a tensor: those of this library, structs of one's
/// own, other Sequentials, functions (in an nn::Lambda). The mode is handed on to those that take
/// one; if none does, model(x) will do. Expressions pass from layer to layer unevaluated. Layers
/// are held by value: one that is given by name is copied, parameters included.
template <class... Layers>
class Sequential {
  using Tuple = std::tuple<Layers...>;

 public:
  using Real = typename detail::JoinedReal<Layers...>::type;

  explicit(sizeof...(Layers) == 1) Sequential(Layers... layers) : layers_(std::move(layers)...) {}

  template <class X>
  auto operator()(X&& x, Mode mode) const {
    return from<0>(std::forward<X>(x), mode);
  }
  /// Where no layer takes a mode.
  template <detail::PassesWithoutMode<Tuple> X>
  auto operator()(X&& x) const {
    return from<0>(std::forward<X>(x), evaluation);
  }

  static constexpr std::size_t size() { return sizeof...(Layers); }
  template <std::size_t k>
  auto& get() {
    return std::get<k>(layers_);
  }
  template <std::size_t k>
  const auto& get() const {
    return std::get<k>(layers_);
  }

  template <class Self, class F>
  static void visit_parts(Self& self, F&& f) {
    std::size_t k = 0;
    std::apply([&](auto&... layer) { (f(std::to_string(k++), layer), ...); }, self.layers_);
  }

 private:
  template <std::size_t k, class X>
  auto from(X&& x, Mode mode) const {
    if constexpr (k == sizeof...(Layers)) {
      return std::forward<X>(x);
    } else {
      const auto& layer = std::get<k>(layers_);
      auto y = call(layer, std::forward<X>(x), mode);
      detail::note_call(layer, y);
      return from<k + 1>(std::move(y), mode);
    }
  }

  Tuple layers_;
};

}  // namespace thalweg::nn
