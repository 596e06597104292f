// Tapes of different threads never meet; what they share they only read.

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <thread>
#include <vector>

#include "tests/close.hpp"
#include "thalweg/autodiff/base/parallel.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/exponential.hpp"
#include "thalweg/autodiff/tape/tape.hpp"

using namespace thalweg;

namespace {

using Numbers = std::vector<double>;
constexpr int team = 8;

/// f(number) on eight threads at once. The library itself uses one thread meanwhile.
template <class F>
void on_threads(F&& f) {
  const int before = threads();
  set_threads(1);
  std::vector<std::thread> workers;
  for (int number = 0; number < team; ++number) workers.emplace_back([&f, number] { f(number); });
  for (std::thread& worker : workers) worker.join();
  set_threads(before);
}

}  // namespace

TEST_CASE("each thread has its own tape") {
  std::array<double, team> slopes{};
  on_threads([&](int number) {
    for (int round = 0; round < 200; ++round) {
      Tape tape;
      Var x = tape.variable(number + 1.0);
      Var y = 1.0;
      for (int k = 0; k < 20; ++k) y = y * 0.5 + x * x;
      slopes[static_cast<std::size_t>(number)] = tape.backward(y)[x];
    }
  });
  for (int number = 0; number < team; ++number)
    CHECK(testing::close(slopes[static_cast<std::size_t>(number)],
                         2 * (number + 1.0) * 2 * (1 - std::pow(0.5, 20))));
}

TEST_CASE("a tape of one thread does not record what another one computes") {
  Tape tape;
  Var x = tape.variable(2.0);
  const std::size_t statements = tape.statements();
  std::atomic<bool> none = true;
  on_threads([&](int) {
    none = none && Tape::current() == nullptr;
    const NoTape pause;
    Var y = x * x;  // a number here
    none = none && y.place().generation == 0;
  });
  CHECK(none);
  CHECK(tape.statements() == statements);
}

TEST_CASE("a variable of another thread's tape is refused") {
  Tape tape;
  Var x = tape.variable(2.0);
  auto w = tape.variable(Tensor<double>{1, 2});
  std::atomic<int> refused = 0;
  on_threads([&](int) {
    Tape mine;
    try {
      Var y = x * x;
      refused += y.value() < 0;
    } catch (const TapeError&) {
      ++refused;
    }
    try {
      Tensor z = w * w;
    } catch (const TapeError&) {
      ++refused;
    }
  });
  CHECK(refused == 2 * team);
}

TEST_CASE("parameters and data are read by all threads, and the gradients added") {
  const Parameter<double> p(Tensor<double>{1, 2, 3}), q(Tensor<double>{2, 2, 2});
  const Tensor<double> data = {1, 10, 100};
  std::array<Gradients, team> parts;
  on_threads([&](int number) {
    for (int round = 0; round < 100; ++round) {
      Tape tape;
      auto u = p * data * number;  // the tape keeps data for the backward pass
      Tensor y = u * q + data;
      parts[static_cast<std::size_t>(number)] = tape.backward(y, Tensor<double>{1, 1, 1});
    }
  });
  Gradients total;
  for (const Gradients& part : parts) total += part;
  CHECK(total[p].to_vector() == Numbers{2 * 28, 20 * 28, 200 * 28});
  CHECK(total[q].to_vector() == Numbers{1 * 28, 20 * 28, 300 * 28});
  CHECK(data.to_vector() == Numbers{1, 10, 100});
}

TEST_CASE("handles are copied and dropped by all threads") {
  const Tensor<double> shared(Shape{1000}, Numbers(1000, 1.5));
  std::atomic<int> right = 0;
  on_threads([&](int) {
    bool all = true;
    for (int round = 0; round < 200; ++round) {
      Tensor copy = shared;
      const Tensor detached = copy.detach();
      copy.mutable_values()[0] = round;
      all &= detached(0).value() == 1.5 && copy(0).value() == round;
    }
    right += all;
  });
  CHECK(right == team);
}

TEST_CASE("tensors made in one thread end in another") {
  std::array<Tensor<double>, team> made;
  std::array<Gradients, team> gradients;
  on_threads([&](int number) {
    Tape tape;
    auto w = tape.variable(Tensor<double>(Shape{500}, Numbers(500, number)));
    made[static_cast<std::size_t>(number)] = w * w;
    gradients[static_cast<std::size_t>(number)] =
        tape.backward(w * w, Tensor<double>(Shape{500}, Numbers(500, 1.0)));
  });
  for (int number = 0; number < team; ++number)
    CHECK(made[static_cast<std::size_t>(number)](499).value() == number * number);
  on_threads([&](int number) { made[static_cast<std::size_t>(number)] = Tensor<double>(); });
}

TEST_CASE("a tape and its tensors may belong to the thread itself") {
  std::atomic<int> right = 0;
  on_threads([&](int number) {
    static thread_local Tensor<double> first = {1, 2};
    static thread_local Tape tape;
    static thread_local Tensor<double> w = tape.variable(Tensor<double>{1.0 * number, 2});
    static thread_local auto u = w * first;
    right += tape.backward(u, Tensor<double>{1, 1})[w].to_vector() == Numbers{1, 2};
  });  // they end in the opposite order, after which the thread's pool does
  CHECK(right == team);
}
