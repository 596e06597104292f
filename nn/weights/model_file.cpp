#include "thalweg/nn/weights/model_file.hpp"

#include <fmt/format.h>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/nn/weights/numbers.hpp"

namespace thalweg::nn::detail {

void save_model(const StateList& state, const std::string& path, const optim::SavedPart& recipe,
                const SaveWeightsOptions& options) {
  if (!path.ends_with(".safetensors"))
    throw ValueError(
        fmt::format("save_model: {}: expected a name that ends in .safetensors", path));
  Safetensors content = stored_weights(state, options);
  optim::Archive archive;
  recipe.archive(archive, recipe_key);
  content.tensors.insert(archive.entries().begin(), archive.entries().end());
  content.metadata.insert(archive.texts().begin(), archive.texts().end());
  content.metadata[recipe_key] = recipe.kind();
  write_safetensors(path, content);
}

ModelFile::ModelFile(const std::string& path) : path_(path), content_(read_safetensors(path)) {}

void ModelFile::restore(const optim::SavedPart& recipe) const {
  const auto kind = content_.metadata.find(recipe_key);
  if (kind == content_.metadata.end())
    throw DataError(
        fmt::format("{}: holds {} tensors and no recipe; expected a {}, as save_model writes it",
                    path_, content_.tensors.size(), recipe.kind()));
  if (kind->second != recipe.kind())
    throw DataError(
        fmt::format("{}: holds a {}; expected a {}", path_, kind->second, recipe.kind()));
  optim::Archive archive(content_.tensors, content_.metadata, path_);
  try {
    recipe.archive(archive, recipe_key);
  } catch (const DataError&) {
    throw;
  } catch (const Error& error) {  // the recipe refuses the numbers
    throw DataError(fmt::format("{}: {}", path_, error.what()));
  }
}

void ModelFile::load(const StateList& names) const { load_weights(names, content_, path_, {}); }

}  // namespace thalweg::nn::detail
