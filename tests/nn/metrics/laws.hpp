#pragma once
/// What every metric has to obey.

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/base/random.hpp"
#include "thalweg/autodiff/tensor/creation.hpp"
#include "thalweg/nn/metrics/metrics.hpp"

namespace laws {

using namespace thalweg;

template <class T>
Tensor<T> rows(const Tensor<T>& x, Index from, Index to) {
  const Index width = x.size() / x.size(0);
  std::vector<Index> sizes(x.shape().begin(), x.shape().end());
  sizes[0] = to - from;
  return Tensor<T>(Shape(std::span<const Index>(sizes)),
                   std::vector<T>(x.data() + from * width, x.data() + to * width));
}

inline bool equal_or_nan(double a, double b) {
  return (std::isnan(a) && std::isnan(b)) || std::abs(a - b) <= 1e-12 * std::abs(b);
}

/// NaN at first and after reset. Batches, and parts merged in any form, give the value of the
/// whole; float scores that of double ones.
template <class M, class Y>
void metric(const M& fresh, const Tensor<double>& prediction, const Y& target) {
  CHECK(std::isnan(fresh.value()));
  const Index n = prediction.size(0);
  M whole = fresh, batches = fresh, parts = fresh;
  whole.add(prediction, target);
  CHECK_FALSE(std::isnan(whole.value()));
  for (Index from = 0; from < n; from += 3) {
    const Index to = std::min(n, from + 3);
    batches.add(rows(prediction, from, to), rows(target, from, to));
    M part = fresh;
    part.add(rows(prediction, from, to), rows(target, from, to));
    parts += part;
  }
  CHECK(equal_or_nan(batches.value(), whole.value()));
  CHECK(equal_or_nan(parts.value(), whole.value()));
  parts += fresh;
  CHECK(equal_or_nan(parts.value(), whole.value()));
  M empty = fresh;
  empty += whole;
  CHECK(equal_or_nan(empty.value(), whole.value()));
  nn::AnyMetric any(fresh), other(whole);
  any.add(prediction, target);
  CHECK(any.name() == fresh.name());
  CHECK(any.value() == whole.value());
  any.reset();
  any += other;
  CHECK(equal_or_nan(any.value(), whole.value()));
  whole.reset();
  CHECK(std::isnan(whole.value()));
  whole.add(rows(prediction, 0, 0), rows(target, 0, 0));
  CHECK(std::isnan(whole.value()));
}

}  // namespace laws
