#pragma once
/// A background thread that makes things ahead of their use.

#include <functional>
#include <memory>

#include "thalweg/autodiff/base/shape.hpp"

namespace thalweg::nn::detail {

/// make(first), make(first + 1), …, make(last − 1) in a thread of its own, at most `ahead` of them
/// waiting. Not copied, not moved; ended by the destructor, which waits for the one in the making.
class Prefetch {
 public:
  using Make = std::function<std::shared_ptr<void>(Index)>;

  Prefetch(Make make, Index first, Index last, Index ahead);
  ~Prefetch();
  Prefetch(const Prefetch&) = delete;

  /// The next one; waits for it. Throws what `make` threw.
  std::shared_ptr<void> take();

 private:
  struct Shared;
  std::unique_ptr<Shared> shared_;
};

}  // namespace thalweg::nn::detail
