#include "thalweg/autodiff/ops/views.hpp"

#include "tests/autodiff/laws/tensor_laws.hpp"
#include "thalweg/autodiff/ops/join.hpp"
#include "thalweg/autodiff/ops/slice.hpp"
#include "thalweg/autodiff/ops/stop_gradient.hpp"

using namespace thalweg;
using test::check_adjoint;
using test::check_equal;
using test::message_of;
using test::random_tensor;

namespace {

const Tensor<double> six = {{1, 2, 3}, {4, 5, 6}};

}  // namespace

TEST_CASE("reshape, flatten, squeeze and unsqueeze share the elements") {
  const auto x = random_tensor({2, 1, 6});
  for (const auto& y : {reshape(x, {3, 4}), flatten(x), squeeze(x), unsqueeze(x, 0)}) {
    CHECK(y.data() == x.data());
    CHECK(y.size() == x.size());
  }
  CHECK(reshape(x, {-1, 4}).shape() == Shape{3, 4});
  CHECK(reshape(x, Shape{12}).shape() == Shape{12});
  CHECK(reshape(random_tensor({1}), {}).shape() == Shape{});
  CHECK(flatten(random_tensor({2, 3, 4}), 1).shape() == Shape{2, 12});
  CHECK(flatten(random_tensor({2, 3, 4}), 0, -2).shape() == Shape{6, 4});
  CHECK(flatten(Tensor<double>(1.0)).shape() == Shape{1});
  CHECK(squeeze(x).shape() == Shape{2, 6});
  CHECK(squeeze(random_tensor({1, 3, 1}), 0).shape() == Shape{3, 1});
  CHECK(unsqueeze(six, -1).shape() == Shape{2, 3, 1});
  CHECK(unsqueeze(six, 1).shape() == Shape{2, 1, 3});
  CHECK(reshape(random_tensor({0, 3}), {3, -1}).shape() == Shape{3, 0});
  CHECK(reshape(Tensor<double>(), {0, 2}).shape() == Shape{0, 2});
  CHECK(reshape(IndexTensor{1, 2, 3, 4}, {2, 2})(1, 0) == 3);
}

TEST_CASE("writing to a view leaves the original alone") {
  auto x = random_tensor({2, 3});
  const double first = x.data()[0];
  auto y = flatten(x), z = slice(x, 0, {0, 1});
  y.mutable_values()[0] = 7;
  z.mutable_values()[0] = 8;
  CHECK(x.data()[0] == first);
  x.mutable_values()[1] = 9;
  CHECK(y.data()[1] != 9);
}

TEST_CASE("gradients through views") {
  const auto x = random_tensor({2, 3, 4});
  check_adjoint([](const auto& v) { return reshape(v, {6, -1}); }, x);
  check_adjoint([](const auto& v) { return flatten(v, 1); }, x);
  check_adjoint([](const auto& v) { return squeeze(unsqueeze(v, 1)); }, x);
  check_adjoint([](const auto& v) { return permute(v, {2, 0, 1}); }, x);
  check_adjoint([](const auto& v) { return transpose(v); }, x);
  check_adjoint([](const auto& v) { return transpose(v, 0, -1); }, x);
  check_adjoint([](const auto& v) { return flip(v, {0, 2}); }, x);
  check_adjoint([](const auto& v) { return flip(v); }, x);
  check_adjoint([](const auto& v) { return broadcast_to(v, {5, 3, 2}); }, random_tensor({3, 1}));
  check_adjoint([](const auto& v) { return broadcast_to(v, {2, 3}); }, random_tensor({}));
  check_adjoint(
      [](const auto& v) {
        return reshape(v, {6}) * reshape(v, {2, 3, 1});
      },
      random_tensor({2, 3}));
}

TEST_CASE("permute and transpose reorder") {
  check_equal(transpose(six), Tensor<double>{{1, 4}, {2, 5}, {3, 6}});
  check_equal(permute(six, {-1, 0}), Tensor<double>{{1, 4}, {2, 5}, {3, 6}});
  const auto x = random_tensor<float>({2, 3, 4});
  const auto y = permute(x, {2, 0, 1});
  CHECK(y.shape() == Shape{4, 2, 3});
  for (Index i = 0; i < 2; ++i)
    for (Index j = 0; j < 3; ++j)
      for (Index k = 0; k < 4; ++k) CHECK(y(k, i, j).value() == x(i, j, k).value());
  CHECK(transpose(IndexTensor{{1, 2}, {3, 4}}).to_vector() == std::vector<Index>{1, 3, 2, 4});
  CHECK(transpose(random_tensor({0, 3})).shape() == Shape{3, 0});
}

TEST_CASE("flip and broadcast_to") {
  check_equal(flip(six, 1), Tensor<double>{{3, 2, 1}, {6, 5, 4}});
  check_equal(flip(six), Tensor<double>{{6, 5, 4}, {3, 2, 1}});
  check_equal(broadcast_to(Tensor<double>{1, 2}, {2, 2}), Tensor<double>{{1, 2}, {1, 2}});
  check_equal(broadcast_to(Tensor<double>{{1}, {2}}, {2, 2}), Tensor<double>{{1, 1}, {2, 2}});
  CHECK(broadcast_to(random_tensor({1, 3}), {0, 3}).shape() == Shape{0, 3});
}

TEST_CASE("slices are those of Python") {
  const auto x = Tensor<double>{0, 1, 2, 3, 4, 5, 6, 7};
  const auto check = [&](Range range, std::vector<double> wanted) {
    CHECK(slice(x, 0, range).to_vector() == wanted);
  };
  check({2, 5}, {2, 3, 4});
  check({.begin = 1, .end = 8, .step = 3}, {1, 4, 7});
  check({-2}, {6, 7});
  check({.end = -6}, {0, 1});
  check({-100, 2}, {0, 1});
  check({5, 100, 2}, {5, 7});
  check({5, 2}, {});
  check({.step = 100}, {0});
  check_equal(slice(six, 1, 0, 3, 2), Tensor<double>{{1, 3}, {4, 6}});
  check_equal(slice(six, -1, {1}), Tensor<double>{{2, 3}, {5, 6}});
}

TEST_CASE("a stretch of rows shares the elements, anything else is a copy") {
  CHECK(slice(six, 0, {1, 2}).data() == six.data() + 3);
  CHECK(row(six, 1).data() == six.data() + 3);
  CHECK(slice(six, 0, {0, 2, 2}).data() == six.data());
  CHECK(slice(six, 1, {0, 2}).data() != six.data());
  CHECK(row(six, -1).shape() == Shape{3});
  check_equal(at(six, 1, 2), Tensor<double>{3, 6});
  CHECK(at(Tensor<double>{1, 2}, 0, 1).item() == 2);
  CHECK(row(IndexTensor{4, 5, 6}, 1).item() == 5);
}

TEST_CASE("gradients through parts, which may overlap") {
  const auto x = random_tensor({4, 6});
  check_adjoint([](const auto& v) { return slice(v, 1, {1, 6, 2}); }, x);
  check_adjoint([](const auto& v) { return slice(v, 0, {1, 3}); }, x);
  check_adjoint([](const auto& v) { return slice(v, 0, {2, 2}); }, x);
  check_adjoint([](const auto& v) { return row(v, 2) * row(v, 2) + row(v, -1); }, x);
  check_adjoint([](const auto& v) { return at(v, 1, 3); }, x);
  check_adjoint([](const auto& v) { return slice(v, 0, {0, 3}) * slice(v, 0, {1, 4}); }, x);
  check_adjoint([](const auto& v) { return at(at(v, 0, 1), 0, 2); }, x);
}

TEST_CASE("split") {
  const auto parts = split(six, {1, 2}, 1);
  check_equal(parts[0], Tensor<double>{{1}, {4}});
  check_equal(parts[1], Tensor<double>{{2, 3}, {5, 6}});
  CHECK(split(six, 2).size() == 2);
  CHECK(split(six, std::vector<Index>{2, 0}, 0)[1].shape() == Shape{0, 3});
  check_adjoint(
      [](const auto& v) {
        const auto p = split(v, 3, 1);
        return p[0] * p[2] + p[1];
      },
      random_tensor({2, 6}));
}

TEST_CASE("concat, stack and pad") {
  check_equal(concat({six, six}), Tensor<double>{{1, 2, 3}, {4, 5, 6}, {1, 2, 3}, {4, 5, 6}});
  check_equal(concat(six, Tensor<double>{{7}, {8}}, 1), Tensor<double>{{1, 2, 3, 7}, {4, 5, 6, 8}});
  check_equal(concat<double>({six * 2.0, six}, -1),
              Tensor<double>{{2, 4, 6, 1, 2, 3}, {8, 10, 12, 4, 5, 6}});
  check_equal(concat(std::vector{six}), six);
  check_equal(concat({slice(six, 0, {0, 0}), six}), six);
  check_equal(stack({row(six, 0), row(six, 1)}), six);
  check_equal(stack(row(six, 0), row(six, 1), -1), transpose(six));
  check_equal(pad(Tensor<double>{{1, 2}}, {{1, 0}, {0, 2}}, -1),
              Tensor<double>{{-1, -1, -1, -1}, {1, 2, -1, -1}});
  CHECK(concat(IndexTensor{1}, IndexTensor{2, 3}).to_vector() == std::vector<Index>{1, 2, 3});
}

TEST_CASE("gradients through concat, stack and pad") {
  const auto a = random_tensor({2, 3}, 1), b = random_tensor({2, 2}, 2),
             c = random_tensor({2, 3}, 3);
  check_adjoint([](const auto& x, const auto& y) { return concat(x, y, 1); }, a, b);
  check_adjoint([](const auto& x, const auto& y) { return concat(x, y, 0); }, a, c);
  check_adjoint([](const auto& x, const auto& y) { return stack(x, y, 1); }, a, c);
  check_adjoint(
      [](const auto& x, const auto& y) {
        const auto p = as_tensor(x), q = as_tensor(y);
        return concat({p, q, p}, 1);
      },
      a, b);
  check_adjoint([](const auto& x) { return pad(x, {{1, 0}, {2, 1}}); }, a);
  Tape tape;
  const auto x = tape.variable(a);
  check_equal(tape.backward(sum(concat(b, x, 1) * 2.0))[x], Tensor<double>{{2, 2, 2}, {2, 2, 2}});
}

TEST_CASE("stop_gradient lets no gradient through") {
  Tape tape;
  const auto x = tape.variable(Tensor<double>{2, 3});
  check_equal(tape.backward(sum(x * stop_gradient(x)))[x], Tensor<double>{2, 3});
  check_equal(tape.backward(sum(x + stop_gradient(x * x)))[x], Tensor<double>{1, 1});
  const Var<double> s = tape.variable(4.0);
  CHECK(tape.backward(s * stop_gradient(s * 1.0))[s] == 4);
  CHECK(stop_gradient(1.5) == 1.5);
}

TEST_CASE("what views say about shapes that do not fit") {
  CHECK(message_of([] {
          reshape(six, {4, -1});
        }) ==
        "reshape: [2, 3] with 6 elements does not fit [4, -1]; no whole size in the place of -1 "
        "does");
  CHECK(message_of([] {
          reshape(six, {4, 2});
        }) ==
        "reshape: [2, 3] with 6 elements does not fit [4, 2]; the product of the sizes must stay "
        "the same");
  CHECK(message_of([] {
          reshape(six, {-1, -1});
        }) == "reshape: [2, 3] with 6 elements does not fit [-1, -1]; only one size may be -1");
  CHECK(message_of([] {
          reshape(six, {-2, -3});
        }) ==
        "reshape: [2, 3] with 6 elements does not fit [-2, -3]; sizes are at least 0, or -1 for "
        "what is left");
  CHECK(message_of([] { flatten(six, 1, 0); }) ==
        "flatten: axis 1 comes after axis 0 in shape [2, 3]");
  CHECK(message_of([] { squeeze(six, 1); }) ==
        "squeeze: axis 1 of shape [2, 3] has size 3; expected 1");
  CHECK(message_of([] { unsqueeze(six, 3); }) ==
        "unsqueeze: a new axis 3 is out of range for shape [2, 3]; expected -3 to 2");
  CHECK(message_of([] { permute(six, {0}); }) ==
        "permute: 1 axes given for shape [2, 3]; expected each of its 2 once");
  CHECK(message_of([] {
          permute(six, {0, -2});
        }) == "permute: axis -2 of shape [2, 3] is given twice");
  CHECK(message_of([] { transpose(row(six, 0)); }) ==
        "transpose: shape [3] has one axis; expected at least two axes");
  CHECK(message_of([] {
          broadcast_to(six, {2, 4});
        }) ==
        "broadcast_to: [2, 3] does not broadcast to [2, 4]; aligned at the last axis, sizes must "
        "agree or be 1 in the first");
}

TEST_CASE("what parts and joins say about positions and shapes that do not fit") {
  CHECK(message_of([] {
          slice(six, 2, {0, 1});
        }) == "slice: axis 2 is out of range for shape [2, 3]; expected -2 to 1");
  CHECK(message_of<ValueError>([] {
          slice(six, 1, {2, 0, -1});
        }) == "slice: step -1 is not positive; flip(x, 1) reverses the axis");
  CHECK(message_of<IndexError>([] { row(six, 2); }) ==
        "row: position 2 is out of range for axis 0 of shape [2, 3]");
  CHECK(message_of([] { split(six, 2, 1); }) ==
        "split: axis 1 of shape [2, 3] does not divide into 2 equal parts; give their sizes");
  CHECK(message_of([] {
          split(six, {1, 1}, 1);
        }) == "split: the parts have 2 positions together, axis 1 of shape [2, 3] has 3");
  CHECK(message_of([] {
          concat(six, Tensor<double>{{1, 2}}, 0);
        }) ==
        "concat: shapes [2, 3] and [1, 2] (the first and number 2) must agree in all axes but 0");
  CHECK(message_of([] {
          stack(six, Tensor<double>{{1, 2}});
        }) == "stack: shapes [2, 3] and [1, 2] (the first and number 2) must agree");
  CHECK(message_of([] { concat(std::vector<Tensor<double>>{}); }) ==
        "concat: no tensors given; expected at least one");
  CHECK(message_of([] {
          pad(six, {{1, 1}});
        }) == "pad: 1 paddings for shape [2, 3]; expected one per axis");
  CHECK(message_of<ValueError>([] {
          pad(six, {{0, 0}, {1, -1}});
        }) == "pad: padding (1, -1) of axis 1 is negative; slice cuts off");
}
