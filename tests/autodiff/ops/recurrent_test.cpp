#include "thalweg/autodiff/ops/recurrent.hpp"

#include <doctest/doctest.h>

#include "tests/close.hpp"
#include "thalweg/autodiff/base/random.hpp"
#include "thalweg/autodiff/derive/check_gradient.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/cast.hpp"
#include "thalweg/autodiff/ops/compare.hpp"
#include "thalweg/autodiff/ops/exponential.hpp"
#include "thalweg/autodiff/ops/join.hpp"
#include "thalweg/autodiff/ops/reduce.hpp"
#include "thalweg/autodiff/ops/select.hpp"
#include "thalweg/autodiff/ops/slice.hpp"
#include "thalweg/autodiff/ops/views.hpp"
#include "thalweg/autodiff/tape/tape.hpp"
#include "thalweg/autodiff/tensor/creation.hpp"

using namespace thalweg;

namespace {

using Real = double;
using T = Tensor<Real>;

enum class Kind { tanh, relu, lstm, gru };
constexpr Kind kinds[] = {Kind::tanh, Kind::relu, Kind::lstm, Kind::gru};

Index gates_of(Kind kind) { return kind == Kind::lstm ? 4 : kind == Kind::gru ? 3 : 1; }

/// All kinds called alike.
template <class X>
LstmResult<X> run(Kind kind, const Tensor<X>& x, const std::vector<RecurrentWeights<X>>& weights,
                  const LstmState<X>& start = {}, const Indices& lengths = IndexTensor()) {
  if (kind == Kind::lstm) return lstm(x, weights, start, lengths);
  const auto function = kind == Kind::relu ? Nonlinearity::relu : Nonlinearity::tanh;
  const auto result = kind == Kind::gru ? gru(x, weights, start.h, lengths)
                                        : rnn(x, weights, start.h, lengths, function);
  return {result.output, {result.state, {}}};
}

T random_tensor(const Shape& shape, Random& random) { return normal<Real>(shape, random, 0, 0.6); }

RecurrentWeights<Real> random_weights(Kind kind, Index in, Index hidden, Random& random) {
  const Index n = gates_of(kind) * hidden;
  const double spread = 1 / std::sqrt(static_cast<double>(hidden));  // signals neither grow nor die
  return {random_tensor({n, in}, random), normal<Real>({n, hidden}, random, 0, spread),
          random_tensor({n}, random), random_tensor({n}, random)};
}

/// A layer and what it reads.
struct Example {
  Kind kind;
  T x;
  LstmState<Real> start;
  std::vector<RecurrentWeights<Real>> weights;

  Example(Kind k, Index batch, Index time, Index hidden, Index directions = 1) : kind(k) {
    Random random{5};
    x = random_tensor({batch, time, 2}, random);
    start.h = random_tensor({directions, batch, hidden}, random);
    if (k == Kind::lstm) start.c = random_tensor({directions, batch, hidden}, random);
    for (Index d = 0; d < directions; ++d) weights.push_back(random_weights(k, 2, hidden, random));
  }
  LstmResult<Real> operator()(const Indices& lengths = IndexTensor()) const {
    return run(kind, x, weights, start, lengths);
  }
};

void check_same(const T& a, const T& b, double tolerance = 1e-13) {
  CHECK(testing::close(a, b, {0, tolerance}));
}

void check_same(const LstmState<Real>& a, const LstmState<Real>& b) {
  check_same(a.h, b.h);
  check_same(a.c, b.c);
}

LstmState<Real> part_of(const LstmState<Real>& s, int axis, Index begin, Index end) {
  return {slice(s.h, axis, begin, end), s.c.body() ? slice(s.c, axis, begin, end) : T()};
}

/// Output and states in one vector.
T everything(const LstmResult<Real>& result) {
  std::vector<T> parts{flatten(result.output), flatten(result.state.h)};
  if (result.state.c.body()) parts.push_back(flatten(result.state.c));
  return concat(parts);
}

/// The gradient of all results with respect to all that is read.
void check_gradients(const Example& e, const Indices& lengths) {
  const auto f = [&](const T& x, const T& h, const T& c, const T& ih, const T& hh, const T& b,
                     const T& d) {
    Example moved = e;
    moved.x = x;
    moved.start = {h, e.kind == Kind::lstm ? c : T()};
    moved.weights.back() = {ih, hh, b, d};
    return everything(moved(lengths));
  };
  const auto& w = e.weights.back();
  const T c = e.kind == Kind::lstm ? e.start.c : T{1};
  const auto report = check_gradient(f, e.x, e.start.h, c, w.ih, w.hh, w.bias_ih, w.bias_hh);
  CHECK_MESSAGE(report.passed, to_string(report));
}

}  // namespace

TEST_CASE("recurrent layers: every gradient agrees with central differences") {
  for (const Kind kind : kinds) {
    check_gradients({kind, 1, 1, 1}, IndexTensor());
    check_gradients({kind, 1, 2, 3}, IndexTensor());
    check_gradients({kind, 3, 4, 2, 2}, IndexTensor());
    check_gradients({kind, 7, 3, 1, 2}, {1, 3, 2, 2, 1, 3, 1});
    check_gradients({kind, 2, 3, 9}, {3, 2});
  }
}

TEST_CASE("recurrent layers: a whole sequence equals its steps with the state handed on") {
  for (const Kind kind : kinds)
    for (const Index hidden : {1, 5, 40}) {
      const Example e(kind, 3, 6, hidden);
      std::vector<T> outputs;
      LstmState<Real> state = e.start;
      for (Index t = 0; t < 6; ++t) {
        const auto step = run(kind, T(slice(e.x, 1, t, t + 1)), e.weights, state);
        outputs.push_back(step.output);
        state = step.state;
      }
      check_same(e().output, concat(outputs, 1));
      check_same(e().state, state);
    }
}

TEST_CASE("recurrent layers: two halves with the state handed on equal the whole") {
  for (const Kind kind : kinds) {
    const Example e(kind, 13, 8, 21);
    const auto first = run(kind, T(slice(e.x, 1, 0, 3)), e.weights, e.start);
    const auto second = run(kind, T(slice(e.x, 1, 3, 8)), e.weights, first.state);
    check_same(e().output, concat({first.output, second.output}, 1));
    check_same(e().state, second.state);
  }
}

TEST_CASE(
    "recurrent layers: reversed input and exchanged directions reverse and exchange results") {
  for (const Kind kind : kinds) {
    const Example e(kind, 3, 5, 4, 2);
    Example mirrored = e;
    mirrored.x = flip(e.x, 1);
    mirrored.weights = {e.weights[1], e.weights[0]};
    mirrored.start = {flip(e.start.h, 0), e.start.c.body() ? flip(e.start.c, 0) : T()};
    const auto result = e(), other = mirrored();
    const T back = flip(other.output, 1);
    check_same(result.output, concat({T(slice(back, 2, 4, 8)), T(slice(back, 2, 0, 4))}, 2));
    check_same(result.state.h, flip(other.state.h, 0));
  }
}

TEST_CASE("recurrent layers: a padded batch equals each sequence alone") {
  const std::vector<Index> lengths{2, 5, 1, 5, 3};
  for (const Kind kind : kinds) {
    Example e(kind, 5, 5, 3, 2);
    Tape tape;
    tape.watch(e.x, e.start.h, e.weights[0].hh, e.weights[1].ih);
    const auto together = e(lengths);
    std::vector<T> alone_loss;
    for (Index b = 0; b < 5; ++b) {
      const Index n = lengths[static_cast<std::size_t>(b)];
      const T x = slice(slice(e.x, 0, b, b + 1), 1, 0, n);
      const auto alone = run(kind, x, e.weights, part_of(e.start, 1, b, b + 1));
      const T row = slice(together.output, 0, b, b + 1);
      check_same(slice(row, 1, 0, n), alone.output);
      check_same(slice(row, 1, n, 5), zeros<Real>({1, 5 - n, 6}));
      check_same(part_of(together.state, 1, b, b + 1), alone.state);
      alone_loss.push_back(sum(square(alone.output)) + sum(alone.state.h));
    }
    const Gradients a = tape.backward(sum(square(together.output)) + sum(together.state.h));
    const Gradients b = tape.backward(sum(stack(alone_loss)));
    check_same(a[e.x], b[e.x]);
    check_same(a[e.start.h], b[e.start.h]);
    check_same(a[e.weights[0].hh], b[e.weights[0].hh], 1e-12);
    check_same(a[e.weights[1].ih], b[e.weights[1].ih], 1e-12);
  }
}

TEST_CASE("recurrent layers: what lies in the padding has no influence, NaN included") {
  for (const Kind kind : kinds) {
    Example e(kind, 2, 4, 3, 2);
    const auto value_and_gradient = [&e] {
      Tape tape;
      tape.watch(e.weights[1].ih);
      const T y = everything(e({4, 2}));
      const T gradient = tape.backward(sum(y))[e.weights[1].ih];
      e.weights[1].ih = e.weights[1].ih.detach();
      return concat({T(y.detach()), T(flatten(gradient))});
    };
    const T clean = value_and_gradient();
    for (const Index t : {2, 3}) e.x.set({1, t, 0}, NAN);
    check_same(clean, value_and_gradient());
  }
}

TEST_CASE("recurrent layers: a sequence about which nothing is asked has no influence") {
  for (const Kind kind : kinds) {
    Example e(kind, 2, 4, 3, 2);
    const auto gradient = [&e] {
      Tape tape;
      tape.watch(e.weights[1].ih);
      const T y = everything(e({4, 4}));
      const T loss = sum(where(y == y, y, 0));
      const T result = tape.backward(loss)[e.weights[1].ih];
      e.weights[1].ih = e.weights[1].ih.detach();
      return result;
    };
    e.x.set({1, 1, 0}, NAN);
    for (const double slope : gradient().values()) CHECK(slope == slope);
  }
}

TEST_CASE("recurrent layers: single precision agrees with double") {
  for (const Kind kind : kinds) {
    const Example e(kind, 11, 9, 37, 2);
    std::vector<RecurrentWeights<float>> weights;
    for (const auto& w : e.weights)
      weights.push_back(
          {cast<float>(w.ih), cast<float>(w.hh), cast<float>(w.bias_ih), cast<float>(w.bias_hh)});
    const LstmState<float> start{cast<float>(e.start.h), e.start.c.body()
                                                             ? Tensor<float>(cast<float>(e.start.c))
                                                             : Tensor<float>()};
    const auto single = run(kind, Tensor<float>(cast<float>(e.x)), weights, start);
    check_same(cast<double>(single.output), e().output, 5e-6);
  }
}

TEST_CASE("recurrent layers: biases and first states that are left out are zeros") {
  for (const Kind kind : kinds) {
    Example e(kind, 2, 3, 4);
    const Index n = gates_of(kind) * 4;
    e.start = {zeros<Real>({1, 2, 4}), kind == Kind::lstm ? zeros<Real>({1, 2, 4}) : T()};
    e.weights[0].bias_ih = e.weights[0].bias_hh = zeros<Real>({n});
    const std::vector<RecurrentWeights<Real>> bare{{e.weights[0].ih, e.weights[0].hh}};
    check_same(e().output, run(kind, e.x, bare).output);
  }
}

TEST_CASE("recurrent layers: the gradient of a large batch is the sum of those of its halves") {
  for (const Kind kind : kinds) {
    Example e(kind, 80, 30, 3, 2);
    std::vector<Index> lengths;
    for (Index b = 0; b < 80; ++b) lengths.push_back(1 + b * 7 % 30);
    Tape tape;
    tape.watch(e.x, e.start.h, e.weights[0].hh, e.weights[1].ih, e.weights[1].bias_ih);
    const auto loss = [](const auto& r) { return sum(square(r.output)) + sum(r.state.h); };
    const auto half = [&](Index begin) {
      const T x = slice(e.x, 0, begin, begin + 40);
      const std::vector<Index> some(lengths.begin() + begin, lengths.begin() + begin + 40);
      return Tensor(loss(run(kind, x, e.weights, part_of(e.start, 1, begin, begin + 40), some)));
    };
    const Gradients whole = tape.backward(Tensor(loss(e(lengths))));
    const Gradients halves = tape.backward(Tensor(half(0) + half(40)));
    const auto check = [&](const T& x) { check_same(whole[x], halves[x], 1e-11); };
    check(e.x);
    check(e.start.h);
    check(e.weights[0].hh);
    check(e.weights[1].ih);
    check(e.weights[1].bias_ih);
  }
}

TEST_CASE("recurrent layers: a backward pass may run twice, and from the last c alone") {
  Example e(Kind::lstm, 2, 3, 4);
  Tape tape;
  tape.watch(e.x);
  const auto result = e();
  const T once = tape.backward(sum(result.state.c))[e.x];
  check_same(once, tape.backward(sum(result.state.c))[e.x], 0);
  CHECK(once.data()[0] != 0);
}

TEST_CASE("recurrent layers: x may be an expression, and weights stand in braces") {
  const Example e(Kind::gru, 2, 3, 4);
  check_same(gru(2 * e.x, {e.weights[0]}).output, run(Kind::gru, T(2 * e.x), e.weights).output);
}

TEST_CASE("recurrent layers: an empty batch has an empty output and a gradient of zero") {
  for (const Kind kind : kinds) {
    Example e(kind, 0, 3, 4);
    Tape tape;
    tape.watch(e.weights[0].hh);
    const auto result = e();
    CHECK(to_string(result.output.shape()) == "[0, 3, 4]");
    check_same(tape.backward(sum(result.output))[e.weights[0].hh], zeros_like(e.weights[0].hh));
  }
}

TEST_CASE("recurrent layers: shapes that do not fit are named") {
  const Example e(Kind::lstm, 2, 3, 4);
  const T x = e.x;
  CHECK_THROWS_WITH_AS(lstm(T{{1, 2}}, e.weights),
                       "lstm: x [1, 2]; expected [batch, time, in] with at least one step",
                       ShapeError);
  CHECK_THROWS_WITH_AS(gru(x, e.weights), "gru: weight_ih [16, 2]; expected [12, 2]", ShapeError);
  CHECK_THROWS_WITH_AS(rnn(x, {}), "rnn: weights of 0 directions; expected one or two", ShapeError);
  CHECK_THROWS_WITH_AS(lstm(x, e.weights, {zeros<Real>({2, 4})}),
                       "lstm: h of the first state [2, 4]; expected [1, 2, 4]", ShapeError);
  CHECK_THROWS_WITH_AS(lstm(x, e.weights, {}, {3}), "lstm: lengths [1]; expected [2]", ShapeError);
  CHECK_THROWS_WITH_AS(lstm(x, e.weights, {}, {3, 4}),
                       "lstm: length 4 of sequence 1; expected 1 to 3", ValueError);
  CHECK_THROWS_WITH_AS(lstm(x, e.weights, {}, {0, 3}),
                       "lstm: length 0 of sequence 0; expected 1 to 3", ValueError);
}
