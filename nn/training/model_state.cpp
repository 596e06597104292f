#include "thalweg/nn/training/model_state.hpp"

#include <fmt/format.h>

#include <set>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/files/safetensors.hpp"

namespace thalweg::nn {
namespace {

template <class Part>
using ElementOf = typename std::remove_cvref_t<decltype(std::declval<Part>()->value())>::Real;

/// The value of a part, if it is of the part's type and shape.
template <class Part>
bool fits(const Part& part, const StateValues::value_type& value) {
  const auto* tensor = std::get_if<Tensor<ElementOf<Part>>>(&value);
  return tensor && tensor->shape() == part->shape();
}

template <class Part>
void assign_part(const Part& part, const StateValues::value_type& value) {
  const auto& tensor = std::get<Tensor<ElementOf<Part>>>(value);
  if constexpr (requires { part->assign(tensor); })
    part->assign(tensor);
  else
    part->set(tensor);
}

void expect_names(const optim::Archive& archive, const StateList& list) {
  std::set<std::string_view> listed;
  for (const NamedState& part : list) listed.insert(part.name);
  for (const std::string& stored : archive.names())
    if (!listed.contains(stored))
      throw DataError(fmt::format("{}: holds \"{}\", which is no part of this model",
                                  archive.origin(), stored));
}

}  // namespace

StateValues ModelState::values() const {
  StateValues values;
  for (const NamedState& named : list_)
    std::visit([&](const auto* part) { values.emplace_back(part->value()); }, named.part);
  return values;
}

void ModelState::assign(const StateValues& values) const {
  if (values.size() != list_.size())
    throw ShapeError(fmt::format("ModelState: {} values for the {} parts of the model",
                                 values.size(), list_.size()));
  for (std::size_t k = 0; k < values.size(); ++k)
    if (!std::visit([&](const auto* part) { return fits(part, values[k]); }, list_[k].part))
      throw ShapeError(fmt::format(
          "ModelState: the value of \"{}\" differs in type or shape: {}, "
          "expected {}",
          list_[k].name, std::visit([](const auto& any) { return any.shape(); }, values[k]),
          list_[k].shape()));
  for (std::size_t k = 0; k < values.size(); ++k)
    std::visit([&](auto* part) { assign_part(part, values[k]); }, list_[k].part);
}

void ModelState::archive(optim::Archive& archive, StateValues& values) const {
  StateValues stored = values;
  for (std::size_t k = 0; k < stored.size(); ++k)
    std::visit([&](auto& value) { archive(list_[k].name, value); }, stored[k]);
  if (!archive.restoring()) return;
  expect_names(archive, list_);
  for (std::size_t k = 0; k < stored.size(); ++k) {
    const auto shape = [](const auto& value) { return value.shape(); };
    const Shape given = std::visit(shape, stored[k]);
    if (given != list_[k].shape())
      throw DataError(fmt::format("{}: \"{}\" has shape {}; expected {}", archive.origin(),
                                  list_[k].name, given, list_[k].shape()));
  }
  values = std::move(stored);
}

void ModelState::archive(optim::Archive& archive) const {
  StateValues present = values();
  this->archive(archive, present);
  if (archive.restoring()) assign(present);
}

void ModelState::write(const std::string& path) const {
  optim::Archive archive;
  this->archive(archive);
  write_safetensors(path, Safetensors{archive.entries(), archive.texts()});
}

}  // namespace thalweg::nn
