#include "thalweg/autodiff/tape/tape.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <vector>

#include "tests/close.hpp"
#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/exponential.hpp"

using namespace thalweg;

TEST_CASE("a tape records while it lives") {
  CHECK(Tape::current() == nullptr);
  {
    Tape tape;
    CHECK(Tape::current() == &tape);
    CHECK(tape.statements() == 0);
    Var x = tape.variable(2.0);
    Var y = x * x;
    CHECK(y.value() == 4);
    CHECK(tape.statements() == 2);
    CHECK(tape.backward(y)[x] == 4);
  }
  CHECK(Tape::current() == nullptr);
}

TEST_CASE("without a tape nothing is recorded and values are the same") {
  const Var x = 2.0;
  const Var y = exp(x) * x;
  CHECK(testing::close(y.value(), 2 * std::exp(2.0)));
  CHECK(y.place().generation == 0);
  const Tensor<double> a = {1, 2};
  const Tensor b = a * 2;
  CHECK(b.place().generation == 0);
  CHECK(b.to_vector() == std::vector<double>{2, 4});
}

TEST_CASE("an inner tape takes over until it ends") {
  Tape outer;
  Var x = outer.variable(3.0);
  Var before = x * x;
  {
    Tape inner;
    CHECK(Tape::current() == &inner);
    Var z = inner.variable(x);
    Var y = z * z * z;
    CHECK(inner.backward(y)[z] == 27);
    CHECK_THROWS_AS(Var(x * z), TapeError);
  }
  CHECK(Tape::current() == &outer);
  Var after = before * x;
  CHECK(outer.backward(after)[x] == 27);
  CHECK(outer.statements() == 3);
}

TEST_CASE("three tapes within each other, and a loop of tapes") {
  Tape first;
  Var a = first.variable(2.0);
  double sum = 0;
  for (int k = 0; k < 3; ++k) {
    Tape second;
    Var b = second.variable(a);
    Tape third;
    Var c = third.variable(b);
    Var y = c * c;
    sum += third.backward(y)[c];
  }
  CHECK(sum == 12);
  Var y = a * a;
  CHECK(first.backward(y)[a] == 4);
}

TEST_CASE("tapes may end in any order") {
  std::optional<Tape> first, second;
  first.emplace();
  second.emplace();
  first.reset();
  CHECK(Tape::current() == &*second);
  {
    Var x = second->variable(3.0);
    Var y = x * x;
    CHECK(second->backward(y)[x] == 6);
  }
  second.reset();
  CHECK(Tape::current() == nullptr);
  const Tensor<double> passive = {1, 2};
  CHECK(Tensor<double>(passive * 2).place().generation == 0);
}

TEST_CASE("a scalar statement costs one byte and twelve per active argument") {
  Tape tape;
  Var x = tape.variable(2.0), z = tape.variable(3.0);
  const std::size_t inputs = tape.bytes();
  CHECK(inputs == 2);
  Var y = exp(x) * exp(z) + x * 3 - 1;
  CHECK(tape.statements() == y.place().id);
  CHECK(tape.statements() == 3);
  CHECK(tape.arguments() == 3);
  CHECK(tape.bytes() - inputs == 1 + 12 * 3);

  Tape single;
  Var a = single.variable(2.0f);
  Var b = a * a;
  CHECK(b.value() == 4);
  CHECK(single.bytes() == 2 + 8 * 2);
}

TEST_CASE("an update with an unnamed expression is one statement") {
  Tape tape;
  Var x = tape.variable(2.0), z = tape.variable(3.0);
  Var s = tape.variable(0.0);
  const std::size_t before = tape.statements();
  s += x * z;
  CHECK(tape.statements() == before + 1);
  CHECK(tape.arguments() == 3);
}

TEST_CASE("passive arguments and passive statements are not recorded") {
  Tape tape;
  Var x = tape.variable(2.0);
  const Var constant = 5.0;
  Var y = x * constant + 1;
  CHECK(tape.arguments() == 1);
  Var passive = exp(constant) * 2;
  CHECK(passive.place().generation == 0);
  CHECK(tape.statements() == 2);
  CHECK(tape.backward(y)[x] == 5);
}

TEST_CASE("a long recording survives the growth of its memory") {
  Tape tape;
  Var x = tape.variable(1.0);
  Var s = x;
  for (int k = 0; k < 100000; ++k) s = s + x;
  CHECK(tape.statements() == 100001);
  CHECK(tape.backward(s)[x] == 100001);
}

TEST_CASE("many inputs before the first statement, and between statements") {
  Tape tape;
  std::vector<Var<double>> x = tape.variable(std::vector<double>(5000, 2.0));
  Var y = x[0] * x[4999];
  std::vector<Var<double>> z = tape.variable(std::vector<double>(5000, 3.0));
  y = y * z[4999] + z[0];
  const Gradients gradients = tape.backward(y);
  CHECK(gradients[x[4999]] == 6);
  CHECK(gradients[z[4999]] == 4);
  CHECK(gradients[z[0]] == 1);
  CHECK(gradients[z[1]] == 0);
}

TEST_CASE("backward twice gives the same answer twice") {
  Tape tape;
  auto w = tape.variable(Tensor<double>{{1, 2}, {3, 4}});
  auto u = exp(w * 0.5);
  Tensor y = u * w;
  Var s = y(0, 0) * y(1, 1);
  const Gradients first = tape.backward(s), second = tape.backward(s);
  CHECK(first[w].to_vector() == second[w].to_vector());
  CHECK(first[u].to_vector() == second[u].to_vector());
  CHECK(first[y].to_vector() == second[y].to_vector());
  Var t = s * s;
  const Gradients third = tape.backward(t);
  for (std::size_t k = 0; k < 4; ++k)
    CHECK(testing::close(third[w].to_vector()[k], 2 * s.value() * first[w].to_vector()[k]));
  CHECK(tape.backward(s)[w].to_vector() == first[w].to_vector());
}

TEST_CASE("clear starts anew") {
  Tape tape;
  Var x = tape.variable(2.0);
  auto w = tape.variable(Tensor<double>{1, 2});
  Tensor kept = w * w;
  tape.clear();
  CHECK(tape.statements() == 0);
  CHECK(tape.bytes() == 0);
  CHECK(kept.to_vector() == std::vector<double>{1, 4});
  CHECK_THROWS_AS(Var(x * x), TapeError);
  CHECK_THROWS_AS(Tensor<double>(kept * kept), TapeError);
  tape.watch(x, w);
  Var y = x * x;
  CHECK(tape.backward(y)[x] == 4);
  Tensor z = w * kept.detach();
  CHECK(tape.backward(z, Tensor<double>{1, 1})[w].to_vector() == std::vector<double>{1, 4});
}

TEST_CASE("watch makes variables in place") {
  Var x = 2.0;
  std::vector<Var<double>> xs = {1.0, 3.0};
  Tensor<double> w = {1, 2};
  Tape tape;
  tape.watch(x, w);
  tape.watch(xs);
  Var y = x * xs[0] * xs[1];
  const Gradients gradients = tape.backward(y);
  CHECK(gradients[x] == 3);
  CHECK(gradients[xs] == std::vector<double>{6, 2});
  CHECK(gradients[w].to_vector() == std::vector<double>{0, 0});
}

TEST_CASE("a variable of a tape that has ended is refused on the next one") {
  Var<double> x;
  Tensor<double> w;
  {
    Tape tape;
    x = tape.variable(2.0);
    w = tape.variable(Tensor<double>{1, 2});
  }
  CHECK(Var(x * x).value() == 4);  // without a tape it is a number
  Tape tape;
  CHECK_THROWS_WITH_AS(Var(x * x),
                       "Tape: this variable was recorded on a tape that has ended; call detach() "
                       "to carry its value over",
                       TapeError);
  CHECK_THROWS_WITH_AS(Tensor<double>(w * w),
                       "Tape: this tensor was recorded on a tape that has ended; call detach() to "
                       "carry its value over",
                       TapeError);
  CHECK_THROWS_WITH_AS(tape.backward(w),
                       "Tape: this loss was recorded on a tape that has ended; call detach() to "
                       "carry its value over",
                       TapeError);
  CHECK(Var(x.detach() * 2).value() == 4);
  CHECK(Tensor<double>(w.detach() * 2).to_vector() == std::vector<double>{2, 4});
}

TEST_CASE("a variable of another tape is refused") {
  Tape outer;
  Var x = outer.variable(2.0);
  auto w = outer.variable(Tensor<double>{1, 2});
  Tape inner;
  CHECK_THROWS_WITH_AS(
      Var(x * x),
      "Tape: this variable was recorded on another tape; call detach() to use its value here",
      TapeError);
  CHECK_THROWS_WITH_AS(
      Tensor<double>(w * w),
      "Tape: this tensor was recorded on another tape; call detach() to use its value here",
      TapeError);
  CHECK_THROWS_WITH_AS(
      inner.backward(x),
      "Tape: this loss was recorded on another tape; call detach() to use its value here",
      TapeError);
  CHECK_THROWS_AS(Tensor<double>(std::vector<Var<double>>{x, 1.0}), TapeError);
}

TEST_CASE("an op that throws leaves the tape as it was") {
  Tape outer;
  Var foreign = outer.variable(1.0);
  Tape tape;
  Var x = tape.variable(2.0);
  Var y = x * x;
  const std::size_t statements = tape.statements(), bytes = tape.bytes();
  CHECK_THROWS_AS(Var(x * x * foreign), TapeError);
  auto a = Tensor<double>{1, 2}, b = Tensor<double>{1, 2, 3};
  CHECK_THROWS_AS(Tensor<double>(a * b + x), ShapeError);
  CHECK(tape.statements() <= statements + 1);  // x as a tensor of rank 0 came first
  CHECK(tape.bytes() >= bytes);
  y = y * x;
  CHECK(tape.backward(y)[x] == 12);
}

TEST_CASE("backward asks for a number, or for a seed of the result's shape") {
  Tape tape;
  auto w = tape.variable(Tensor<double>{{1, 2, 3}, {4, 5, 6}});
  Tensor y = w * w;
  CHECK_THROWS_WITH_AS(tape.backward(y),
                       "backward: the result has shape [2, 3]; reduce it to one number first (sum, "
                       "mean), or give a seed of that shape: backward(y, seed)",
                       ShapeError);
  CHECK_THROWS_WITH_AS(tape.backward(y, Tensor<double>{1, 2, 3}),
                       "backward: the seed has shape [3], the result [2, 3]; they must agree",
                       ShapeError);
  const Tensor<double> seed = {{1, 0, 0}, {0, 0, 2}};
  CHECK(tape.backward(y, seed)[w].to_vector() == std::vector<double>{2, 0, 0, 0, 0, 24});
  CHECK(tape.backward(y, seed)[y].to_vector() == seed.to_vector());
}

TEST_CASE("the seed stays as it was") {
  Tape tape;
  auto w = tape.variable(Tensor<double>{1, 2});
  Tensor y = w + w;
  Tensor<double> seed = {1, 1};
  tape.backward(y, seed);
  tape.backward(w, seed);
  CHECK(seed.to_vector() == std::vector<double>{1, 1});
}

TEST_CASE("a tensor of one element is a loss, whatever its rank") {
  Tape tape;
  auto w = tape.variable(Tensor<double>({1, 1}, {3.0}));
  CHECK(tape.backward(w * w)[w].to_vector() == std::vector<double>{6});
  auto v = tape.variable(Tensor<double>(3.0));
  CHECK(tape.backward(v * v)[v].item() == 6);
}

TEST_CASE("a loss that was not recorded is refused") {
  const char* const message =
      "backward: the loss was not recorded; compute it while the tape lives, from variables of "
      "this tape (tape.variable(...)) or parameters";
  Var x = 2.0;
  Tape tape;
  CHECK_THROWS_WITH_AS(tape.backward(x * x), message, TapeError);
  CHECK_THROWS_WITH_AS(tape.backward(Tensor<double>(1.0)), message, TapeError);
  CHECK_THROWS_WITH_AS(tape.backward(Tensor<double>()), message, TapeError);
}

TEST_CASE("backward without a tape says what is missing") {
  const Var x = 2.0;
  CHECK_THROWS_WITH_AS(backward(x),
                       "backward: no tape records on this thread; make one (Tape tape;) before the "
                       "loss is computed",
                       TapeError);
  Tape tape;
  Var z = tape.variable(2.0);
  CHECK(backward(z * z)[z] == 4);
}

TEST_CASE("NoTape suspends recording until it ends") {
  Tape tape;
  Var x = tape.variable(2.0);
  auto w = tape.variable(Tensor<double>{1, 2});
  const std::size_t statements = tape.statements();
  {
    NoTape pause;
    CHECK(Tape::current() == nullptr);
    CHECK(Var(x * x).place().generation == 0);
    CHECK(Tensor<double>(w * w).place().generation == 0);
    CHECK(w(1).value() == 2);
    CHECK(w.scalars()[0].value() == 1);
    {
      Tape inner;
      Var z = inner.variable(3.0);
      CHECK(inner.backward(z * z)[z] == 6);
    }
    CHECK(Tape::current() == nullptr);
  }
  CHECK(Tape::current() == &tape);
  CHECK(tape.statements() == statements);
}

TEST_CASE("a name used under NoTape is still a node afterwards") {
  Tape tape;
  Var x = tape.variable(3.0);
  auto w = tape.variable(Tensor<double>{1, 2});
  auto u = x * x;
  auto v = w * w;
  {
    NoTape pause;
    CHECK(Var(u).value() == 9);
    CHECK(v.to_vector() == std::vector<double>{1, 4});
  }
  CHECK(tape.backward(u * 2)[x] == 12);
  CHECK(tape.backward(v * 2, Tensor<double>{1, 1})[w].to_vector() == std::vector<double>{4, 8});
}

TEST_CASE("memory stays warm from tape to tape") {
  const Tensor<double> value({64, 64}, std::vector<double>(4096, 1.0));
  std::size_t cached = 0;
  for (int k = 0; k < 5; ++k) {
    {
      Tape tape;
      auto w = tape.variable(value);
      Tensor y = exp(w * w) + w;
      const Tensor g = tape.backward(y, value)[w];
      CHECK(g.size() == 4096);
    }
    if (k == 1) cached = cached_bytes();
    if (k > 1) CHECK(cached_bytes() == cached);
  }
}
