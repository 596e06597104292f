#include "thalweg/autodiff/ops/normalise.hpp"

#include "tests/autodiff/laws/tensor_laws.hpp"
#include "thalweg/autodiff/ops/cast.hpp"
#include "thalweg/autodiff/ops/exponential.hpp"

using namespace thalweg;
using test::check_adjoint;
using test::check_equal;
using test::message_of;
using test::random_tensor;

namespace {

/// (x − m) / √(v + ε) over these axes.
template <class Real>
Tensor<Real> naive(const Tensor<Real>& x, const Axes& axes, double epsilon) {
  const Tensor<Real> d = x - mean(x, axes, keep_axes);
  return d / sqrt(mean(square(d), axes, keep_axes) + epsilon);
}

/// [1, c, 1, …]
Shape along_channels(const Shape& x) {
  Shape shape{1, x[1]};
  while (shape.rank() < x.rank()) shape.push_back(1);
  return shape;
}

const std::vector<Shape> batches = {{4, 3}, {2, 1}, {70, 5}, {3, 2, 5}, {2, 3, 2, 3}, {1, 2, 17}};

}  // namespace

TEST_CASE("batch_norm: each channel gets mean 0 and variance 1, then weight and bias") {
  for (const Shape& shape : batches) {
    const auto x = random_tensor(shape, 1), w = random_tensor({shape[1]}, 2);
    const auto b = random_tensor({shape[1]}, 3);
    std::vector<int> axes{0};
    for (int axis = 2; axis < shape.rank(); ++axis) axes.push_back(axis);
    const Axes over{std::span<const int>(axes)};
    const Tensor<double> hat = naive(x, over, 1e-3);
    const Shape along = along_channels(shape);
    const Tensor<double> expected = hat * reshape(w, along) + reshape(b, along);
    const auto batch = batch_norm(x, w, b, 1e-3);
    check_equal(batch.y, expected, 1e-13);
    check_equal(batch_norm(x, {}, {}, 1e-3).y, hat, 1e-13);
    check_equal(batch.mean, reshape(mean(x, over), {-1}), 1e-15);
    const Tensor<double> again = batch_norm_with(x, batch.mean, batch.variance, w, b, 1e-3);
    check_equal(again, batch.y, 1e-14);
  }
}

TEST_CASE("batch_norm: gradients reach x, weight and bias") {
  for (const Shape& shape : batches) {
    const auto x = random_tensor(shape, 1), w = random_tensor({shape[1]}, 2);
    const auto b = random_tensor({shape[1]}, 3), v = random_tensor({shape[1]}, 4);
    check_adjoint([](const auto&... of) { return batch_norm(of..., 0.1).y; }, x, w, b);
    check_adjoint([](const auto& of) { return batch_norm(of, {}, {}, 0.1).y; }, x);
    const Tensor<double> variance = v * v;
    const auto given = [=](const auto& of, const auto&... affine) {
      using Real = typename std::remove_cvref_t<decltype(of)>::Real;
      return batch_norm_with(of, cast<Real>(b), cast<Real>(variance), affine..., 0.1);
    };
    check_adjoint(given, x, w, b);
  }
}

TEST_CASE("layer_norm: each row gets mean 0 and variance 1, then weight and bias") {
  for (const Shape& row : {Shape{1}, Shape{5}, Shape{64}, Shape{2, 3}, Shape{1500}}) {
    Shape shape{2, 3};
    std::vector<int> axes;
    for (const Index size : row) shape.push_back(size), axes.push_back(int(axes.size()) + 2);
    const auto x = random_tensor(shape, 1), w = random_tensor(row, 2), b = random_tensor(row, 3);
    const Axes over{std::span<const int>(axes)};
    check_equal(layer_norm(x, row, w, b), Tensor<double>(naive(x, over, 1e-5) * w + b), 1e-12);
    check_equal(layer_norm(x, row), naive(x, over, 1e-5), 1e-12);
    const Tensor<double> root = sqrt(mean(square(x), over, keep_axes) + 1e-6);
    check_equal(rms_norm(x, row, w), Tensor<double>(x / root * w), 1e-13);
    if (row.size() > 64) continue;
    check_adjoint([=](const auto& v, const auto&... of) { return layer_norm(v, row, of..., 0.1); },
                  x, w, b);
    check_adjoint([=](const auto& v) { return layer_norm(v, row, {}, {}, 0.1); }, x);
    check_adjoint([=](const auto& v, const auto& of) { return rms_norm(v, row, of, 0.1); }, x, w);
  }
}

TEST_CASE("layer_norm does not see scale and offset, rms_norm not scale") {
  const auto x = random_tensor({3, 40});
  const Tensor<double> moved = 3 * x + 7, scaled = 3 * x;
  check_equal(layer_norm(moved, {40}, {}, {}, 0), layer_norm(x, {40}, {}, {}, 0), 1e-13);
  check_equal(rms_norm(scaled, {40}, {}, 0), rms_norm(x, {40}, {}, 0), 1e-14);
}

TEST_CASE("group_norm: layer_norm of each group; of one channel each it is instance_norm") {
  for (const Shape& shape : {Shape{2, 6}, Shape{3, 4, 5}, Shape{1, 6, 2, 3}, Shape{2, 2, 40}}) {
    const auto x = random_tensor(shape, 1), w = random_tensor({shape[1]}, 2);
    const auto b = random_tensor({shape[1]}, 3);
    const Shape along = along_channels(shape);
    for (const Index groups : {Index{1}, Index{2}, shape[1]}) {
      const Tensor<double> rows = reshape(x, {shape[0], groups, -1});
      const Tensor<double> hat = reshape(naive(rows, -1, 1e-2), shape);
      check_equal(group_norm(x, groups, w, b, 1e-2),
                  Tensor<double>(hat * reshape(w, along) + reshape(b, along)), 1e-12);
      check_equal(group_norm(x, groups, {}, {}, 1e-2), hat, 1e-12);
      if (groups == shape[1]) check_equal(instance_norm(x, {}, {}, 1e-2), hat, 1e-12);
      check_adjoint(
          [=](const auto& v, const auto&... of) { return group_norm(v, groups, of..., 0.1); }, x, w,
          b);
      check_adjoint([=](const auto& v) { return group_norm(v, groups, {}, {}, 0.1); }, x);
    }
  }
}

TEST_CASE("Equal numbers normalise to 0, exactly") {
  for (const Shape& shape : {Shape{50, 3}, Shape{2, 3, 1777}}) {
    const auto x = Tensor<float>(shape, std::vector<float>(std::size_t(shape.size()), 0.1f));
    const std::vector<float> zeros(std::size_t(shape.size()), 0);
    CHECK(batch_norm(x).y.to_vector() == zeros);
    CHECK(batch_norm(x).mean.to_vector() == std::vector<float>(3, 0.1f));
    CHECK(batch_norm(x).variance.to_vector() == std::vector<float>(3, 0));
    CHECK(layer_norm(x, {shape[shape.rank() - 1]}).to_vector() == zeros);
    CHECK(group_norm(x, 1).to_vector() == zeros);
  }
}

TEST_CASE("A large offset costs only the digits that the numbers lost by it") {
  const auto x = random_tensor({64, 4, 100});
  const Tensor<float> moved = cast<float>(x + 1000.0);
  const Tensor<double> rounded = cast<double>(moved);
  const auto exact = batch_norm(rounded);
  check_equal(cast<double>(batch_norm(moved).y), exact.y, 2e-4);  // half a unit of 1000: 3e-5
  check_equal(cast<double>(batch_norm(moved).variance), exact.variance, 1e-6);
  check_equal(cast<double>(layer_norm(moved, {100})), layer_norm(rounded, {100}), 2e-4);
  check_equal(cast<double>(group_norm(moved, 2)), group_norm(rounded, 2), 2e-4);
}

TEST_CASE("Normalising nothing gives nothing") {
  for (const Shape& shape : {Shape{0, 4}, Shape{3, 4, 0}}) {
    Tape tape;
    const auto x = tape.variable(random_tensor(shape));
    const auto m = random_tensor({4});
    const Tensor<double> y = batch_norm_with(x, m, m * m) + group_norm(x, 2);
    CHECK(tape.backward(sum(y))[x].shape() == shape);
    CHECK(layer_norm(random_tensor({0, 4}), {4}).shape() == Shape{0, 4});
    CHECK(layer_norm(random_tensor({4, 0}), {0}).shape() == Shape{4, 0});
  }
}

TEST_CASE("A NaN spoils its channel, row or group, and no other") {
  auto x = random_tensor({4, 3, 2});
  x.set({1, 2, 0}, NAN);
  const Tensor<double> batch = batch_norm(x).y, row = layer_norm(x, {2}), group = group_norm(x, 3);
  for (Index n = 0; n < 4; ++n)
    for (Index c = 0; c < 3; ++c) {
      const auto spoiled = [&](const Tensor<double>& y) { return std::isnan(y(n, c, 1).value()); };
      CHECK(spoiled(batch) == (c == 2));
      CHECK(spoiled(row) == (n == 1 && c == 2));
      CHECK(spoiled(group) == (n == 1 && c == 2));
    }
}

TEST_CASE("Results do not depend on the number of threads") {
  const auto x = random_tensor<float>({600, 8, 30}), table = random_tensor<float>({5000, 40});
  const auto run = [&](int count) {
    set_threads(count);
    Tape tape;
    const Tensor<float> v = tape.variable(x), w = tape.variable(random_tensor<float>({8}));
    const Tensor<float> u = tape.variable(random_tensor<float>({30})), t = tape.variable(table);
    const Tensor<float> y = batch_norm(layer_norm(v, {30}, u), w).y;
    const Tensor<float> z = batch_norm(t).y;
    const Gradients of_y = tape.backward(y, random_tensor<float>(y.shape(), 7));
    const Gradients of_z = tape.backward(z, random_tensor<float>(z.shape(), 7));
    return std::vector{y.to_vector(),       of_y[v].to_vector(), of_y[w].to_vector(),
                       of_y[u].to_vector(), z.to_vector(),       of_z[t].to_vector()};
  };
  const int before = threads();
  CHECK(run(1) == run(3));
  set_threads(before);
}

TEST_CASE("Normalisation refuses shapes that do not fit, and says which") {
  const auto x = random_tensor({2, 6});
  CHECK(message_of([&] {
          batch_norm(random_tensor({1, 3}));
        }) == "batch_norm: x has shape [1, 3], 1 per channel; a variance needs at least two");
  CHECK(message_of([&] { batch_norm(random_tensor({3})); }) ==
        "batch_norm: x has shape [3]; expected [n, channels, ...]");
  CHECK(message_of([&] { batch_norm(x, random_tensor({5})); }) ==
        "batch_norm: weight has shape [5]; expected [6]");
  CHECK(message_of([&] { batch_norm_with(x, random_tensor({5}), random_tensor({6})); }) ==
        "batch_norm: mean has shape [5]; expected [6]");
  CHECK(message_of<ValueError>([&] { batch_norm(x, {}, {}, -1); }) ==
        "batch_norm: epsilon is -1; expected at least 0");
  CHECK(message_of([&] { layer_norm(x, {5}); }) ==
        "layer_norm: x has shape [2, 6]; its last sizes should be [5]");
  CHECK(message_of([&] {
          rms_norm(x, {6}, random_tensor({2, 6}));
        }) == "rms_norm: weight has shape [2, 6]; expected [6]");
  CHECK(message_of<ValueError>([&] { group_norm(x, 4); }) ==
        "group_norm: 4 groups of 6 channels; expected a divisor");
}
