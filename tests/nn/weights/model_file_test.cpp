#include "thalweg/nn/weights/model_file.hpp"

#include <doctest/doctest.h>

#include "tests/message_of.hpp"
#include "tests/temporary_folder.hpp"
#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/files/files.hpp"
#include "thalweg/nn/data/table_encoder.hpp"
#include "thalweg/nn/layers/batch_norm.hpp"
#include "thalweg/nn/layers/linear.hpp"

using namespace thalweg;
using test::message_of;

namespace {

struct Recipe {
  static constexpr auto kind = "Recipe";
  nn::TableEncoder encoder = {};
  Index hidden = 0;
  std::string comment = {};
  void archive(optim::Archive& a) {
    a("encoder", encoder), a("hidden", hidden), a("comment", comment);
  }
};

/// Weights that are learned and statistics that are counted.
struct Model {
  nn::Linear<float> first;
  nn::BatchNorm1d<float> norm;
};

Model made(const Recipe& recipe) {
  Random random{5};
  return {nn::Linear<float>{recipe.encoder.width(), recipe.hidden, random},
          nn::BatchNorm1d<float>{recipe.hidden}};
}

Recipe houses() {
  Recipe recipe{.encoder = nn::TableEncoder{{.target = "price"}}, .hidden = 4, .comment = "été"};
  recipe.encoder.fit(nn::parse_csv("city,area,price\nOslo,1,2.5\nRome,3,4.5\n", "t"));
  return recipe;
}

std::vector<float> weights(Model& model) { return model.first.weight.value().to_vector(); }

}  // namespace

TEST_CASE("model file: recipe and weights come back from one file, buffers and texts too") {
  const TemporaryFolder folder;
  const Recipe recipe = houses();
  Model model = made(recipe);
  model.first.weight.assign(model.first.weight.value() * 2.0f);
  model.norm.running_mean.set(Tensor<float>({1, 2, 3, 4}));
  nn::save_model(model, folder / "houses.safetensors", recipe);
  auto loaded = nn::load_model<Recipe>(folder / "houses.safetensors", made);
  CHECK(loaded.recipe.encoder.names() == recipe.encoder.names());
  CHECK(loaded.recipe.hidden == 4);
  CHECK(loaded.recipe.comment == "été");
  CHECK(weights(loaded.model) == weights(model));
  CHECK(loaded.model.norm.running_mean.value().to_vector() == std::vector<float>{1, 2, 3, 4});
  auto& [stored, same] = loaded;
  CHECK(&stored == &loaded.recipe);
  CHECK(&same == &loaded.model);
}

TEST_CASE("model file: weights stand in it under their names, for load_weights too") {
  const TemporaryFolder folder;
  const Recipe recipe = houses();
  Model model = made(recipe), other = made(recipe);
  other.first.weight.assign(other.first.weight.value() * 3.0f);
  nn::save_model(model, folder / "m.safetensors", recipe, {.metadata = {{"format", "pt"}}});
  const auto report = nn::load_weights(other, folder / "m.safetensors");
  CHECK(report.unexpected.empty());
  CHECK(weights(other) == weights(model));
  const Safetensors content = read_safetensors(folder / "m.safetensors");
  CHECK(content.tensors.count("first.weight") == 1);
  CHECK(content.metadata.at("format") == "pt");
  CHECK(content.metadata.at("thalweg.recipe") == "Recipe");
}

TEST_CASE("model file: an encoder alone may be the recipe") {
  const TemporaryFolder folder;
  const nn::TableEncoder encoder = houses().encoder;
  Random random{1};
  nn::Linear<float> line{encoder.width(), 1, random};
  nn::save_model(line, folder / "m.safetensors", encoder);
  const auto [stored, model] =
      nn::load_model<nn::TableEncoder>(folder / "m.safetensors", [&](const nn::TableEncoder& its) {
        return nn::Linear<float>{its.width(), 1, random};
      });
  CHECK(stored.names() == encoder.names());
  CHECK(model.weight.value().to_vector() == line.weight.value().to_vector());
}

TEST_CASE("model file: a file that is not whole, or not of this kind, gives neither") {
  const TemporaryFolder folder;
  const auto file = [&](const char* name) { return folder / name; };
  const auto error = [&](const char* name) {
    return message_of<DataError>([&] { nn::load_model<Recipe>(file(name), made); });
  };
  const Recipe recipe = houses();
  const Model model = made(recipe);
  nn::save_weights(model, file("weights.safetensors"));
  CHECK(error("weights.safetensors") ==
        file("weights.safetensors") +
            ": holds 7 tensors and no recipe; expected a Recipe, as save_model writes it");
  nn::save_model(model, file("encoder.safetensors"), recipe.encoder);
  CHECK(error("encoder.safetensors") ==
        file("encoder.safetensors") + ": holds a TableEncoder; expected a Recipe");
  Recipe wider = houses();
  wider.hidden = 5;
  nn::save_model(model, file("other.safetensors"), wider);
  CHECK(error("other.safetensors")
            .starts_with(file("other.safetensors") + ": does not fit the model\n  unfit: "));
  CHECK(error("none.safetensors")
            .ends_with("none.safetensors: cannot be read: No such file or "
                       "directory"));
  nn::save_model(model, file("m.safetensors"), recipe);
  const std::string bytes = read_file(file("m.safetensors"));
  write_file(file("cut.safetensors"), bytes.substr(0, bytes.size() - 1));
  CHECK(error("cut.safetensors").starts_with(file("cut.safetensors")));
  Safetensors lacking = read_safetensors(file("m.safetensors"));
  lacking.tensors.erase("thalweg.recipe.hidden");
  write_safetensors(file("lacking.safetensors"), lacking);
  CHECK(error("lacking.safetensors") ==
        file("lacking.safetensors") + ": entry \"thalweg.recipe.hidden\" is missing");
  CHECK(message_of<ValueError>([&] { nn::save_model(model, "m.npz", recipe); }) ==
        "save_model: m.npz: expected a name that ends in .safetensors");
}
