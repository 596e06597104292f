#include "thalweg/autodiff/ops/convolution.hpp"

#include "tests/autodiff/laws/tensor_laws.hpp"
#include "tests/close.hpp"
#include "thalweg/autodiff/base/random.hpp"
#include "thalweg/autodiff/derive/check_gradient.hpp"
#include "thalweg/autodiff/kernels/convolution.hpp"
#include "thalweg/autodiff/ops/cast.hpp"
#include "thalweg/autodiff/ops/compare.hpp"
#include "thalweg/autodiff/ops/reduce.hpp"
#include "thalweg/autodiff/ops/views.hpp"
#include "thalweg/autodiff/tensor/creation.hpp"

using namespace thalweg;
using test::message_of;
using testing::close;

namespace {

// From the definition.
template <class Real>
Tensor<Real> naive(const Tensor<Real>& x, const Tensor<Real>& w, const ConvOptions& o) {
  const Index n = x.size(0), in = w.size(1), out = w.size(0), kh = w.size(2), kw = w.size(3);
  const auto sides = [](Index size, Index k, Index s, Index p, Index d) {
    return (size + 2 * p - d * (k - 1) - 1) / s + 1;
  };
  const Index h = sides(x.size(2), kh, o.stride.height, o.padding.height, o.dilation.height);
  const Index v = sides(x.size(3), kw, o.stride.width, o.padding.width, o.dilation.width);
  std::vector<Real> y;
  for (Index m = 0; m < n; ++m)
    for (Index k = 0; k < out; ++k)
      for (Index i = 0; i < h; ++i)
        for (Index j = 0; j < v; ++j) {
          double total = 0;
          const Index group = k / (out / o.groups);
          for (Index c = 0; c < in; ++c)
            for (Index p = 0; p < kh; ++p)
              for (Index q = 0; q < kw; ++q) {
                const Index row = i * o.stride.height + p * o.dilation.height - o.padding.height;
                const Index column = j * o.stride.width + q * o.dilation.width - o.padding.width;
                if (row < 0 || column < 0 || row >= x.size(2) || column >= x.size(3)) continue;
                total += double(x(m, group * in + c, row, column).value()) *
                         double(w(k, c, p, q).value());
              }
          y.push_back(static_cast<Real>(total));
        }
  return Tensor<Real>({n, out, h, v}, y);
}

struct Setting {
  Shape x, w;
  ConvOptions options;
};
const Setting settings[] = {
    {{2, 3, 5, 6}, {4, 3, 3, 3}, {}},
    {{1, 1, 4, 4}, {2, 1, 1, 1}, {}},
    {{2, 3, 7, 5}, {4, 3, 3, 2}, {.stride = 2, .padding = {1, 0}}},
    {{2, 4, 6, 6}, {6, 2, 3, 3}, {.padding = 1, .groups = 2}},
    {{1, 3, 5, 5}, {3, 1, 3, 3}, {.padding = 1, .groups = 3}},
    {{2, 2, 8, 7}, {3, 2, 2, 3}, {.stride = {2, 1}, .padding = 2, .dilation = {1, 2}}},
    {{2, 16, 6, 6}, {32, 16, 3, 3}, {.padding = 1}},
    {{1, 2, 6, 6}, {2, 2, 2, 2}, {.stride = 3}},
    {{0, 2, 6, 6}, {2, 2, 2, 2}, {}},
};

// Sums of some hundred terms.
template <class Real>
constexpr testing::Tolerance rounding = sizeof(Real) == 4 ? testing::Tolerance{1e-5, 3e-5}
                                                          : testing::Tolerance{1e-13, 1e-12};

// The image's and the weight's slopes of Σ y², and y itself.
template <class Real>
std::array<Tensor<Real>, 3> forward_backward(const Tensor<Real>& image, const Tensor<Real>& filter,
                                             const ConvOptions& options) {
  Tape tape;
  const Tensor x = tape.variable(image), w = tape.variable(filter);
  const Tensor y = conv2d(x, w, options);
  const auto found = tape.backward(Tensor(sum(y * y)));
  return {found[x], found[w], y.detach()};
}

}  // namespace

TEST_CASE_TEMPLATE("conv2d is the sum of its definition", Real, float, double) {
  Random random{1};
  for (const Setting& s : settings) {
    const auto x = normal<Real>(s.x, random), w = normal<Real>(s.w, random);
    const Tensor<Real> y = conv2d(x, w, s.options);
    CHECK(close(y, naive(x, w, s.options), rounding<Real>));
  }
}

// Images are cut by their number or, where there is one, by rows: some of these have windows that
// reach over many rows, lie in the padding, leave rows unseen.
TEST_CASE_TEMPLATE("conv2d on several threads is conv2d on one, with all its slopes", Real, float,
                   double) {
  const Setting large[] = {
      {{1, 16, 40, 17}, {32, 16, 3, 3}, {.padding = 1}},
      {{1, 16, 61, 20}, {32, 16, 3, 3}, {.stride = 2, .padding = 1}},
      {{1, 16, 62, 20}, {32, 16, 2, 2}, {.stride = 2}},
      {{1, 16, 63, 20}, {32, 16, 2, 2}, {.stride = 2}},
      {{1, 16, 40, 20}, {32, 16, 5, 2}, {.stride = {3, 1}, .padding = 4, .dilation = {2, 1}}},
      {{1, 16, 40, 20}, {32, 8, 7, 3}, {.padding = {3, 0}, .groups = 2}},
      {{1, 16, 60, 20}, {32, 16, 2, 2}, {.stride = {3, 1}}},
      {{1, 16, 20, 20}, {32, 16, 3, 3}, {.padding = 6}},
      {{1, 16, 4, 200}, {32, 16, 3, 3}, {.padding = {1, 0}}},
      {{1, 16, 1, 900}, {32, 16, 1, 3}, {.padding = {0, 1}}},
      {{1, 16, 1, 901}, {32, 16, 1, 4}, {.stride = {1, 3}, .dilation = {1, 2}}},
      {{1, 16, 900, 1}, {32, 16, 3, 1}, {.padding = {1, 0}}},
      {{2, 16, 1, 900}, {32, 16, 1, 3}, {.padding = {0, 1}}},
      {{5, 16, 20, 17}, {32, 16, 3, 3}, {.padding = 1}},
      {{3, 16, 20, 17}, {32, 16, 3, 3}, {.stride = 2}},
  };
  Random random{12};
  for (const Setting& s : large) {
    CAPTURE(to_string(s.x));
    const auto x = normal<Real>(s.x, random), w = normal<Real>(s.w, random);
    const auto on = [&](int count) {
      const test::Threads scope(count);
      return forward_backward(x, w, s.options);
    };
    const auto one = on(1), several = on(4), again = on(4);
    for (std::size_t k = 0; k < one.size(); ++k) {
      double largest = 0;
      for (const Real number : one[k].values())
        largest = std::max<double>(largest, std::abs(number));
      CHECK(close(several[k], one[k], {.absolute = largest * (sizeof(Real) == 4 ? 3e-6 : 1e-14)}));
      CHECK(testing::same(again[k], several[k]));
    }
  }
}

TEST_CASE("conv2d: slopes are derivatives, of image, weight and bias") {
  Random random{2};
  for (const Setting& s : settings) {
    if (s.x.size() == 0 || s.x.size() > 300) continue;
    const auto x = normal(s.x, random), w = normal(s.w, random), b = normal({s.w[0]}, random);
    const auto f = [&](auto image, auto weight, auto bias) {
      return conv2d(image, weight, bias, s.options);
    };
    const GradientReport report = check_gradient({.directions = 10}, f, x, w, b);
    CHECK_MESSAGE(report, to_string(report));
  }
}

TEST_CASE("conv2d: float and double have the same gradients") {
  Random random{3};
  for (const Setting& s : settings) {
    const auto x = normal(s.x, random), w = normal(s.w, random), b = normal({s.w[0]}, random);
    const auto gradients = [&](auto image, auto weight, auto bias) {
      Tape tape;
      tape.watch(image, weight, bias);
      const auto y = conv2d(image, weight, bias, s.options);
      const auto found = tape.backward(Tensor(sum(y * y)));
      return std::tuple(cast<double>(found[image]), cast<double>(found[weight]),
                        cast<double>(found[bias]));
    };
    const auto [xd, wd, bd] = gradients(x, w, b);
    const auto [xf, wf, bf] = gradients(cast<float>(x), cast<float>(w), cast<float>(b));
    const testing::Tolerance tolerance{.relative = 1e-5,
                                       .absolute = 1e-6 * double(s.x.size() + 100)};
    CHECK(close(xf, xd, tolerance));
    CHECK(close(wf, wd, tolerance));
    CHECK(close(bf, bd, tolerance));
  }
}

TEST_CASE("conv1d is conv2d of height 1") {
  Random random{4};
  const auto x = normal({2, 3, 8}, random), w = normal({4, 3, 3}, random), b = normal({4}, random);
  const Tensor y = conv1d(x, w, b, {.stride = 2, .padding = 1});
  const Tensor z =
      conv2d(unsqueeze(x, 2), unsqueeze(w, 2), b, {.stride = {1, 2}, .padding = {0, 1}});
  CHECK(y.shape() == Shape{2, 4, 4});
  test::check_equal(y, squeeze(z, {2}));
  const GradientReport report = check_gradient(
      {.directions = 10}, [&](auto a, auto c) { return conv1d(a, c, {.dilation = 2}); }, x, w);
  CHECK_MESSAGE(report, to_string(report));
}

TEST_CASE_TEMPLATE("conv_transpose2d is the adjoint of conv2d", Real, float, double) {
  Random random{5};
  for (const Setting& s : settings) {
    if (s.x.size() == 0) continue;
    const auto w = normal<Real>(s.w, random), x = normal<Real>(s.x, random);
    Tape tape;
    const Tensor image = tape.variable(x);
    const Tensor y = conv2d(image, w, s.options);
    const auto dy = normal<Real>(y.shape(), random);
    const Tensor adjoint = tape.backward(y, dy)[image];
    const auto extra = [&](int axis, Index k, Index stride, Index padding, Index dilation) {
      return (s.x[axis] + 2 * padding - dilation * (k - 1) - 1) % stride;
    };
    const ConvOptions& o = s.options;
    const Tensor same = conv_transpose2d(
        dy, w,
        {.stride = o.stride,
         .padding = o.padding,
         .output_padding = {extra(2, s.w[2], o.stride.height, o.padding.height, o.dilation.height),
                            extra(3, s.w[3], o.stride.width, o.padding.width, o.dilation.width)},
         .dilation = o.dilation,
         .groups = o.groups});
    CHECK(close(adjoint, same, rounding<Real>));
  }
}

TEST_CASE("conv_transpose2d: slopes are derivatives") {
  Random random{6};
  const auto x = normal({2, 4, 3, 4}, random), w = normal({4, 2, 3, 2}, random),
             b = normal({4}, random);
  const auto f = [](auto image, auto weight, auto bias) {
    return conv_transpose2d(image, weight, bias,
                            {.stride = 2, .padding = 1, .output_padding = 1, .groups = 2});
  };
  const GradientReport report = check_gradient({.directions = 20}, f, x, w, b);
  CHECK_MESSAGE(report, to_string(report));
}

TEST_CASE_TEMPLATE("conv2d: steps and borders beyond any image", Real, float, double) {
  Random random{7};
  const Index far = Index{1} << 30;
  const auto x = normal<Real>({2, 3, 4, 4}, random), one = normal<Real>({2, 3, 1, 1}, random);
  CHECK(close(conv2d(x, one, {.dilation = far}), conv2d(x, one), rounding<Real>));
  CHECK(conv2d(x, one, {.stride = far}).shape() == Shape{2, 2, 1, 1});
  const Tensor<Real> sparse = conv2d(x, one, {.stride = far, .padding = far});
  CHECK(sparse.shape() == Shape{2, 2, 3, 3});
  CHECK(sparse(0, 0, 0, 0) == 0);
  CHECK(close(sparse(1, 1, 1, 1), conv2d(x, one)(1, 1, 0, 0), rounding<Real>));
  const ConvOptions wide{.padding = {5, 3}};
  const auto w = normal<Real>({2, 3, 2, 2}, random);
  CHECK(close(conv2d(x, w, wide), naive(x, w, wide), rounding<Real>));
}

TEST_CASE("convolution: what is refused, and how") {
  const auto x = zeros({2, 3, 5, 5}), w = zeros({4, 3, 3, 3});
  CHECK(message_of([&] {
          (void)conv2d(zeros({3, 5, 5}), w);
        }) ==
        "conv2d: x [3, 5, 5] and weight [4, 3, 3, 3]; expected x [n, in, height, width] and a "
        "weight of four axes: unsqueeze(x, 0) makes one example a batch");
  CHECK(message_of([&] {
          (void)conv2d(zeros({2, 2, 5, 5}), w);
        }) ==
        "conv2d: x [2, 2, 5, 5] has 2 channels, the weight [4, 3, 3, 3] with 1 groups is for 3, "
        "and the groups must divide the channels in and out");
  CHECK(message_of([&] { (void)conv2d(x, w, zeros({3})); }) ==
        "conv2d: the bias has shape [3]; expected [4]");
  CHECK(message_of([&] {
          (void)conv2d(zeros({2, 3, 2, 5}), w);
        }) == "conv2d: a window that reaches over 3 does not fit into 2 with a padding of 0");
  CHECK_THROWS_AS((void)conv2d(x, w, {.stride = 0}), ValueError);
  CHECK_THROWS_WITH_AS(
      (void)conv2d(x, w, {.padding = (Index{1} << 30) + 1}),
      "conv2d: stride [1, 1], padding [1073741825, 1073741825], dilation [1, 1], groups 1; "
      "expected a padding of at least 0, the others at least 1, and none above 2^30",
      ValueError);
  CHECK_THROWS_WITH_AS((void)conv2d(x, w, {.padding = Index{1} << 24}),
                       "conv2d: the result of shape [2, 4, 33554435, 33554435] is too large",
                       ValueError);
  CHECK_THROWS_WITH_AS((void)conv2d(x, w, {.stride = 2, .output_padding = 1}),
                       "conv2d: output_padding 1; expected 0, it is of conv_transpose2d",
                       ValueError);
  CHECK_THROWS_AS((void)conv_transpose2d(x, zeros({3, 1, 2, 2}), {.output_padding = 1}),
                  ValueError);
}
