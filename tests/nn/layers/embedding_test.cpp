#include "thalweg/nn/layers/embedding.hpp"

#include <doctest/doctest.h>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/ops/reduce.hpp"
#include "thalweg/nn/layers/linear.hpp"
#include "thalweg/nn/layers/sequential.hpp"
#include "thalweg/nn/model/check_gradient.hpp"

using namespace thalweg;

TEST_CASE("Embedding: rows of the table, in the shape of the index") {
  const nn::Embedding<double> embed{Tensor<double>{{1, 2}, {3, 4}, {5, 6}}};
  const Tensor<double> y = embed(IndexTensor{{2, 0}, {1, 2}});
  CHECK(y.shape() == Shape{2, 2, 2});
  CHECK(y.to_vector() == std::vector<double>{5, 6, 1, 2, 3, 4, 5, 6});
  CHECK(embed(IndexTensor()).shape() == Shape{0, 2});
}

TEST_CASE("Embedding: words that occur twice gather both gradients") {
  Random random{1};
  nn::Embedding<double> embed{5, 3, random};
  const auto report = nn::check_gradient(embed, [&] { return embed({4, 1, 4}); });
  CHECK_MESSAGE(report.passed, to_string(report));
}

TEST_CASE("Embedding: padding starts at zero and has no gradient") {
  Random random{1};
  nn::Embedding<double> embed{4, 2, random, {.padding_idx = 2}};
  CHECK(embed.weight.value().data()[4] == 0);
  CHECK(embed.weight.value().data()[5] == 0);
  CHECK(embed.weight.value().data()[6] != 0);
  embed.weight.mutable_values()[4] = 7;  // read as it is all the same
  Tape tape;
  const Tensor<double> y = embed({2, 3, 2});
  CHECK(y.data()[0] == 7);
  CHECK(tape.backward(sum(y))[embed.weight].to_vector() ==
        std::vector<double>{0, 0, 0, 0, 0, 0, 1, 1});
}

TEST_CASE("Embedding: the first layer of a Sequential") {
  Random random{1};
  nn::Sequential model{nn::Embedding<float>{10, 4, random}, nn::Linear<float>{4, 2, random}};
  CHECK(Tensor<float>(model(IndexTensor{{1, 2, 3}})).shape() == Shape{1, 3, 2});
}

TEST_CASE("Embedding: sizes and words out of range are refused") {
  Random random{1};
  CHECK_THROWS_WITH_AS((nn::Embedding<float>{0, 2, random}),
                       "Embedding: 0 words and vectors of size 2; expected at least 1", ValueError);
  CHECK_THROWS_WITH_AS((nn::Embedding<float>{3, 2, random, {.padding_idx = 3}}),
                       "Embedding: padding_idx is 3; there are 3 words", IndexError);
  CHECK_THROWS_WITH_AS(nn::Embedding<double>{Tensor<double>{1.0}},
                       "Embedding: weight [1]; expected [words, size]", ShapeError);
  const nn::Embedding<float> embed{3, 2, random};
  CHECK_THROWS_AS(embed({3}), IndexError);
}
