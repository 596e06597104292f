// Tapes and NoTapes end in any order, on any thread, or with the thread or the program.

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/reduce.hpp"
#include "thalweg/autodiff/tape/tape.hpp"
#include "thalweg/autodiff/tensor/parameter.hpp"

using namespace thalweg;

namespace {

template <class F>
void elsewhere(F&& f) {
  std::thread(std::forward<F>(f)).join();
}

double slope_of_square(double at) {
  Tape tape;
  Var x = tape.variable(at);
  Var y = x * x;
  return tape.backward(y)[x];
}

}  // namespace

TEST_CASE("a tape that ends on another thread records no longer on its own") {
  auto tape = std::make_unique<Tape>();
  Var x = tape->variable(3.0);
  auto w = tape->variable(Tensor<double>{1, 2});
  elsewhere([&] { tape.reset(); });
  const Parameter<double> p(Tensor<double>{1, 2});
  CHECK(Tensor<double>(w * w + p).place().generation == 0);
  CHECK(Tape::current() == nullptr);
  CHECK(Var(x * x).place().generation == 0);
  Tape next;
  CHECK(Tape::current() == &next);
  Var z = next.variable(2.0);
  Var y = z * z;
  CHECK(next.backward(y)[z] == 4);
  CHECK_THROWS_AS(Var(x * z), TapeError);
}

TEST_CASE("the next tape is a new one, however the last one ended") {
  for (int round = 0; round < 3; ++round) {
    auto tape = std::make_unique<Tape>();
    Var x = tape->variable(3.0);
    CHECK(Var(x * x).value() == 9);
    elsewhere([&] { tape.reset(); });
    CHECK(slope_of_square(2.0) == 4);
  }
  CHECK(Tape::current() == nullptr);
}

TEST_CASE("a statement that meets a tape which has ended elsewhere is refused once") {
  Tape outer;
  Var x = outer.variable(3.0);
  auto inner = std::make_unique<Tape>();
  elsewhere([&] { inner.reset(); });
  CHECK_THROWS_WITH_AS(Var(x * x),
                       "Tape: the tape that recorded on this thread has ended on another one; it "
                       "records no longer, so compute this statement again",
                       TapeError);
  Var y = x * x;
  CHECK(outer.backward(y)[x] == 6);
}

TEST_CASE("an outer tape that ends on another thread is gone when the inner one ends") {
  auto outer = std::make_unique<Tape>();
  {
    Tape inner;
    elsewhere([&] { outer.reset(); });
    CHECK(Tape::current() == &inner);
  }
  CHECK(Tape::current() == nullptr);
}

TEST_CASE("a tape may outlive the thread that made it") {
  std::unique_ptr<Tape> tape;
  Var<double> x;
  Tensor<double> w, loss;
  elsewhere([&] {
    tape = std::make_unique<Tape>();
    x = tape->variable(3.0);
    w = tape->variable(Tensor<double>{1, 2});
    loss = sum(w * w) * x;
  });
  CHECK(Tape::current() == nullptr);
  CHECK(tape->backward(loss)[x] == 5);
  CHECK_THROWS_AS(tape->variable(1.0), TapeError);
  CHECK_THROWS_AS(Var(x * x), TapeError);  // it lives
  CHECK(slope_of_square(2.0) == 4);
  tape.reset();
  CHECK(Var(x * x).value() == 9);
  CHECK(slope_of_square(2.0) == 4);
}

TEST_CASE("a NoTape that ends on another thread pauses its own no longer") {
  Tape tape;
  Var x = tape.variable(3.0);
  auto w = tape.variable(Tensor<double>{1, 2});
  auto pause = std::make_unique<NoTape>();
  CHECK(Var(x * x).place().generation == 0);
  elsewhere([&] {
    pause.reset();
    CHECK(Tape::current() == nullptr);
  });
  SUBCASE("noticed by a scalar") { CHECK(tape.backward(Var(x * x))[x] == 6); }
  SUBCASE("noticed by a tensor") { CHECK(tape.backward(sum(w * w))[w](1).value() == 4); }
  SUBCASE("noticed by a parameter") {
    const Parameter<double> p(Tensor<double>{1, 2});
    CHECK(tape.backward(sum(p * p))[p](1).value() == 4);
  }
  SUBCASE("noticed by whoever asks") { CHECK(Tape::current() == &tape); }
  CHECK(Tape::current() == &tape);
}

TEST_CASE("a NoTape may outlive the thread that made it") {
  std::unique_ptr<NoTape> pause;
  elsewhere([&] { pause = std::make_unique<NoTape>(); });
  Tape tape;
  Var x = tape.variable(3.0);
  pause.reset();
  CHECK(tape.backward(Var(x * x))[x] == 6);
}

TEST_CASE("tapes and NoTapes end in any order on one thread") {
  std::optional<Tape> outer, inner;
  std::optional<NoTape> pause;
  outer.emplace();
  pause.emplace();
  outer.reset();  // under the NoTape
  CHECK(Tape::current() == nullptr);
  pause.reset();
  CHECK(Tape::current() == nullptr);
  CHECK(slope_of_square(2.0) == 4);

  outer.emplace();
  pause.emplace();
  inner.emplace();
  pause.reset();  // under the inner tape
  CHECK(Tape::current() == &*inner);
  inner.reset();
  CHECK(Tape::current() == &*outer);
}

TEST_CASE("a tape may last as long as the program") {
  static std::unique_ptr<Tape> tape;
  elsewhere([] { tape = std::make_unique<Tape>(); });
  CHECK(tape->statements() == 0);
}
