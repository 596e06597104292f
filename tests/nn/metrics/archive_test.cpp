#include "thalweg/optim/state/archive.hpp"

#include <doctest/doctest.h>

#include "thalweg/autodiff/ops/slice.hpp"
#include "thalweg/autodiff/tensor/creation.hpp"
#include "thalweg/nn/metrics/metrics.hpp"

using namespace thalweg;

namespace {

/// Saved after half of the examples and restored, it comes to the value of one that was not.
template <class M, class X, class Y>
void goes_on(const M& fresh, const X& x, const Y& y) {
  const Index half = x.size(0) / 2, all = x.size(0);
  M whole = fresh, first = fresh, second = fresh;
  whole.add(x, y);
  first.add(slice(x, 0, 0, half), slice(y, 0, 0, half));
  optim::Archive archive;
  archive(first);
  optim::Archive stored = archive.reversed();
  stored(second);
  second.add(slice(x, 0, half, all), slice(y, 0, half, all));
  CHECK(second.value() == doctest::Approx(whole.value()));
}

}  // namespace

TEST_CASE("a metric that is saved and restored goes on where it was") {
  Random random{1};
  const auto scores = normal({20, 3}, random), numbers = normal({20, 2}, random);
  const auto targets = normal({20, 2}, random), line = normal({20}, random);
  std::vector<Index> classes, binary;
  for (Index k = 0; k < 20; ++k) classes.push_back(k % 3), binary.push_back(k % 2);
  const IndexTensor labels(classes), bits(binary);
  goes_on(nn::Accuracy{}, scores, labels);
  goes_on(nn::TopK{2}, scores, labels);
  goes_on(nn::BinaryAccuracy{}, line, bits);
  goes_on(nn::Precision{}, scores, labels);
  goes_on(nn::F1{}, scores, labels);
  goes_on(nn::Auc{}, line, bits);
  goes_on(nn::Perplexity{}, scores, labels);
  goes_on(nn::MeanAbsoluteError{}, numbers, targets);
  goes_on(nn::RootMeanSquareError{}, numbers, targets);
  goes_on(nn::R2{}, numbers, targets);
}
