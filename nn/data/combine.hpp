#pragma once
/// Datasets made of others. `Dataset::rows` takes some examples of one.

#include "thalweg/nn/data/dataset.hpp"

namespace thalweg::nn {

/// The examples of a and then those of b.
/// Throws ShapeError if they differ in another size than the first.
template <class Real, class Target>
Dataset<Real, Target> concatenate(const Dataset<Real, Target>& a, const Dataset<Real, Target>& b);

/// x ↦ f(x), for all examples at once; y stays. Throws ShapeError if f changes their number.
///
///     auto flat = nn::map(images, [](const auto& x) { return reshape(x, {x.size(0), -1}); });
template <class Real, class Target, class F>
auto map(const Dataset<Real, Target>& data, F&& f) {
  Tensor x = f(data.x);
  Dataset<typename decltype(x)::Real, Target> result{x, data.y};
  result.size();  // throws
  return result;
}

}  // namespace thalweg::nn
