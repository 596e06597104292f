#include "nn/metrics.hpp"

#include <fmt/format.h>

#include "autodiff/error.hpp"
#include "autodiff/ops/extrema.hpp"

namespace thalweg::nn {

template <class Real>
double accuracy(const Tensor<Real>& scores, const IndexTensor& labels) {
  if (scores.rank() != 2 || labels.shape() != Shape{scores.shape()[0]})
    throw ShapeError(fmt::format("accuracy: scores {} and labels {}; expected [n, classes] and [n]",
                                 scores.shape(), labels.shape()));
  const IndexTensor predicted = argmax(scores, 1);
  Index correct = 0;
  for (Index row = 0; row < labels.size(); ++row)
    correct += predicted.data()[row] == labels.data()[row];
  return static_cast<double>(correct) / static_cast<double>(labels.size());
}

template double accuracy(const Tensor<float>&, const IndexTensor&);
template double accuracy(const Tensor<double>&, const IndexTensor&);

}  // namespace thalweg::nn
