#pragma once
/// Pooling layers, for a place among others in a Sequential; as functions:
/// autodiff/ops/pooling.hpp.
///
///     nn::Sequential model{nn::MaxPool2d{2}, nn::AvgPool2d{3, {.stride = 2, .padding = 1}}};

#include "thalweg/autodiff/ops/pooling.hpp"
#include "thalweg/nn/model/module.hpp"

namespace thalweg::nn {

/// y = max_pool2d(x, kernel, options).
struct MaxPool2d {
  Extent kernel = 2;
  PoolOptions options = {};
  template <TensorLike X>
  auto operator()(X&& x, Location where = Location::current()) const {
    return max_pool2d(std::forward<X>(x), kernel, options, where);
  }
  static constexpr auto fields = named();
};

/// y = avg_pool2d(x, kernel, options).
struct AvgPool2d {
  Extent kernel = 2;
  AvgPoolOptions options = {};
  template <TensorLike X>
  auto operator()(X&& x, Location where = Location::current()) const {
    return avg_pool2d(std::forward<X>(x), kernel, options, where);
  }
  static constexpr auto fields = named();
};

/// y = max_pool1d(x, kernel, options).
struct MaxPool1d {
  Index kernel = 2;
  PoolOptions options = {};
  template <TensorLike X>
  auto operator()(X&& x, Location where = Location::current()) const {
    return max_pool1d(std::forward<X>(x), kernel, options, where);
  }
  static constexpr auto fields = named();
};

/// y = avg_pool1d(x, kernel, options).
struct AvgPool1d {
  Index kernel = 2;
  AvgPoolOptions options = {};
  template <TensorLike X>
  auto operator()(X&& x, Location where = Location::current()) const {
    return avg_pool1d(std::forward<X>(x), kernel, options, where);
  }
  static constexpr auto fields = named();
};

/// The mean of each channel's image: [n, channels, height, width] to [n, channels, 1, 1].
struct GlobalAvgPool2d {
  template <TensorLike X>
  auto operator()(X&& x, Location where = Location::current()) const {
    return global_avg_pool2d(std::forward<X>(x), where);
  }
};

/// The largest of each channel's image.
struct GlobalMaxPool2d {
  template <TensorLike X>
  auto operator()(X&& x, Location where = Location::current()) const {
    return global_max_pool2d(std::forward<X>(x), where);
  }
};

}  // namespace thalweg::nn
