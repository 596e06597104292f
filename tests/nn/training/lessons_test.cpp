/// What lessons on gradient descent derive by hand, and what they show.

#include <doctest/doctest.h>

#include <cmath>

#include "tests/close.hpp"
#include "thalweg/autodiff/base/random.hpp"
#include "thalweg/autodiff/ops/activation.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/attention.hpp"
#include "thalweg/autodiff/ops/cmath.hpp"
#include "thalweg/autodiff/ops/cross_entropy.hpp"
#include "thalweg/autodiff/ops/exponential.hpp"
#include "thalweg/autodiff/ops/matmul.hpp"
#include "thalweg/autodiff/ops/reduce.hpp"
#include "thalweg/autodiff/ops/trigonometric.hpp"
#include "thalweg/autodiff/tape/tape.hpp"
#include "thalweg/autodiff/tensor/creation.hpp"
#include "thalweg/autodiff/tensor/parameter.hpp"
#include "thalweg/nn/losses/losses.hpp"
#include "thalweg/optim/minimise.hpp"
#include "thalweg/optim/rules/gradient_descent.hpp"
#include "thalweg/optim/schedule/cosine.hpp"

using namespace thalweg;
using testing::close;
using Values = std::vector<double>;

namespace {

constexpr Index rows = 7, columns = 3;
constexpr double rate = 0.0625;

/// Examples xᵢ with answers yᵢ, and weights w.
struct Lesson {
  Tensor<double> x, y;
  Tensor<double> w = {0.3, -0.7, 0.2};

  explicit Lesson(std::uint64_t seed) {
    Random random{seed};
    Values inputs(rows * columns), answers;
    random.fill_normal(std::span(inputs), 0, 1);
    for (Index i = 0; i < rows; ++i) answers.push_back(random.uniform() < 0.5 ? 0 : 1);
    x = Tensor<double>({rows, columns}, inputs);
    y = Tensor<double>({rows}, answers);
  }
  double input(Index i, Index j) const { return x.data()[i * columns + j]; }
  double answer(Index i) const { return y.data()[i]; }
  /// wᵀxᵢ.
  double d(Index i) const {
    double sum = 0;
    for (Index j = 0; j < columns; ++j) sum += w.data()[j] * input(i, j);
    return sum;
  }
  /// wⱼ + α Σᵢ factor(i) xᵢⱼ.
  template <class Factor>
  Values moved(const Factor& factor) const {
    Values result = w.to_vector();
    for (Index j = 0; j < columns; ++j) {
      double sum = 0;
      for (Index i = 0; i < rows; ++i) sum += factor(i) * input(i, j);
      result[j] += rate * sum;
    }
    return result;
  }
};

double sigma(double d) { return 1 / (1 + std::exp(-d)); }

/// The rule w ← w + α Σᵢ factor(i) xᵢⱼ is what the tape's gradient says, and what one step makes,
/// through either door.
template <class Loss, class Factor>
void steps_by(const Lesson& lesson, const Loss& loss, const Factor& factor) {
  const Values expected = lesson.moved(factor);
  Values slope = lesson.w.to_vector();
  for (std::size_t j = 0; j < slope.size(); ++j) slope[j] = (slope[j] - expected[j]) / rate;
  Parameter<double> w(lesson.w);
  Tape tape;
  const Gradients gradients = tape.backward(loss(w));
  CHECK(close(gradients[w], slope, {1e-13, 1e-14}));

  optim::GradientDescent descent{{.rate = rate}};
  descent.step({{"w", &w}}, gradients);
  CHECK(close(w, expected, {1e-14, 1e-15}));

  // One iteration; without one that is better, the result would be the start.
  Values seen;
  optim::minimise(loss, lesson.w, optim::GradientDescent{{.rate = rate}}, {.iterations = 1},
                  [&](const optim::Iterate& now) { seen.assign(now.x.begin(), now.x.end()); });
  CHECK(close(seen, expected, {1e-14, 1e-15}));
}

/// −log(e^(−a) + e^(−b)): the lower of two parabolas, rounded off where they meet. A wide valley at
/// −2, where f is 0, and a narrow one at 1.5, where it is 0.8.
const auto two_valleys = [](const auto& x) {
  using std::exp, std::log;
  const auto a = 0.5 * (x + 2) * (x + 2);
  const auto b = 4 * (x - 1.5) * (x - 1.5) + 0.8;
  return a - log(1 + exp(a - b));
};

/// Where descent with these rates is after `steps` of them.
double end_of_descent(double start, const optim::Schedule& rates, Index steps) {
  Parameter<double> x{Tensor<double>(start)};
  optim::GradientDescent descent;
  for (Index t = 0; t < steps; ++t) {
    Tape tape;
    const Gradients gradients = tape.backward(two_valleys(x));
    descent.set_rate(rates(t));
    descent.step({{"x", &x}}, gradients);
  }
  return x.value().item();
}

/// A line y = 0.5 − 1.2 x through 512 points without noise, in batches.
struct Line {
  Tensor<double> x, y;

  Line() {
    Random random{5};
    Values inputs(512), answers;
    random.fill_uniform(std::span(inputs), -1, 1);
    for (const double input : inputs) answers.push_back(0.5 - 1.2 * input);
    x = Tensor<double>({512}, inputs), y = Tensor<double>({512}, answers);
  }
  /// How far a and b are from 0.5 and −1.2 after 200 steps on batches of `size`.
  double error(Index size, double of_rate, Reduction reduction) const {
    Parameter<double> a{Tensor<double>(0.0)}, b{Tensor<double>(0.0)};
    optim::GradientDescent descent{{.rate = of_rate}};
    for (Index k = 0; k < 200; ++k) {
      const Index from = k * size % 512;
      const Tensor<double> part_x({size}, std::span(x.data() + from, std::size_t(size)));
      const Tensor<double> part_y({size}, std::span(y.data() + from, std::size_t(size)));
      Tape tape;
      const auto loss = nn::mse_loss(Tensor<double>(a + b * part_x), part_y, reduction);
      descent.step({{"a", &a}, {"b", &b}}, tape.backward(loss));
    }
    return std::hypot(a.value().item() - 0.5, b.value().item() + 1.2);
  }
};

}  // namespace

TEST_CASE("lesson: the linear model with squared loss steps by 2 rate sum delta x") {
  const Lesson lesson(1);
  const auto factor = [&](Index i) { return 2 * (lesson.answer(i) - lesson.d(i)); };
  steps_by(
      lesson, [&](const auto& w) { return sum(square(lesson.y - matmul(lesson.x, w))); }, factor);
  steps_by(
      lesson,
      [&](const auto& w) {
        return nn::mse_loss(Tensor<double>(matmul(lesson.x, w)), lesson.y, Reduction::sum);
      },
      factor);
}

TEST_CASE("lesson: its sigmoid with squared loss steps by 2 rate sum delta s (1 - s) x") {
  const Lesson lesson(2);
  steps_by(
      lesson, [&](const auto& w) { return sum(square(lesson.y - sigmoid(matmul(lesson.x, w)))); },
      [&](Index i) {
        const double s = sigma(lesson.d(i));
        return 2 * (lesson.answer(i) - s) * s * (1 - s);
      });
}

TEST_CASE("lesson: minus log p of the sigmoid steps by rate sum (y - s) x") {
  const Lesson lesson(3);
  const auto factor = [&](Index i) { return lesson.answer(i) - sigma(lesson.d(i)); };
  steps_by(
      lesson,
      [&](const auto& w) {
        const Tensor<double> s = sigmoid(matmul(lesson.x, w));
        return -sum(log(lesson.y * s + (1 - lesson.y) * (1 - s)));
      },
      factor);
  steps_by(
      lesson,
      [&](const auto& w) {
        return nn::binary_cross_entropy_with_logits(Tensor<double>(matmul(lesson.x, w)), lesson.y,
                                                    {.reduction = Reduction::sum});
      },
      factor);
}

TEST_CASE(
    "lesson: of two valleys plain descent stays in the right one, restarts of the rate do not") {
  // Curvature 8 in the narrow valley, 1 in the wide one: rates above 2/8 leave the one, below 2/1
  // stay in the other.
  const optim::Schedule plain = optim::constant(0.03);
  const optim::Schedule restarts = optim::cosine_restarts({.from = 0.6, .to = 0.005, .period = 30});
  for (const double start : {1.9, 2.6, 3.0}) {
    CAPTURE(start);
    CHECK(close(end_of_descent(start, plain, 40), 1.5, {.relative = 0.02}));
    CHECK(close(end_of_descent(start, plain, 400), 1.498, {.relative = 1e-3}));
    CHECK(close(end_of_descent(start, plain.first(40) | restarts, 130), -2, {1e-3}));
    CHECK(close(end_of_descent(start, restarts, 90), -2, {1e-3}));
    // Annealed once, from a rate at which the narrow valley holds, it is caught as well.
    CHECK(end_of_descent(start, optim::cosine({.from = 0.1, .to = 0.005, .steps = 130}), 130) > 1);
  }
}

TEST_CASE("lesson: averaged over the batch the same rate serves any size, summed it does not") {
  const Line line;
  for (const Index size : {32, 128}) {
    CAPTURE(size);
    CHECK(line.error(size, 0.5, Reduction::mean) < 1e-6);
    const double of_sum = 0.5 / static_cast<double>(size);
    CHECK(line.error(size, of_sum, Reduction::sum) < 1e-6);
    CHECK(close(line.error(size, of_sum, Reduction::sum), line.error(size, 0.5, Reduction::mean),
                {1e-3, 1e-15}));
  }
  CHECK(line.error(32, 0.5 / 32, Reduction::sum) < 1e-6);
  CHECK(line.error(128, 0.5 / 32, Reduction::sum) > 1e6);  // four times too far each time
}

TEST_CASE("lesson: descent may stop when the loss stops changing") {
  const Lesson lesson(4);
  const auto loss = [&](const auto& w) { return mean(square(lesson.y - matmul(lesson.x, w))); };
  Values values;
  const auto result =
      optim::minimise(loss, lesson.w, optim::GradientDescent{{.rate = 0.1}},
                      {.gradient_norm = {}, .relative_value_change = 1e-6},
                      [&](const optim::Iterate& now) { values.push_back(now.value); });
  CHECK(result.stop == optim::Stop::relative_value_change);
  CHECK(result.converged());
  const std::size_t last = values.size() - 1;
  for (std::size_t k = 1; k <= last; ++k)
    CHECK((values[k - 1] - values[k] <= 1e-6 * values[k - 1]) == (k == last));
  const auto exact = optim::minimise(loss, lesson.w, optim::GradientDescent{{.rate = 0.1}});
  CHECK(exact.stop == optim::Stop::gradient_norm);
  CHECK(close(result.value, exact.value, {.relative = 1e-4}));
}
