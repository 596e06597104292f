#pragma once
/// A model and what it is built from, in one file.
///
///     nn::save_model(model, "houses.safetensors", recipe);
///
/// and in the program that uses it
///
///     auto [recipe, model] = nn::load_model<Recipe>(
///         "houses.safetensors", [&](const Recipe& stored) { return make_model(stored, random); });
///
/// The recipe is a TableEncoder, a Scaling, or a struct of your own of encoder, sizes and whatever
/// else there is: a class with a `kind` and `archive` or `fields` (optim/state/archive.hpp). The
/// weights stand in the file under their names, as `save_weights` writes them, so that
/// `load_weights` and the libraries of the format read them, too; the recipe's numbers are named
/// "thalweg.recipe.…", and so are its texts, in the metadata.

#include <string>
#include <type_traits>
#include <utility>

#include "thalweg/autodiff/files/safetensors.hpp"
#include "thalweg/nn/weights/weights.hpp"
#include "thalweg/optim/state/checkpoint.hpp"

namespace thalweg::nn {
namespace detail {

void save_model(const StateList& state, const std::string& path, const optim::SavedPart& recipe,
                const SaveWeightsOptions& options);

/// A file that was read once, so that both of its parts are of one time.
class ModelFile {
 public:
  explicit ModelFile(const std::string& path);

  void restore(const optim::SavedPart& recipe) const;
  void load(const StateList& names) const;

 private:
  std::string path_;
  Safetensors content_;
};

}  // namespace detail

/// Writes both into one .safetensors file, whole or not at all (see `write_file`). Throws as
/// `save_weights` does, and ValueError for another file name's ending.
template <class Model, optim::Saveable Recipe>
void save_model(const Model& model, const std::string& path, const Recipe& recipe,
                const SaveWeightsOptions& options = {}) {
  // Both are only read.
  detail::save_model(state(const_cast<Model&>(model)), path, const_cast<Recipe&>(recipe), options);
}

template <class Recipe, class Model>
struct LoadedModel {
  Recipe recipe;
  Model model;

  template <class Make>
  LoadedModel(const detail::ModelFile& file, Make& make)
      : recipe(restored(file)), model(make(std::as_const(recipe))) {
    file.load(detail::all_names(model));
  }

 private:
  static Recipe restored(const detail::ModelFile& file) {
    Recipe recipe{};
    file.restore(recipe);
    return recipe;
  }
};

/// The recipe of a file, and the model make(recipe) with the file's weights: both or an error.
/// Throws DataError if the file is missing, damaged, without a recipe or with one of another kind,
/// saying what it holds, and, as `load_weights` does, for weights that are not the model's.
template <optim::Saveable Recipe, class Make>
auto load_model(const std::string& path, Make&& make) {
  using Model = std::remove_cvref_t<std::invoke_result_t<Make&, const Recipe&>>;
  return LoadedModel<Recipe, Model>(detail::ModelFile(path), make);
}

}  // namespace thalweg::nn
