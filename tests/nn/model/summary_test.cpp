#include "thalweg/nn/model/summary.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <vector>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/nn/layers/activations.hpp"
#include "thalweg/nn/layers/batch_norm.hpp"
#include "thalweg/nn/layers/dropout.hpp"
#include "thalweg/nn/layers/embedding.hpp"
#include "thalweg/nn/layers/flatten.hpp"
#include "thalweg/nn/layers/layer_norm.hpp"
#include "thalweg/nn/layers/linear.hpp"
#include "thalweg/nn/layers/prelu.hpp"
#include "thalweg/nn/layers/residual.hpp"
#include "thalweg/nn/layers/sequential.hpp"
#include "thalweg/nn/model/freeze.hpp"

using namespace thalweg;

namespace {

struct Net {
  nn::Linear<float> hidden;
  nn::BatchNorm1d<float> norm;
  std::vector<nn::Linear<float>> layers;
  std::unique_ptr<nn::PReLU<float>> activation;
  nn::Linear<float> spare;

  Tensor<float> operator()(const Tensor<float>& x, nn::Mode mode) const {
    return layers[1]((*activation)(relu(layers[0](norm(hidden(x), mode)))));
  }
};

Net net(Random& random) {
  return {{4, 8, random},
          nn::BatchNorm1d<float>{8},
          {{8, 8, random}, {8, 1000, random}},
          std::make_unique<nn::PReLU<float>>(8),
          {2, 2, random}};
}

}  // namespace

TEST_CASE("summary: a row per layer of a struct, with what it makes") {
  Random random{1};
  Net model = net(random);
  nn::freeze(model.norm);
  model.layers[0].bias.freeze();
  CHECK(to_string(nn::summary(model, {5, 4})) ==
        "layer       type         output     parameters\n"
        "hidden      Linear       [5, 8]             40\n"
        "norm        BatchNorm1d  [5, 8]             16  frozen\n"
        "layers.0    Linear       [5, 8]             72  partly frozen\n"
        "layers.1    Linear       [5, 1000]       9,000\n"
        "activation  PReLU        [5, 8]              8\n"
        "spare       Linear       not used            6\n"
        "learned 9,118, frozen 24, in buffers 17; 35.8 KiB");
}

TEST_CASE("summary: nothing in the model changes") {
  Random random{1};
  Net model = net(random);
  nn::freeze(model.norm);
  nn::summary(model, {5, 4});
  CHECK(nn::frozen_count(model) == 16);
  CHECK(model.norm.num_batches_tracked.value().item() == 0);
  CHECK(model.norm.running_mean.value().to_vector() == std::vector<float>(8, 0));
  CHECK(Tape::current() == nullptr);
  CHECK_THROWS_AS(nn::summary(model, {5, 3}), ShapeError);
  CHECK(nn::frozen_count(model) == 16);
  CHECK(nn::detail::call_trace == nullptr);
}

TEST_CASE("summary: of a Sequential also the layers without parameters") {
  Random random{1};
  nn::Sequential model{nn::Linear<double>{6, 4, random},
                       nn::Dropout{},
                       nn::Residual{nn::Sequential{nn::LayerNorm<double>{4}, nn::GELU{}}},
                       nn::ReLU{},
                       nn::ReLU{},
                       nn::Flatten{}};
  const nn::Summary summary = nn::summary(model, {2, 3, 6});
  CHECK(to_string(summary) ==
        "layer      type       output     parameters\n"
        "0          Linear     [2, 3, 4]          28\n"
        "1          Dropout    [2, 3, 4]           0\n"
        "2.inner.0  LayerNorm  [2, 3, 4]           8\n"
        "2.inner.1  GELU       [2, 3, 4]           0\n"
        "3          ReLU       [2, 3, 4]           0\n"
        "4          ReLU       [2, 3, 4]           0\n"
        "5          Flatten    [2, 12]             0\n"
        "learned 36, frozen 0, in buffers 0; 288 bytes");
}

TEST_CASE("summary: of words, and of a single layer") {
  Random random{1};
  nn::Sequential model{nn::Embedding<float>{10, 4, random}, nn::Linear<float>{4, 2, random}};
  const nn::Summary words = nn::summary(model, IndexTensor{{1, 2, 3}});
  CHECK(words.rows[0].output == Shape{1, 3, 4});
  CHECK(words.rows[1].output == Shape{1, 3, 2});
  nn::Linear<float> layer{3, 2, random};
  const nn::Summary single = nn::summary(layer, {7, 3});
  CHECK(single.rows.size() == 1);
  CHECK(single.rows[0].name.empty());
  CHECK(single.rows[0].type == "Linear");
  CHECK(single.rows[0].output == Shape{7, 2});
}

TEST_CASE("to_dot: the graph with parameters by name") {
  Random random{1};
  nn::Sequential model{nn::Linear<double>{3, 2, random}, nn::Tanh{}};
  nn::freeze(model);
  const std::string text = nn::to_dot(model, {1, 3});
  for (const char* part : {"input\\nvariable\\n[1, 3]", "0.weight\\nparameter\\n[2, 3]",
                           "0.bias\\nparameter\\n[2]", "tanh\\n[1, 2]"})
    CHECK_MESSAGE(text.find(part) != std::string::npos, part, " in ", text);
}
