#include "thalweg/nn/layers/dropout.hpp"

#include <doctest/doctest.h>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/tape/tape.hpp"

using namespace thalweg;

TEST_CASE("Dropout: evaluation changes nothing, training drops") {
  const nn::Dropout drop{0.25};
  const Tensor<float> x = ones<float>({40, 50});
  CHECK(drop(x, nn::evaluation).to_vector() == x.to_vector());
  Random one{7}, two{7};
  const Tensor<float> y = drop(x, nn::training(one));
  CHECK(y.to_vector() == dropout(x, 0.25, two).to_vector());
  CHECK(y.to_vector() != drop(x, nn::training(one)).to_vector());
}

TEST_CASE("Dropout2d: whole channels are dropped") {
  Random random{8};
  const Tensor<double> y = nn::Dropout2d{0.5}(ones<double>({20, 30, 3, 2}), nn::training(random));
  Index dropped = 0;
  for (Index channel = 0; channel < 600; ++channel) {
    const double first = y.data()[channel * 6];
    CHECK_UNARY(first == 0 || first == 2);
    for (Index k = 1; k < 6; ++k) CHECK_UNARY(y.data()[channel * 6 + k] == first);
    dropped += first == 0;
  }
  CHECK(std::abs(double(dropped) - 300) < 50);
}

TEST_CASE("Dropout: a probability out of range is refused at the call") {
  Random random{1};
  CHECK_THROWS_WITH_AS((nn::Dropout{-0.5}(ones<float>({2}), nn::training(random))),
                       "dropout: p is -0.5; expected a probability, 0 to 1", ValueError);
}
