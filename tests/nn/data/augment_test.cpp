#include "thalweg/nn/data/augment.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <set>

#include "tests/close.hpp"
#include "tests/message_of.hpp"
#include "thalweg/autodiff/base/error.hpp"

using namespace thalweg;
using test::message_of;
using Values = std::vector<double>;

namespace {

const Tensor<double> image = Tensor<double>({1, 2, 3}, {1.0, 2.0, 3.0, 4.0, 5.0, 6.0});

/// n copies of the image.
Tensor<double> copies(Index n) {
  Values values;
  for (Index k = 0; k < n; ++k)
    values.insert(values.end(), image.values().begin(), image.values().end());
  return Tensor<double>({n, 1, 2, 3}, values);
}

}  // namespace

TEST_CASE(
    "random flips: with probability 1 they turn rows around, twice undoes it, 0 does nothing") {
  Random random{1};
  CHECK(nn::random_horizontal_flip(image, random, 1).to_vector() == Values{3, 2, 1, 6, 5, 4});
  CHECK(nn::random_vertical_flip(image, random, 1).to_vector() == Values{4, 5, 6, 1, 2, 3});
  CHECK(nn::random_horizontal_flip(image, random, 0).to_vector() == image.to_vector());
  const auto twice =
      nn::random_vertical_flip(nn::random_vertical_flip(copies(3), random, 1), random, 1);
  CHECK(twice.to_vector() == copies(3).to_vector());
}

TEST_CASE("random flips: each image is drawn for itself, and equal seeds draw alike") {
  Random random{1}, again{1};
  const auto y = nn::random_horizontal_flip(copies(200), random);
  int flips = 0;
  for (Index k = 0; k < 200; ++k) flips += y(k, 0, 0, 0).value() == 3;
  CHECK(flips > 70);
  CHECK(flips < 130);
  CHECK(nn::random_horizontal_flip(copies(200), again).to_vector() == y.to_vector());
}

TEST_CASE("random_crop: every place within the padding occurs; outside there are zeros") {
  Random random{1};
  std::set<Values> seen;
  for (int k = 0; k < 300; ++k)
    seen.insert(
        nn::random_crop(image, {.height = 1, .width = 2, .padding = 1}, random).to_vector());
  CHECK(seen.size() == 9);  // 4 × 4 places; those in the outer rows are all zeros
  CHECK(seen.count({0, 0}) == 1);
  CHECK(seen.count({0, 1}) == 1);
  CHECK(seen.count({5, 6}) == 1);
  CHECK(nn::random_crop(image, {}, random).to_vector() == image.to_vector());
  CHECK(nn::random_crop(copies(2), {.padding = 4}, random).shape() == Shape{2, 1, 2, 3});
  CHECK(message_of<Error>([&] { nn::random_crop(image, {.height = 5}, random); }) ==
        "random_crop: 5 × 3 of images 2 × 3 with padding 0; expected no more than there is");
}

TEST_CASE("rotate: a quarter turns counter-clockwise, four of them undo each other") {
  const Tensor<double> square = Tensor<double>({1, 2, 2}, {1.0, 2.0, 3.0, 4.0});
  const auto quarter = nn::rotate(square, 90).to_vector();
  const Values expected{2, 4, 1, 3};
  for (std::size_t k = 0; k < 4; ++k) CHECK(quarter[k] == doctest::Approx(expected[k]));
  CHECK(nn::rotate(image, 0).to_vector() == image.to_vector());
  // By 45° the corners of the square come from outside for the most part.
  const Tensor<double> ones = Tensor<double>({1, 3, 3}, Values(9, 1.0));
  const auto turned = nn::rotate(ones, 45);
  CHECK(turned(0, 1, 1).value() == doctest::Approx(1));
  CHECK(turned(0, 0, 0).value() < 1);
  Random random{1};
  CHECK(nn::random_rotate(image, 0, random).to_vector() == image.to_vector());
  CHECK(message_of<Error>([&] { nn::random_rotate(image, -1, random); }) ==
        "random_rotate: the angle is -1; expected 0 to 180");
  CHECK(message_of<Error>([] { nn::rotate(image, INFINITY); }) ==
        "rotate: the angle is inf; expected a finite one");
}

TEST_CASE(
    "random_brightness and random_contrast: scale about 0 and about the mean, within [0, 1]") {
  Random random{1};
  const Tensor<double> x = Tensor<double>({1, 1, 2}, {0.4, 0.6});
  for (int k = 0; k < 20; ++k) {
    const Values bright = nn::random_brightness(x, 0.5, random).to_vector();
    CHECK(bright[1] / bright[0] == doctest::Approx(1.5));
    CHECK(std::abs(bright[0] - 0.4) <= 0.2 + 1e-12);
    const Values contrast = nn::random_contrast(x, 1, random).to_vector();
    CHECK(contrast[0] + contrast[1] == doctest::Approx(1));
  }
  const auto bright = nn::random_brightness(image, 1, random);
  for (const double value : bright.values()) CHECK(value <= 1);
  CHECK(nn::random_contrast(x, 0, random).to_vector() == x.to_vector());
}

TEST_CASE("brightness and contrast: pixels that are NaN or infinite stay so, and spoil no mean") {
  const Tensor<double> x({1, 1, 4}, {0.25, NAN, 0.75, INFINITY}), finite({1, 1, 2}, {0.25, 0.75});
  for (const bool contrast : {false, true}) {
    Random one{3}, two{3};
    const auto change = [&](const Tensor<double>& picture, Random& random) {
      return contrast ? nn::random_contrast(picture, 0.5, random)
                      : nn::random_brightness(picture, 0.5, random);
    };
    const auto y = change(finite, two).to_vector();
    CHECK(testing::same(change(x, one), {y[0], NAN, y[1], INFINITY}));
    CHECK(y[0] != 0.25);
  }
}

TEST_CASE("normalise: each channel by its own mean and deviation") {
  const Tensor<float> x = Tensor<float>({2, 2, 1, 1}, {1.0f, 2.0f, 3.0f, 4.0f});
  CHECK(nn::normalise(x, {1, 2}, {2, 0.5}).to_vector() == std::vector<float>{0, 0, 1, 4});
  CHECK(message_of<Error>([&] { nn::normalise(x, {1}, {1}); }) ==
        "normalise: 1 means and 1 deviations for 2 channels");
  CHECK(message_of<Error>([&] {
          nn::normalise(x, {1, 1}, {1, 0});
        }) ==
        "normalise: channel 1 has mean 1 and deviation 0; expected finite numbers, the "
        "deviation above 0");
  CHECK(message_of<Error>([&] {
          nn::normalise(x, {NAN, 1}, {1, 1});
        }) ==
        "normalise: channel 0 has mean nan and deviation 1; expected finite numbers, the "
        "deviation above 0");
  CHECK(message_of<Error>([&] {
          nn::normalise(x, {0, 0}, {1, INFINITY});
        }) ==
        "normalise: channel 1 has mean 0 and deviation inf; expected finite numbers, the "
        "deviation above 0");
  CHECK(message_of<Error>([] { nn::normalise(Tensor{1.0}, {1}, {1}); }) ==
        "normalise: x has shape [1]; expected [n, c, h, w] or [c, h, w]");
}

TEST_CASE("augmentations: no images and empty images are fine") {
  Random random{1};
  const Tensor<float> none = Tensor<float>::uninitialised({0, 3, 4, 4});
  CHECK(nn::random_crop(none, {.height = 2, .width = 2}, random).shape() == Shape{0, 3, 2, 2});
  CHECK(nn::random_horizontal_flip(none, random).shape() == none.shape());
  CHECK(nn::random_contrast(none, 0.5, random).shape() == none.shape());
}
