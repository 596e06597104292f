#pragma once
/// All that is saved of a model, as one part of a checkpoint.
///
///     nn::ModelState state{model};                       // parameters and buffers
///     optim::save("run.safetensors", state, adam, random, epoch);
///     optim::restore("run.safetensors", state, adam, random, epoch);
///
///     const auto best = state.values();                  // shared, not copied
///     state.assign(best);

#include <vector>

#include "thalweg/nn/model/module.hpp"
#include "thalweg/optim/state/archive.hpp"

namespace thalweg::nn {

/// A value of each part of a model's state, in the order of `nn::state`.
using StateValues = std::vector<NamedState::Value>;

/// Points into the model: make it anew when the model has moved or grown.
class ModelState {
 public:
  static constexpr auto kind = "ModelState";

  template <class Model>
  explicit ModelState(Model& model) : ModelState(state(model)) {}
  explicit ModelState(StateList list) : list_(std::move(list)) {}

  const StateList& list() const { return list_; }
  /// The present values. Nothing is copied until they change.
  StateValues values() const;
  /// Throws ShapeError, naming the first part that differs, unless types and shapes are this
  /// model's; then nothing has changed.
  void assign(const StateValues& values) const;

  /// Entries are named as the parts are: "hidden.weight". Throws DataError for a part that is
  /// missing or too many, or of another type or shape; then nothing has changed.
  void archive(optim::Archive& archive) const;
  /// The same of values that were kept aside.
  void archive(optim::Archive& archive, StateValues& values) const;

  /// Writes names and values, nothing else, as a safetensors file that other programs read. Throws
  /// DataError if it cannot be written.
  void write(const std::string& path) const;

 private:
  StateList list_;
};

}  // namespace thalweg::nn
