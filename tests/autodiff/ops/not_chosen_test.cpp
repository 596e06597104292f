// What does not count contributes exactly 0 to a gradient, whatever it holds.

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <thalweg/autodiff.hpp>

#include "thalweg/autodiff/derive/differentiate.hpp"
#include "thalweg/autodiff/ops/activation.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/cmath.hpp"
#include "thalweg/autodiff/ops/cross_entropy.hpp"
#include "thalweg/autodiff/ops/exponential.hpp"
#include "thalweg/autodiff/ops/matmul.hpp"
#include "thalweg/autodiff/ops/normalise.hpp"
#include "thalweg/autodiff/ops/reduce.hpp"
#include "thalweg/autodiff/ops/select.hpp"
#include "thalweg/autodiff/ops/softmax.hpp"
#include "thalweg/autodiff/ops/trigonometric.hpp"
#include "thalweg/autodiff/ops/vectors.hpp"
#include "thalweg/autodiff/ops/views.hpp"
#include "thalweg/autodiff/tape/tape.hpp"

using namespace thalweg;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

using Doubles = std::vector<double>;

/// The gradient of f at x; f gives one number.
template <class F>
Doubles slopes(F f, const Doubles& x) {
  Tape tape;
  const Tensor v = tape.variable(Tensor<double>(x));
  return tape.backward(f(v))[v].to_vector();
}
/// The same of two tensors.
template <class F>
std::pair<Doubles, Doubles> slopes(F f, const Tensor<double>& x, const Tensor<double>& y) {
  Tape tape;
  const Tensor a = tape.variable(x), b = tape.variable(y);
  const Gradients g = tape.backward(f(a, b));
  return {g[a].to_vector(), g[b].to_vector()};
}
/// The same of one scalar.
template <class F>
double slope(F f, double x) {
  Tape tape;
  const Var v = tape.variable(x);
  return tape.backward(f(v))[v];
}

}  // namespace

TEST_CASE("where: an argument that was not chosen contributes 0, be its slope NaN or infinite") {
  const auto f = [](const auto& x) { return sum(where(x > 0, sqrt(x), x)); };
  CHECK(slopes(f, {-1, 4}) == Doubles{1, .25});
  CHECK(slopes(f, {0, 4}) == Doubles{1, .25});
  const auto logs = [](const auto& x) { return sum(where(x > 0, log(x), 3 * x)); };
  CHECK(slopes(logs, {0, -1, 2}) == Doubles{3, 3, .5});
  const auto powers = [](const auto& x) { return sum(where(x > 0, pow(x, 0.5) / x, x)); };
  CHECK(slopes(powers, {0, -4, not_a_number}) == Doubles{1, 1, 1});
}

TEST_CASE("where: the same across statements, in both branches and with numbers beside") {
  const auto named = [](const auto& x) {
    const Tensor root = sqrt(x);
    const Tensor other = log(-x);
    return sum(where(x > 0, root, other));
  };
  CHECK(slopes(named, {-1, 4, -2}) == Doubles{-1, .25, -.5});
  const auto numbers = [](const auto& x) { return sum(where(x > 0, sqrt(x), 7)); };
  CHECK(slopes(numbers, {-1, 4, 0}) == Doubles{0, .25, 0});
  const auto deep = [](const auto& x) { return sum(where(x > 0, exp(sqrt(log(x))) * x, x)); };
  CHECK(slopes(deep, {-1, 0})[0] == 1);
  CHECK(slopes(deep, {-1, 0})[1] == 1);
}

TEST_CASE("maximum, minimum, clamp and the bounded activations: the other side contributes 0") {
  const auto high = [](const auto& x) { return sum(maximum(sqrt(x), 2)); };
  CHECK(slopes(high, {0, 16}) == Doubles{0, .125});
  const auto low = [](const auto& x) { return sum(minimum(1 / x, 5)); };
  CHECK(slopes(low, {0, 2}) == Doubles{0, -.25});
  const auto between = [](const auto& x) { return sum(clamp(log(x), -1, 1)); };
  CHECK(slopes(between, {0, 1, inf}) == Doubles{0, 1, 0});
  const auto positive = [](const auto& x) { return sum(relu(log(x))); };
  CHECK(slopes(positive, {0, 2}) == Doubles{0, .5});
  const auto tanh = [](const auto& x) { return sum(hardtanh(log(x))); };
  CHECK(slopes(tanh, {0, 1}) == Doubles{0, 1});
  const auto six = [](const auto& x) { return sum(relu6(1 / x)); };
  CHECK(slopes(six, {0, 1}) == Doubles{0, -1});
  const auto swish = [](const auto& x) { return sum(hardswish(log(x)) + hardsigmoid(log(x))); };
  CHECK(slopes(swish, {0})[0] == 0);
}

TEST_CASE("what was not chosen gets 0 of an infinite or NaN adjoint, too") {
  const auto pole = [](const auto& a, const auto& b) { return sum(1 / maximum(a, b)); };
  const auto [of_a, of_b] = slopes(pole, Tensor<double>{0, 2}, Tensor<double>{-1, 4});
  CHECK(of_a == Doubles{-inf, 0});
  CHECK(of_b == Doubles{0, -1.0 / 16});
  const auto stairs = [](const auto& x) { return sum(1 / floor(x)); };
  CHECK(slopes(stairs, {0.5}) == Doubles{0});
}

TEST_CASE("scalars: what was not chosen contributes 0, in one statement and in several") {
  const auto root = [](const auto& x) { return where(x > 0, sqrt(x), x); };
  CHECK(slope(root, -1) == 1);
  CHECK(slope(root, 0) == 1);
  CHECK(slope(root, 4) == .25);
  CHECK(slope([](const auto& x) { return max(sqrt(x), 2.0); }, 0) == 0);
  CHECK(slope([](const auto& x) { return min(1 / x, 5.0); }, 0) == 0);
  CHECK(slope([](const auto& x) { return relu(log(x)); }, 0) == 0);
  CHECK(slope([](const auto& x) { return clamp(log(x), -1.0, 1.0); }, 0) == 0);
  const auto named = [](const Var<double>& x) {
    const Var u = sqrt(x), v = log(u);
    return Var(where(x > 0, v, x));
  };
  CHECK(slope(named, 0) == 1);

  Tape tape;
  const Var a = tape.variable(0.0), b = tape.variable(-1.0);
  const Var largest = max(a, b), pole = 1 / largest;
  const Gradients g = tape.backward(pole);
  CHECK(g[a] == -inf);
  CHECK(g[b] == 0);
  CHECK(slope([](const auto& x) { return 1 / floor(x); }, .5) == 0);
}

TEST_CASE("scalars: several seeds at once, of which some do not ask") {
  Tape tape;
  const Var x = tape.variable(0.0);
  const Var root = sqrt(x), twice = 2 * x;
  Lanes<double> one(0.0), other(0.0);
  one.set(0, 1.0), other.set(1, 1.0);
  const Gradients rows =
      tape.backward(std::vector<Var<double>>{root, twice}, std::vector{one, other});
  CHECK(rows.as<Lanes<double>>(x)[0] == inf);
  CHECK(rows.as<Lanes<double>>(x)[1] == 2);
}

TEST_CASE("named or not, a factor of 0 stops the chain alike") {
  const auto unnamed = [](const auto& x) { return sum(0 * sqrt(x) + x); };
  const auto named = [](const auto& x) {
    const Tensor root = sqrt(x);
    return sum(0 * root + x);
  };
  CHECK(slopes(unnamed, {0, 4}) == Doubles{1, 1});
  CHECK(slopes(named, {0, 4}) == Doubles{1, 1});
  CHECK(slope([](const auto& x) { return 0 * sqrt(x) + x; }, 0) == 1);
}

TEST_CASE("a NaN that counts is seen") {
  const auto chosen = [](const auto& x) { return sum(where(x > 0, x, sqrt(x))); };
  CHECK(std::isnan(slopes(chosen, {-1, 4})[0]));
  CHECK(slopes(chosen, {-1, 4})[1] == 1);
  const auto product = [](const auto& x) { return sum(x * not_a_number); };
  CHECK(std::isnan(slopes(product, {1})[0]));
  CHECK(std::isnan(slope([](const auto& x) { return sqrt(x) * sqrt(x); }, -1)));
  CHECK(slopes([](const auto& x) { return sum(sqrt(x)); }, {0})[0] == inf);
}

TEST_CASE("reductions: a line that is not chosen contributes 0 whatever it holds") {
  const auto only_last = [](const auto& y) { return sum(where(Tensor<double>{0, 1}, y, 0)); };
  const Tensor<double> x{{not_a_number, 1}, {3, 4}}, y{{-inf, -inf}, {1, 1}}, z{{0, 0}, {3, 4}};
  const auto gradient = [&](auto op, const Tensor<double>& at) {
    Tape tape;
    const Tensor v = tape.variable(at);
    return tape.backward(only_last(op(v)))[v].to_vector();
  };
  for (const auto& at : {x, y, z}) {
    const auto zero = [&](auto op) {
      const auto g = gradient(op, at);
      CHECK(g[0] == 0);
      CHECK(g[1] == 0);
      CHECK(g[2] == g[2]);
      CHECK(g[3] == g[3]);
    };
    zero([](const auto& v) { return norm(v, 1); });
    zero([](const auto& v) { return var(v, 1); });
    zero([](const auto& v) { return stddev(v, 1); });
    zero([](const auto& v) { return logsumexp(v, 1); });
    zero([](const auto& v) { return prod(v, 1); });
    zero([](const auto& v) { return max(v, 1); });
    zero([](const auto& v) { return sum(softmax(v) * v, 1); });
    zero([](const auto& v) { return sum(log_softmax(v), 1); });
    zero([](const auto& v) { return sum(square(softmax(transpose(v, 0, 1), 0)), 0); });
    zero([](const auto& v) { return sum(log_softmax(transpose(v, 0, 1), 0), 0); });
    zero([](const auto& v) { return sum(layer_norm(v, {2}), 1); });
    zero([](const auto& v) { return sum(square(rms_norm(v, {2})), 1); });
    zero([](const auto& v) { return sum(square(group_norm(v, 1)), 1); });
  }
}

TEST_CASE("matrix products: rows that do not count have no influence on the other factor") {
  const Tensor<double> rows{{1, 2}, {not_a_number, inf}, {3, 4}}, w{{1, 0}, {2, 1}};
  const Tensor<double> counts{{1}, {0}, {1}};
  const auto expected = [&](auto op) {
    const auto clean = slopes(op, Tensor<double>{{1, 2}, {0, 0}, {3, 4}}, w);
    const auto given = slopes(op, rows, w);
    CHECK(given.first == clean.first);
    CHECK(given.second == clean.second);
  };
  expected([&](const auto& x, const auto& m) { return sum(where(counts, matmul(x, m), 0)); });
  expected([&](const auto& x, const auto& m) { return sum(where(counts, linear(x, m), 0)); });
  const Tensor<double> bad{{1, 2}, {inf, 4}};
  const auto first = [](const auto& x, const auto& m) {
    return sum(where(Tensor<double>{1, 0}, linear(x, m), 0));
  };
  const auto [of_x, of_w] = slopes(first, Tensor<double>{{1, 2}}, bad);
  CHECK(of_x == Doubles{1, 2});
  CHECK(of_w == Doubles{1, 2, 0, 0});
  const auto batch = [](const auto& x, const auto& m) {
    return sum(where(Tensor<double>(Shape{2, 1, 1}, {1.0, 0.0}), matmul(x, m), 0));
  };
  const auto [of_batch, of_m] =
      slopes(batch, Tensor<double>(Shape{2, 1, 2}, {1.0, 2.0, not_a_number, not_a_number}), w);
  CHECK(of_batch == Doubles{1, 3, 0, 0});
  CHECK(of_m == Doubles{1, 1, 2, 2});
}

TEST_CASE("cross_entropy: an example that is left out has slope 0 whatever its logits are") {
  const IndexTensor labels{1, 9, 0};
  for (const double bad : {-inf, inf, not_a_number}) {
    const Tensor<double> logits{{1, 2}, {bad, bad}, {0, 3}}, clean{{1, 2}, {0, 0}, {0, 3}};
    for (const double smoothing : {0.0, 0.1})
      for (const auto reduction : {thalweg::Reduction::mean, thalweg::Reduction::sum}) {
        const CrossEntropyOptions options{
            .reduction = reduction, .label_smoothing = smoothing, .ignored_label = 9};
        Tape tape;
        const Tensor x = tape.variable(logits), y = tape.variable(clean);
        const Tensor loss = cross_entropy(x, labels, options);
        const Tensor same = cross_entropy(y, labels, options);
        CHECK(loss.item() == same.item());
        CHECK(tape.backward(loss)[x].to_vector() == tape.backward(same)[y].to_vector());
      }
    Tape tape;
    const Tensor x = tape.variable(logits);
    const Tensor loss = nll_loss(x, labels, {.ignored_label = 9});
    CHECK(loss.item() == -1);
    CHECK(tape.backward(loss)[x].to_vector() == Doubles{0, -.5, 0, 0, -.5, 0});
  }
}

TEST_CASE("cross_entropy: a class without weight does not count") {
  const Tensor<double> weights{1, 0};
  const IndexTensor labels{0, 1};
  Tape tape;
  const Tensor x = tape.variable(Tensor<double>{{0, 0}, {not_a_number, -inf}});
  const Tensor loss = cross_entropy(x, labels, {.class_weights = weights});
  CHECK(loss.item() == doctest::Approx(std::log(2)).epsilon(1e-15));
  CHECK(tape.backward(loss)[x].to_vector() == Doubles{-.5, .5, 0, 0});
  const Tensor nll = nll_loss(x, labels, {.class_weights = weights});
  CHECK(nll.item() == 0);
  CHECK(tape.backward(nll)[x].to_vector() == Doubles{-1, 0, 0, 0});

  const Tensor soft = tape.variable(Tensor<double>{{1, -inf}});
  const Tensor of_soft = cross_entropy(soft, Tensor<double>{{1, 0}});
  CHECK(of_soft.item() == 0);
  CHECK(tape.backward(of_soft)[soft].to_vector() == Doubles{0, 0});
}
