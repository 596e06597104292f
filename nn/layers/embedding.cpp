#include "thalweg/nn/layers/embedding.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/ops/select.hpp"
#include "thalweg/nn/model/init.hpp"

namespace thalweg::nn {
namespace {

template <class Real>
Tensor<Real> table(Index words, Index size, Random& random, const EmbeddingOptions& options) {
  if (words < 1 || size < 1)
    throw ValueError(fmt::format("Embedding: {} words and vectors of size {}; expected at least 1",
                                 words, size));
  Tensor<Real> values = init::normal<Real>({words, size}, 0, 1, random);
  const Index padding = options.padding_idx.value_or(-1);
  if (padding >= 0 && padding < words)
    std::fill_n(values.mutable_values().data() + padding * size, size, Real{0});
  return values;
}

/// 1 where the word is no padding. [index…, 1]
template <class Real>
Tensor<Real> words_only(const IndexTensor& index, Index padding) {
  Shape shape = index.shape();
  shape.push_back(1);
  Tensor<Real> mask = Tensor<Real>::uninitialised(shape);
  for (Index i = 0; i < index.size(); ++i)
    mask.unshared_data()[i] = index.data()[i] == padding ? Real{0} : Real{1};
  return mask;
}

}  // namespace

template <class Real>
Embedding<Real>::Embedding(Index words, Index size, Random& random, const EmbeddingOptions& options)
    : Embedding(table<Real>(words, size, random, options), options) {}

template <class Real>
Embedding<Real>::Embedding(Tensor<Real> w, const EmbeddingOptions& options)
    : weight(std::move(w)), options_(options) {
  const Shape& shape = weight.shape();
  if (shape.rank() != 2)
    throw ShapeError(fmt::format("Embedding: weight {}; expected [words, size]", shape));
  const Index padding = options.padding_idx.value_or(0);
  if (options.padding_idx && (padding < 0 || padding >= shape[0]))
    throw IndexError(
        fmt::format("Embedding: padding_idx is {}; there are {} words", padding, shape[0]));
}

template <class Real>
Tensor<Real> Embedding<Real>::operator()(const Indices& index, Location line) const {
  Tensor<Real> y = embedding(weight, index, line);
  if (!options_.padding_idx) return y;
  const Tensor<Real> mask = words_only<Real>(index.tensor(), *options_.padding_idx);
  return where(mask, y, y.detach());  // the same values, but padding has no gradient
}

#define THALWEG_INSTANTIATE(Real) template class Embedding<Real>;
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::nn
