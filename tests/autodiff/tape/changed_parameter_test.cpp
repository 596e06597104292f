// A tape lasts one step: a parameter whose value has changed since it came onto it is refused.

#include <doctest/doctest.h>

#include <vector>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/convolution.hpp"
#include "thalweg/autodiff/ops/reduce.hpp"
#include "thalweg/autodiff/tape/tape.hpp"
#include "thalweg/autodiff/tensor/creation.hpp"
#include "thalweg/autodiff/tensor/parameter.hpp"

using namespace thalweg;

namespace {

using Doubles = std::vector<double>;

const char* const message =
    "Parameter: its value has changed while the tape holds it; a tape lasts one step: make it anew "
    "for the next one, or call clear()";

Parameter<double> parameter() { return Parameter<double>(Tensor<double>{1, 2}); }

}  // namespace

TEST_CASE("a parameter that was assigned to while the tape holds it is refused") {
  auto w = parameter();
  Tape tape;
  const Tensor loss = sum(w * w);
  w.assign(w.value() - 0.1 * tape.backward(loss)[w]);
  CHECK_THROWS_WITH_AS(sum(w * w), message, TapeError);
  CHECK_THROWS_WITH_AS(as_tensor(w), message, TapeError);
  CHECK(w.value().to_vector() == Doubles{0.8, 1.6});           // it can be read
  CHECK(tape.backward(loss)[w].to_vector() == Doubles{2, 4});  // of the value that was recorded
  {
    const NoTape pause;
    CHECK(sum(w * w).item() == doctest::Approx(3.2).scale(0));
  }
  tape.clear();
  CHECK(tape.backward(sum(w * w))[w].to_vector() == Doubles{1.6, 3.2});
}

TEST_CASE("so is one that changed in place, or by another parameter's value") {
  auto w = parameter(), in_place = parameter(), copied = parameter(), moved = parameter();
  Tape tape;
  const Tensor loss = sum(w * in_place * copied * moved);
  in_place.mutable_values()[0] = 5;
  const auto source = parameter();
  copied = source;
  CHECK_THROWS_WITH_AS(sum(in_place * w), message, TapeError);
  CHECK_THROWS_WITH_AS(sum(copied * w), message, TapeError);
  moved.assign(Tensor<double>{7, 7});
  const Parameter<double> at_another_place = std::move(moved);
  CHECK_THROWS_WITH_AS(sum(at_another_place * w), message, TapeError);
  CHECK_NOTHROW(sum(w * w));
}

TEST_CASE("one that has its value again, or never had another, is not") {
  auto w = parameter();
  Tape tape;
  const Tensor<double> before = w.value();
  const Tensor loss = sum(w * w);
  w.assign(Tensor<double>{3, 4});
  w.assign(before);
  CHECK_NOTHROW(sum(w * w));
  w.assign(w.value());
  CHECK_NOTHROW(sum(w * w));
  w.freeze();
  w.assign(Tensor<double>{3, 4});
  CHECK(sum(w * w).item() == 25);  // a number
}

TEST_CASE("another tape takes the new value, and the old tape still refuses it") {
  auto w = parameter();
  Tape outer;
  const Tensor loss = sum(w * w);
  w.assign(Tensor<double>{3, 4});
  {
    Tape inner;
    CHECK(inner.backward(sum(w * w))[w].to_vector() == Doubles{6, 8});
  }
  CHECK_THROWS_WITH_AS(sum(w * w), message, TapeError);
}

TEST_CASE("the order of its elements is no change") {
  Parameter<float> w(ones<float>(Shape{1, 2, 2, 2}));
  const auto x = ones<float>(Shape{1, 2, 4, 4});
  Tape tape;
  const Tensor first = conv2d(x, w), second = conv2d(x, w);
  CHECK(tape.backward(sum(first * second))[w].size() == 8);
  Parameter<float> image(first.detach());  // made channels-last
  const Tensor a = image * 2.0f;
  CHECK(image.value().to_vector().size() == 9);  // now also row-major
  CHECK_NOTHROW(Tensor<float>(image * 2.0f));
  image.mutable_values()[0] = 3;
  CHECK_THROWS_WITH_AS(Tensor<float>(image * 2.0f), message, TapeError);
}
