// What a tape holds, used on a thread where nothing records: refused where its gradient would be
// lost, a number otherwise.

#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/derive/custom.hpp"
#include "thalweg/autodiff/derive/differentiate.hpp"
#include "thalweg/autodiff/ops/activation.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/cast.hpp"
#include "thalweg/autodiff/ops/compare.hpp"
#include "thalweg/autodiff/ops/extrema.hpp"
#include "thalweg/autodiff/ops/join.hpp"
#include "thalweg/autodiff/ops/matmul.hpp"
#include "thalweg/autodiff/ops/reduce.hpp"
#include "thalweg/autodiff/ops/softmax.hpp"
#include "thalweg/autodiff/ops/trigonometric.hpp"
#include "thalweg/autodiff/ops/views.hpp"
#include "thalweg/autodiff/tape/tape.hpp"
#include "thalweg/autodiff/tensor/parameter.hpp"
#include "thalweg/autodiff/tensor/print.hpp"

using namespace thalweg;

namespace {

using Doubles = std::vector<double>;

/// What f throws on a thread of its own; "" if nothing.
template <class F>
std::string thrown_elsewhere(F&& f) {
  std::string what;
  std::thread([&] {
    try {
      f();
    } catch (const TapeError& error) {
      what = error.what();
    }
  }).join();
  return what;
}

std::string missed(const std::string& what, const std::string& cure = "detach()") {
  return "Tape: this " + what +
         " is on a tape of another thread, and nothing records on this one: its gradient would be "
         "lost; make a Tape on this thread, call " +
         cure + " to use its value, or say NoTape";
}

}  // namespace

TEST_CASE("a variable is refused on a thread where nothing records, while its tape lives") {
  Tape tape;
  const Var x = tape.variable(3.0);
  const std::vector<Var<double>> xs = tape.variable(Doubles{1, 2, 3, 4});
  const auto named = x * 2;
  const auto half = custom(
      "half", [](const auto& a) { return a / 2; },
      [](const auto& adjoint, const auto&) { return adjoint / 2; });
  const std::string message = missed("variable");
  CHECK(thrown_elsewhere([&] { Var<double>(x * x); }) == message);
  CHECK(thrown_elsewhere([&] { Var<double>(1.0 + sin(x)); }) == message);
  CHECK(thrown_elsewhere([&] { named.node(); }) == message);
  CHECK(thrown_elsewhere([&] {
          auto u = x * 2;
          Var<double>(u + 1);
        }) == message);
  CHECK(thrown_elsewhere([&] {
          Var s = 0.0;
          s += xs[1];
        }) == message);
  CHECK(thrown_elsewhere([&] { half(x); }) == message);
  CHECK(thrown_elsewhere([&] { Tensor t(xs); }) == message);
  CHECK(thrown_elsewhere([&] { Tensor t = Tensor<double>{1, 2} * x; }) == message);
  CHECK(thrown_elsewhere([&] { cast<float>(x); }) == message);
  CHECK(thrown_elsewhere([&] { tape.backward(x * x); }) == message);
  CHECK(tape.backward(Var(x * x))[x] == 6);
}

TEST_CASE("elements computed in a parallel loop are all there, or it throws") {
  Tape tape;
  const auto x = tape.variable(Doubles{1, 2, 3, 4});
  std::vector<Var<double>> y(4);
  std::atomic<int> refused = 0;
  const auto compute = [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) try {
        y[i] = x[i] * x[i];
      } catch (const TapeError&) {
        ++refused;
      }
  };
  std::thread other(compute, 2, 4);
  compute(0, 2);
  other.join();
  CHECK(refused == 2);
  const Gradients gradients = tape.backward(Var(y[0] + y[1]));
  CHECK(gradients[x] == Doubles{2, 4, 0, 0});
  auto task = std::async(std::launch::async, [&] { return Var<double>(x[0] * x[1]).value(); });
  CHECK_THROWS_AS(task.get(), TapeError);
}

TEST_CASE("a tensor is refused there, in whatever op") {
  Tape tape;
  const Tensor w = tape.variable(Tensor<double>{{1, 2}, {3, 4}});
  const auto named = w * 2;
  const std::string message = missed("tensor");
  CHECK(thrown_elsewhere([&] { Tensor y = w * w; }) == message);
  CHECK(thrown_elsewhere([&] { sum(w * 3); }) == message);
  CHECK(thrown_elsewhere([&] { matmul(w, w); }) == message);
  CHECK(thrown_elsewhere([&] { softmax(w, 1); }) == message);
  CHECK(thrown_elsewhere([&] { reshape(w, {4}); }) == message);
  CHECK(thrown_elsewhere([&] { max(w, 1); }) == message);
  CHECK(thrown_elsewhere([&] { concat({w, w}, 0); }) == message);
  CHECK(thrown_elsewhere([&] { cast<float>(w); }) == message);
  CHECK(thrown_elsewhere([&] { named.node(); }) == message);
  CHECK(thrown_elsewhere([&] { w.scalars(); }) == message);
  CHECK(thrown_elsewhere([&] { w(0, 1); }) == message);
}

TEST_CASE("a parameter is refused there if a living tape holds it") {
  const Parameter<double> w(Tensor<double>{1, 2}), other(Tensor<double>{3, 4});
  Parameter<double> frozen(Tensor<double>{1, 1});
  frozen.freeze();
  const auto use = [](const Parameter<double>& p) { return thrown_elsewhere([&] { sum(p * p); }); };
  CHECK(use(w) == "");
  {
    Tape tape;
    CHECK(use(w) == "");  // not on it yet
    const Tensor loss = sum(w * w * frozen);
    CHECK(use(w) == missed("parameter", "value().detach()"));
    CHECK(use(other) == "");
    CHECK(use(frozen) == "");
    CHECK(thrown_elsewhere([&] { sum(w.value() * w.value().detach()); }) == "");
    tape.clear();
    CHECK(use(w) == "");
    const Tensor again = sum(w * w);
    CHECK(use(w) == missed("parameter", "value().detach()"));
  }
  CHECK(use(w) == "");
}

TEST_CASE("a parameter stays held when its value has changed") {
  Parameter<double> w(Tensor<double>{1, 2});
  Tape tape;
  const Tensor loss = sum(w * w);
  w.assign(Tensor<double>{3, 4});
  CHECK(thrown_elsewhere([&] { sum(w * w); }) == missed("parameter", "value().detach()"));
}

TEST_CASE("what is on a tape can be read on every thread") {
  Tape tape;
  const Var x = tape.variable(3.0);
  const Tensor w = tape.variable(Tensor<double>{1, 2});
  const Parameter<double> p(Tensor<double>{5, 6});
  const Tensor loss = sum(w * p) * x;
  const Gradients gradients = tape.backward(loss);
  CHECK(thrown_elsewhere([&] {
          bool right = x.value() == 3 && x > 2 && w.to_vector() == Doubles{1, 2};
          right = right && loss.item() == 51 && fmt::format("{}", w) == "[1, 2]";
          right = right && gradients[x] == 17 && gradients[w].to_vector() == Doubles{15, 18};
          right = right && gradients[p].to_vector() == Doubles{3, 6} && p.value().size() == 2;
          right = right && Tensor<double>(w > 1).to_vector() == Doubles{0, 1};
          right = right && argmax(w).item() == 1;
          right = right && Var(x.detach() * 2).value() == 6;
          right = right && sum(w.detach() * 2).item() == 6;
          right = right && tape.backward(loss)[x] == 17;
          if (!right) throw TapeError("wrong");
        }) == "");
}

TEST_CASE("inside NoTape they are numbers on every thread") {
  Tape tape;
  const Var x = tape.variable(3.0);
  const Tensor w = tape.variable(Tensor<double>{1, 2});
  const Parameter<double> p(Tensor<double>{5, 6});
  const Tensor loss = sum(p * w);
  CHECK(thrown_elsewhere([&] {
          const NoTape pause;
          const Var y = x * x;
          const Tensor z = w * w, q = p * 2;
          const bool plain = y.place().generation == 0 && z.place().generation == 0 &&
                             q.place().generation == 0 && w(1).place().generation == 0;
          if (!plain || y.value() != 9 || z.to_vector() != Doubles{1, 4}) throw TapeError("wrong");
        }) == "");
}

TEST_CASE("they are numbers when their tape has ended, though others live") {
  Var<double> x;
  Tensor<double> w;
  const Parameter<double> p(Tensor<double>{5, 6});
  {
    Tape ended;
    x = ended.variable(3.0);
    w = ended.variable(Tensor<double>{1, 2});
    ended.backward(sum(p * w));
  }
  Tape living;
  CHECK(thrown_elsewhere([&] {
          const Var y = x * x;
          const Tensor z = w * w + p;
          if (y.value() != 9 || z.to_vector() != Doubles{6, 10}) throw TapeError("wrong");
        }) == "");
}

TEST_CASE("a variable of lanes is refused on another tape, whether or not that one has lanes") {
  using L = Lanes<double>;
  Tape outer;
  const Var<L> x = outer.variable(Var<L>(L(2.0)));
  CHECK(thrown_elsewhere([&] { Var<L>(x * x); }) == missed("variable"));
  Tape inner;
  CHECK_THROWS_WITH_AS(
      Var<L>(x * x),
      "Tape: this variable was recorded on another tape; call detach() to use its value here",
      TapeError);
}

TEST_CASE("a tape takes variables, and is cleared, on the thread that made it") {
  Tape tape;
  const std::string rest =
      ": this tape records on the thread that made it, and this is another one; make a tape of its "
      "own on this thread";
  Var x = 1.0;
  CHECK(thrown_elsewhere([&] { tape.variable(2.0); }) == "variable" + rest);
  CHECK(thrown_elsewhere([&] { tape.variable(Tensor<double>{1, 2}); }) == "variable" + rest);
  CHECK(thrown_elsewhere([&] { tape.variable(Doubles{1, 2}); }) == "variable" + rest);
  CHECK(thrown_elsewhere([&] { tape.watch(x); }) == "variable" + rest);
  CHECK(thrown_elsewhere([&] { tape.clear(); }) == "clear" + rest);
  CHECK(thrown_elsewhere([&] {
          Tape mine;
          tape.variable(2.0);
        }) == "variable" + rest);
  CHECK(tape.statements() == 0);
}
