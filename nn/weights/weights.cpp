#include "thalweg/nn/weights/weights.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ostream>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/files/file_kind.hpp"
#include "thalweg/autodiff/files/files.hpp"
#include "thalweg/autodiff/files/safetensors.hpp"
#include "thalweg/nn/data/npz.hpp"
#include "thalweg/nn/data/stored.hpp"
#include "thalweg/nn/formats/bytes.hpp"
#include "thalweg/nn/weights/names.hpp"
#include "thalweg/nn/weights/numbers.hpp"

namespace thalweg::nn {
namespace {

bool is_npz(const char* op, const std::string& path) {
  const bool npz = path.ends_with(".npz");
  if (npz || path.ends_with(".safetensors")) return npz;
  for (const char* ending : {".pt", ".pth", ".bin", ".ckpt"})
    if (path.ends_with(ending) && std::string_view(op) == "load_weights")
      throw ValueError(fmt::format(
          "{}: {}: expected a name that ends in .safetensors or .npz; a file of PyTorch is "
          "converted by: {}",
          op, path, conversion_from_pytorch(path)));
  throw ValueError(
      fmt::format("{}: {}: expected a name that ends in .safetensors or .npz", op, path));
}

/// A part of the model under all its names.
struct Slot {
  NamedState::Part part;
  std::vector<std::string> names;

  const Shape& shape() const { return NamedState{{}, part}.shape(); }
};

std::vector<Slot> slots_of(const StateList& state) {
  std::vector<Slot> slots;
  std::map<NamedState::Part, std::size_t> known;
  for (const auto& [name, part] : state) {
    const auto [at, fresh] = known.emplace(part, slots.size());
    if (fresh) slots.push_back({part, {}});
    slots[at->second].names.push_back(name);
  }
  return slots;
}

template <class Real>
Real number_in(const Parameter<Real>*);
template <class Element>
Element number_in(const Buffer<Element>*);

NamedState::Value value_for(const NamedState::Part& part, const StoredTensor& stored,
                            const std::string& name) {
  return std::visit(
      [&](auto* place) -> NamedState::Value {
        return converted<decltype(number_in(place))>(stored, name);
      },
      part);
}

void assign(const NamedState::Part& part, const NamedState::Value& value) {
  std::visit(
      [&](auto* place) {
        const auto& tensor = std::get<Tensor<decltype(number_in(place))>>(value);
        if constexpr (requires { place->assign(tensor); })
          place->assign(tensor);
        else
          place->set(tensor);
      },
      part);
}

/// Loads in two steps: everything is looked up and converted, then, if all fits, assigned.
class Loading {
 public:
  Loading(const StateList& state, Safetensors file, const std::string& origin,
          const LoadWeightsOptions& options)
      : options_(options), slots_(slots_of(state)) {
    report_.origin = origin;
    report_.metadata.assign(file.metadata.begin(), file.metadata.end());
    detail::expect_usable(options.rename);
    const std::string recipe = std::string(detail::recipe_key) + ".";
    for (auto& [name, stored] : file.tensors)
      if (!name.starts_with(recipe)) add(name, std::move(stored));
    for (const Slot& slot : slots_) fill(slot);
    for (const auto& [name, stored] : tensors_) report_.unexpected.push_back(detail::shown(name));
    std::sort(report_.loaded.begin(), report_.loaded.end());
    std::sort(report_.missing.begin(), report_.missing.end());
  }

  WeightsReport finish() {
    const bool incomplete = !report_.missing.empty() || !report_.unexpected.empty();
    const bool nothing = report_.loaded.empty() && !slots_.empty();
    if (!report_.unfit.empty() || (options_.strict && incomplete) || nothing)
      throw DataError(to_string(report_));
    for (const auto& [part, value] : values_) assign(part, value);
    return std::move(report_);
  }

 private:
  void add(const std::string& name, StoredTensor stored) {
    const std::string target = detail::renamed(name, options_);
    if (!target.empty() && !tensors_.emplace(target, std::move(stored)).second)
      throw DataError(fmt::format("{}: two tensors get the name {}; the second is {}",
                                  report_.origin, detail::shown(target), detail::shown(name)));
  }

  /// Takes the slot's tensor out of `tensors_`, under whatever name it is there.
  void fill(const Slot& slot) {
    bool found = false;
    std::string_view first;
    for (const std::string& name : slot.names) {
      const auto node = tensors_.extract(name);
      if (node.empty()) continue;
      if (!found)
        take(slot, name, node.mapped());
      else if (node.mapped().bytes != first)
        report_.unfit.push_back(
            fmt::format("{} differs from {}, which is the same tensor in the "
                        "model",
                        name, slot.names[0]));
      if (!found) first = node.mapped().bytes, kept_.push_back(node.mapped());
      found = true;
    }
    if (!found) report_.missing.push_back(slot.names[0]);
  }

  void take(const Slot& slot, const std::string& name, const StoredTensor& stored) {
    if (stored.shape != slot.shape()) {
      report_.unfit.push_back(fmt::format("{} is {} {}; the model's is {}", name, stored.type,
                                          stored.shape, slot.shape()));
      return;
    }
    try {
      values_.emplace_back(slot.part, value_for(slot.part, stored, name));
      report_.loaded.push_back(slot.names[0]);
    } catch (const DataError& error) {
      report_.unfit.push_back(error.what());
    }
  }

  const LoadWeightsOptions& options_;
  std::vector<Slot> slots_;
  std::map<std::string, StoredTensor> tensors_;  // by their names in the model
  std::vector<StoredTensor> kept_;
  std::vector<std::pair<NamedState::Part, NamedState::Value>> values_;
  WeightsReport report_;
};

void add_list(std::string& text, const char* title, const std::vector<std::string>& items,
              const char* between) {
  constexpr std::size_t most = 20;
  if (items.empty()) return;
  const std::size_t count = std::min(items.size(), most);
  text += fmt::format("\n  {}: {}", title,
                      fmt::join(items.begin(), items.begin() + static_cast<long>(count), between));
  if (items.size() > most) text += fmt::format("{}and {} more", between, items.size() - most);
}

}  // namespace

std::string to_string(const WeightsReport& report) {
  std::string text =
      report.unfit.empty()
          ? fmt::format("{}: {} of {} tensors found", report.origin, report.loaded.size(),
                        report.loaded.size() + report.missing.size())
          : fmt::format("{}: does not fit the model", report.origin);
  add_list(text, "missing", report.missing, ", ");
  add_list(text, "unexpected", report.unexpected, ", ");
  add_list(text, "unfit", report.unfit, "\n         ");
  return text;
}

std::ostream& operator<<(std::ostream& stream, const WeightsReport& report) {
  return stream << to_string(report);
}

namespace detail {

Safetensors stored_weights(const StateList& state, const SaveWeightsOptions& options) {
  Safetensors content;
  content.metadata.insert(options.metadata.begin(), options.metadata.end());
  for (const auto& [name, part] : state)
    std::visit(
        [&, &key = name](const auto* place) {
          if (!content.tensors.emplace(key, stored_as(place->value(), options.type, key)).second)
            throw ValueError(fmt::format("save_weights: two tensors have the name {}", key));
        },
        part);
  return content;
}

void save_weights(const StateList& state, const std::string& path,
                  const SaveWeightsOptions& options) {
  const bool npz = is_npz("save_weights", path);
  if (npz && !options.metadata.empty())
    throw ValueError(fmt::format("save_weights: {}: .npz holds no metadata", path));
  if (npz && options.type != WeightType::same && options.type != WeightType::f32)
    throw ValueError(fmt::format("save_weights: {}: numbers of 16 bits go to .safetensors", path));
  const Safetensors content = stored_weights(state, options);
  if (npz)
    write_npz(path, content.tensors);
  else
    write_safetensors(path, content);
}

WeightsReport load_weights(const StateList& names, Safetensors content, const std::string& origin,
                           const LoadWeightsOptions& options) {
  return Loading(names, std::move(content), origin, options).finish();
}

WeightsReport load_weights(const StateList& names, const std::string& path,
                           const LoadWeightsOptions& options) {
  Safetensors content;
  if (is_npz("load_weights", path))
    content.tensors = read_npz(path);
  else
    content = read_safetensors(path);
  return Loading(names, std::move(content), path, options).finish();
}

WeightsReport load_weights_from_bytes(const StateList& names, std::string_view bytes,
                                      const std::string& origin,
                                      const LoadWeightsOptions& options) {
  Safetensors content;
  if (bytes.starts_with("PK"))
    content.tensors = parse_npz(bytes, origin);
  else
    content = parse_safetensors(bytes, origin);
  return Loading(names, std::move(content), origin, options).finish();
}

}  // namespace detail
}  // namespace thalweg::nn
