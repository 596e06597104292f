#pragma once
/// A vector for each word.

#include <optional>

#include "thalweg/autodiff/base/random.hpp"
#include "thalweg/autodiff/ops/indexing.hpp"
#include "thalweg/nn/model/module.hpp"

namespace thalweg::nn {

struct EmbeddingOptions {
  std::optional<Index> padding_idx =
      {};  ///< a word that means nothing: starts at 0, learns nothing
};

/// y_i = W[index_i]: row after row of a table.
///
///     index [any shape], 0 … words − 1    W [words, d]    y [any shape, d]
///
///     nn::Embedding<float> embed{1000, 64, random};
///     Tensor y = embed(IndexTensor{{3, 0, 7}, {5, 5, 1}});   // [2, 3, 64]
///
/// W starts standard normal. The gradient of W is as large as W, however few words were read.
template <class RealType>
class Embedding {
 public:
  using Real = RealType;

  /// Throws ValueError unless both sizes are at least 1, IndexError for a padding_idx out of range.
  Embedding(Index words, Index size, Random& random, const EmbeddingOptions& options = {});
  /// From a given table. Throws ShapeError unless it is [words, d].
  explicit Embedding(Tensor<Real> weight, const EmbeddingOptions& options = {});

  /// Throws IndexError for a word out of range.
  Tensor<Real> operator()(const Indices& index, Location where = Location::current()) const;

  Index words() const { return weight.shape()[0]; }
  Index size() const { return weight.shape()[1]; }
  const EmbeddingOptions& options() const { return options_; }

  Parameter<Real> weight;

  static constexpr auto fields = named("weight", &Embedding::weight);

 private:
  EmbeddingOptions options_;
};

#define THALWEG_DECLARE(Real) extern template class Embedding<Real>;
THALWEG_FOR_NUMBER_TYPES(THALWEG_DECLARE)
#undef THALWEG_DECLARE

}  // namespace thalweg::nn
