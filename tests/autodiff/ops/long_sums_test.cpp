// Sums of ten million numbers in float agree with sums in double: whatever adds up, over whichever
// axis, forward or on the way back, has an error that does not grow with the number of its terms.

#include <doctest/doctest.h>

#include <cmath>
#include <thalweg/autodiff.hpp>
#include <vector>

#include "thalweg/autodiff/base/shape.hpp"
#include "thalweg/autodiff/derive/check_gradient.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/cast.hpp"
#include "thalweg/autodiff/ops/cross_entropy.hpp"
#include "thalweg/autodiff/ops/exponential.hpp"
#include "thalweg/autodiff/ops/indexing.hpp"
#include "thalweg/autodiff/ops/matmul.hpp"
#include "thalweg/autodiff/ops/normalise.hpp"
#include "thalweg/autodiff/ops/pooling.hpp"
#include "thalweg/autodiff/ops/reduce.hpp"
#include "thalweg/autodiff/ops/scan.hpp"
#include "thalweg/autodiff/ops/select.hpp"
#include "thalweg/autodiff/ops/softmax.hpp"
#include "thalweg/autodiff/ops/vectors.hpp"
#include "thalweg/autodiff/ops/views.hpp"
#include "thalweg/autodiff/tape/tape.hpp"
#include "thalweg/autodiff/tensor/creation.hpp"

using namespace thalweg;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)  // many times as slow
constexpr Index n = 1'000'000;
#else
constexpr Index n = 10'000'000;
#endif

/// All positive, so that errors cannot cancel: 0.1 to 0.2, in no order.
const Tensor<float>& numbers() {
  static const Tensor<float> x = [] {
    Tensor<float> made = full<float>(Shape{n}, 0);
    float* const to = made.mutable_values().data();
    std::uint32_t state = 1;
    for (Index k = 0; k < n; ++k) {
      state = state * 1664525u + 1013904223u;
      to[k] = 0.1f + 0.1f * static_cast<float>(state >> 8) / 16777216.0f;
    }
    return made;
  }();
  return x;
}

/// Σ f(x_k) in double, for k ≡ column modulo columns.
template <class F>
double in_double(F f, Index columns = 1, Index column = 0) {
  double sum = 0;
  const float* const x = numbers().data();
  for (Index k = column; k < n; k += columns) sum += f(static_cast<double>(x[k]));
  return sum;
}
double itself(double x) { return x; }

/// |a/b − 1|; infinite for NaN.
double error(double a, double b) {
  const double e = std::abs(a / b - 1);
  return e == e ? e : INFINITY;
}
/// The largest one of the columns of y [columns] against f's sums, times a factor.
template <class F>
double worst(const Tensor<float>& y, F f, double factor = 1) {
  double most = 0;
  for (Index c = 0; c < y.size(); ++c)
    most =
        std::max(most, error(static_cast<double>(y.data()[c]), factor * in_double(f, y.size(), c)));
  return most;
}

constexpr double few = 1e-6;  // 8 units in the last place, of ten million terms

}  // namespace

TEST_CASE("ten million terms: sum and mean over everything, an inner and an outer axis") {
  const Tensor<float>& x = numbers();
  CHECK(error(sum(x).item(), in_double(itself)) < few);
  CHECK(error(mean(x).item(), in_double(itself) / n) < few);
  const Tensor<float> columns = reshape(x, {n / 4, 4}), rows = reshape(x, {2, n / 2});
  CHECK(worst(sum(columns, 0), itself) < few);
  CHECK(worst(mean(columns, 0), itself, 4.0 / n) < few);
  const Tensor<float> halves = sum(rows, 1);
  CHECK(error(double(halves(0).value()) + double(halves(1).value()), in_double(itself)) < few);
  const Tensor<float> wide = reshape(x, {n / 1000, 1000});
  CHECK(error(sum(cast<double>(sum(wide, 0))).item(), in_double(itself)) < few);
  const Tensor<float> middle = reshape(x, {100, n / 1000, 10});
  CHECK(error(sum(cast<double>(sum(middle, {0, 1}))).item(), in_double(itself)) < few);
  CHECK(error(sum(cast<double>(sum(middle, {1}))).item(), in_double(itself)) < few);
}

TEST_CASE("ten million terms: the mean of equal numbers is that number") {
  const Tensor<float> x = full<float>(Shape{n / 100, 100}, .1f);
  const Tensor<float> means = mean(x, 0);
  for (const float each : means.values()) CHECK(error(each, .1) < few);
}

TEST_CASE("ten million terms: norm, var, stddev and logsumexp") {
  const Tensor<float>& x = numbers();
  const Tensor<float> columns = reshape(x, {n / 4, 4});
  const double m = in_double(itself) / n;
  const auto apart = [m](double value) { return (value - m) * (value - m); };
  const auto square = [](double value) { return value * value; };
  CHECK(error(norm(x).item(), std::sqrt(in_double(square))) < few);
  CHECK(error(var(x).item(), in_double(apart) / (n - 1)) < few);
  CHECK(error(stddev(x).item(), std::sqrt(in_double(apart) / (n - 1))) < few);
  const double exponentials = in_double([](double value) { return std::exp(value); });
  CHECK(error(logsumexp(x).item(), std::log(exponentials)) < few);
  const Tensor<float> norms = norm(columns, 0), spreads = var(columns, 0);
  CHECK(error(norms(1).value(), std::sqrt(in_double(square, 4, 1))) < few);
  // The columns' own means are apart from that of all by the root of 1 / n.
  CHECK(error(sum(spreads).item(), 4 * in_double(apart) / n) < few + 10.0 / n);
  CHECK(error(logsumexp(columns, 0)(0).value(), std::log(exponentials / 4)) < 1e-4);
}

TEST_CASE("ten million terms: cumsum, to its end and back") {
  const Tensor<float>& x = numbers();
  CHECK(error(cumsum(x, 0)(n - 1).value(), in_double(itself)) < few);
  const Tensor<float> columns = cumsum(reshape(x, {n / 4, 4}), 0);
  CHECK(error(columns(n / 4 - 1, 2).value(), in_double(itself, 4, 2)) < few);
  Tape tape;
  const Tensor<float> ones = tape.variable(full<float>(Shape{n}, 1));
  const auto gradients = tape.backward(cumsum(ones, 0), x);
  CHECK(error(gradients[ones](0).value(), in_double(itself)) < few);
}

TEST_CASE("ten million terms: adjoints of what was broadcast, by ops and by statements") {
  const Tensor<float> x = reshape(numbers(), {n / 4, 4});
  Tape tape;
  const Tensor<float> b = tape.variable(full<float>(Shape{4}, 2)),
                      s = tape.variable(Tensor<float>(2.f)),
                      r = tape.variable(full<float>(Shape{n / 4, 1}, 2));
  const auto g = tape.backward(sum(x * b * s * r));
  CHECK(worst(g[b], itself, 4) < few);
  CHECK(error(g[s].item(), 4 * in_double(itself)) < few);
  CHECK(worst(tape.backward(broadcast_to(b, x.shape()), x)[b], itself) < few);
  const Tensor<float> deep = tape.variable(full<float>(Shape{1, 2, 1}, 1));
  const Tensor<float> block = reshape(x, {n / 2000, 2, 1000});
  const auto of_deep = tape.backward(sum(block * deep))[deep];
  CHECK(error(sum(cast<double>(of_deep)).item(), in_double(itself)) < few);
}

TEST_CASE("ten million terms: products, their adjoints and a bias") {
  const Tensor<float>& x = numbers();
  const auto square = [](double value) { return value * value; };
  CHECK(error(dot(x, x).item(), in_double(square)) < few);
  const Tensor<float> rows = reshape(x, {n / 4, 4});
  CHECK(error(matmul(transpose(rows), rows)(3, 3).value(), in_double(square, 4, 3)) < few);
  Tape tape;
  const Tensor<float> w = tape.variable(full<float>(Shape{1, 4}, 1)),
                      b = tape.variable(full<float>(Shape{1}, 0));
  const auto g = tape.backward(linear(rows, w, b), full<float>(Shape{n / 4, 1}, 1));
  CHECK(worst(reshape(g[w], {4}), itself) < few);
  CHECK(g[b].item() == float(n / 4));
}

TEST_CASE("ten million terms: rows that are looked up many times") {
  const Tensor<float> x = reshape(numbers(), {n / 4, 4});
  Tape tape;
  const Tensor<float> table = tape.variable(full<float>(Shape{2, 4}, 1));
  IndexTensor index = IndexTensor::uninitialised({n / 4});
  for (Index k = 0; k < n / 4; ++k) index.unshared_data()[k] = k % 7 == 0;
  const auto g = tape.backward(take(table, index), x)[table];
  const Tensor<float> both = sum(g, 0);
  CHECK(worst(both, itself) < few);
  const Tensor<float> line = tape.variable(full<float>(Shape{1, 4}, 1));
  const auto of_line = tape.backward(gather(line, 0, zeros<Index>(Shape{n / 4, 4})), x)[line];
  CHECK(worst(reshape(of_line, {4}), itself) < few);
}

TEST_CASE("ten million terms: softmax over as many classes, losses of as many examples") {
  const Tensor<float>& x = numbers();
  CHECK(error(sum(cast<double>(softmax(x))).item(), 1) < few);
  CHECK(error(sum(cast<double>(softmax(reshape(x, {n / 4, 4}), 0))).item(), 4) < few);
  const Tensor<float> logits = reshape(x, {n / 4, 4});
  const IndexTensor labels = zeros<Index>(Shape{n / 4});
  const double mean_loss = [&] {
    double total = 0;
    for (Index i = 0; i < n / 4; ++i) {
      double sum = 0;
      for (Index c = 0; c < 4; ++c) sum += std::exp(double(x.data()[4 * i + c]));
      total += std::log(sum) - double(x.data()[4 * i]);
    }
    return total / (n / 4);
  }();
  CHECK(error(cross_entropy(logits, labels).item(), mean_loss) < few);
}

TEST_CASE("ten million terms: the statistics and the adjoints of normalisation") {
  const Tensor<float> x = reshape(numbers(), {n / 4, 4});
  Tape tape;
  const Tensor<float> w = tape.variable(full<float>(Shape{4}, 1)),
                      b = tape.variable(full<float>(Shape{4}, 0));
  const double m = in_double(itself) / n;
  const auto batch = batch_norm(x, w, b, 1e-5);
  CHECK(worst(batch.mean, itself, 4.0 / n) < few);
  CHECK(error(sum(batch.variance).item(),
              4 * in_double([m](double v) { return (v - m) * (v - m); }) / n) < 1e-5);
  CHECK(worst(tape.backward(batch.y, x)[b], itself) < few);
  CHECK(worst(tape.backward(layer_norm(x, {4}, w, b), x)[b], itself) < few);
  const auto rms = tape.backward(rms_norm(x, {4}, w), full<float>(x.shape(), 1))[w];
  double of_first = 0;  // Σ x / √mean x²
  for (Index i = 0; i < n; i += 4) {
    double squares = 0;
    for (Index c = 0; c < 4; ++c) squares += double(x.data()[i + c]) * double(x.data()[i + c]);
    of_first += double(x.data()[i]) / std::sqrt(squares / 4 + 1e-6);
  }
  CHECK(error(rms(0).value(), of_first) < few);
}

TEST_CASE("ten million terms: an average over a large window") {
  const Tensor<float> image = reshape(numbers(), {1, 1, 1000, n / 1000});
  CHECK(error(avg_pool2d(image, {1000, n / 1000})(0, 0, 0, 0).value(), in_double(itself) / n) <
        few);
}

TEST_CASE("double: the error of long sums is that of a few terms") {
  constexpr Index rows = 1'000'000;
  constexpr double units = 4e-15;  // a few; added up plainly, .1 ends 1e-11 off
  const Tensor<double> x = full<double>(Shape{rows, 3}, .1);
  const double each = .1 * rows;
  for (const double column : sum(x, 0).values()) CHECK(error(column, each) < units);
  CHECK(error(sum(x).item(), 3 * each) < 8 * units);
  CHECK(error(cumsum(x, 0)(rows - 1, 1).value(), each) < units);
  CHECK(error(norm(x, 0)(2).value(), .1 * std::sqrt(double(rows))) < units);
  Tape tape;
  const Tensor<double> b = tape.variable(full<double>(Shape{3}, 1));
  for (const double slope : tape.backward(sum(x * b))[b].values())
    CHECK(error(slope, each) < units);
}

TEST_CASE("a sum that overflows, or holds an infinity, stays infinite") {
  const Tensor<float> large = full<float>(Shape{1000, 3}, 1e38f);
  for (const float each : sum(large, 0).values()) CHECK(each == INFINITY);
  Tensor<float> one = full<float>(Shape{100000, 3}, 1);
  one.set({5, 1}, INFINITY);
  const Tensor<float> sums = sum(one, 0);
  CHECK(sums.to_vector() == std::vector<float>{100000, INFINITY, 100000});
  CHECK(cumsum(one, 0)(99999, 1).value() == INFINITY);
}

TEST_CASE("long sums are the same bit for bit, however often they are made") {
  const Tensor<float> x = reshape(numbers(), {n / 1000, 1000});
  const auto first = sum(x, 0).to_vector();
  for (int k = 0; k < 3; ++k) CHECK(sum(x, 0).to_vector() == first);
}
