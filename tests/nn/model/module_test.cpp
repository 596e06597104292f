#include "thalweg/nn/model/module.hpp"

#include <doctest/doctest.h>

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#include "thalweg/nn/layers/linear.hpp"

using namespace thalweg;
using Names = std::vector<std::string>;

namespace {

template <class Model>
Names names(Model& model) {
  Names result;
  for (const auto& named : nn::parameters(model)) result.push_back(named.name);
  return result;
}

Parameter<float> ones(Index n) {
  return Parameter<float>(Tensor<float>({n}, std::vector<float>(static_cast<std::size_t>(n), 1)));
}

struct Digits {
  nn::Linear<float> hidden, output;
};

struct Block {
  Parameter<float> scale = ones(2);
  bool training = true;
  std::string name = "block";
};
enum class Mode { fast, slow };
struct Everything {
  std::vector<Block> layers{{}, {}};
  std::array<Parameter<float>, 2> pair{ones(1), ones(1)};
  std::tuple<int, Parameter<float>> mixed{0, ones(1)};
  std::optional<Block> present = Block(), absent = std::nullopt;
  std::unique_ptr<Block> owned = std::make_unique<Block>();
  std::map<std::string, int> counts;
  Tensor<double> constant;
  Random random{1};
  Mode mode = Mode::fast;
  Block* nothing = nullptr;
};

template <class Real>
struct Small {
  Parameter<Real> a, b;
};

std::string error_of(auto&& f) {
  try {
    f();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("parameters are named by the members that lead to them, in order of declaration") {
  Random random{1};
  Digits model{{64, 32, random}, {32, 10, random}};
  CHECK(names(model) == Names{"hidden.weight", "hidden.bias", "output.weight", "output.bias"});
  CHECK(names(model.hidden) == Names{"weight", "bias"});
  CHECK(nn::parameter_count(model) == 64 * 32 + 32 + 32 * 10 + 10);
}

TEST_CASE("parameters are found in containers, tuples, optionals and behind pointers") {
  Everything model;
  CHECK(names(model) == Names{"layers.0.scale", "layers.1.scale", "pair.0", "pair.1", "mixed.1",
                              "present.scale", "owned.scale"});
}

TEST_CASE("parameters of a const model cannot be changed through their list") {
  Random random{1};
  const Digits model{{3, 2, random}, {2, 1, random}};
  const auto list = nn::parameters(model);
  static_assert(std::is_same_v<decltype(list), const nn::ConstParameterList<float>>);
  CHECK(names(model) == Names{"hidden.weight", "hidden.bias", "output.weight", "output.bias"});
}

TEST_CASE("parameters of a mutable model are those of the model") {
  Random random{1};
  Digits model{{3, 2, random}, {2, 1, random}};
  const ParameterList<float> list = nn::parameters(model);
  CHECK(list[2].parameter == &model.output.weight);
}

TEST_CASE("a parameter that two members share is listed once, under its first name") {
  struct Tied {
    std::shared_ptr<Parameter<float>> input, output;
  };
  const auto shared = std::make_shared<Parameter<float>>(ones(3));
  Tied model{shared, shared};
  CHECK(names(model) == Names{"input"});
}

TEST_CASE("the number type of a model is that of its parameters") {
  static_assert(std::is_same_v<nn::RealOf<Digits>, float>);
  static_assert(std::is_same_v<nn::RealOf<Everything>, float>);
  static_assert(std::is_same_v<nn::RealOf<Small<double>>, double>);
  static_assert(std::is_void_v<nn::RealOf<std::vector<int>>>);
  struct Mixed {
    Small<float> a;
    Small<double> b;
  };
  static_assert(std::is_same_v<nn::RealOf<Mixed>, nn::detail::Mixed>);
}

TEST_CASE("copy_parameters carries values over to another number type") {
  const Small<float> from{Parameter<float>(Tensor<float>{1, 2}), ones(1)};
  Small<double> to{Parameter<double>(Tensor<double>{0, 0}), Parameter<double>(Tensor<double>{0})};
  nn::copy_parameters(from, to);
  CHECK(to.a.value().to_vector() == std::vector<double>{1, 2});
  CHECK(to.b.value().to_vector() == std::vector<double>{1});
}

TEST_CASE("copy_parameters refuses models that differ, and changes nothing then") {
  const Small<float> from{ones(1), ones(2)};
  Small<double> to{Parameter<double>(Tensor<double>{7}), Parameter<double>(Tensor<double>{7})};
  CHECK(error_of([&] { nn::copy_parameters(from, to); }) ==
        "copy_parameters: b [2] meets b [1]; names and shapes must agree");
  CHECK(to.a.value().to_vector() == std::vector<double>{7});
  Block block;
  CHECK(error_of([&] { nn::copy_parameters(from, block); }) ==
        "copy_parameters: one model has 2 parameters, the other 1");
}

namespace {

// Names made while it runs, as a recurrent layer has them.
struct Recurrent {
  using Real = float;
  std::vector<Parameter<float>> weights{ones(1), ones(2)};
  template <class Self, class F>
  static void visit_parts(Self& self, F&& f) {
    for (std::size_t k = 0; k < self.weights.size(); ++k)
      f("weight_l" + std::to_string(k), self.weights[k]);
  }
};
struct Normalised {
  nn::Buffer<float> mean{Tensor<float>{1, 2}};
  nn::Buffer<Index> batches{IndexTensor(Index{0})};
};
struct Mixture {
  Recurrent recurrent;
  std::variant<Block, nn::Linear<float>> either = Block();
  Normalised norm;
};

}  // namespace

TEST_CASE("a class may name its parts while it runs") {
  Mixture model;
  CHECK(names(model) == Names{"recurrent.weight_l0", "recurrent.weight_l1", "either.scale"});
  const Mixture& unchanged = model;
  CHECK(names(unchanged) == names(model));
}

TEST_CASE("the state of a model is its parameters and buffers") {
  Mixture model;
  const auto state = nn::state(model);
  REQUIRE(state.size() == 5);
  CHECK(state[3].name == "norm.mean");
  CHECK(state[3].shape() == Shape{2});
  CHECK(state[0].learned());
  CHECK(!state[4].learned());
}

TEST_CASE("a buffer keeps its shape, and is set through a const model") {
  const Normalised norm;
  norm.mean.set(Tensor<float>{3, 4});
  CHECK(norm.mean.value().to_vector() == std::vector<float>{3, 4});
  CHECK_THROWS_WITH_AS(norm.mean.set(Tensor<float>{1}),
                       "Buffer: a value of shape [1] for one of shape [2]", ShapeError);
}

TEST_CASE("evaluation has no random numbers, training has the generator it was given") {
  Random random{1};
  CHECK(&nn::training(random).random() == &random);
  CHECK(!nn::evaluation.training());
  CHECK(nn::training(random).updates_statistics());
  CHECK(!nn::training(random).without_statistics().updates_statistics());
  CHECK_THROWS_WITH_AS(nn::evaluation.random(),
                       "Mode: evaluation has no random numbers; expected nn::training(random)",
                       ValueError);
}
