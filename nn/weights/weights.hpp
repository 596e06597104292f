#pragma once
/// Weights in and out, under PyTorch's names.
///
///     nn::save_weights(model, "digits.safetensors");
///     nn::load_weights(model, "digits.safetensors");
///
///     // Written in Python by safetensors.torch.save_file(net.state_dict(), "resnet.safetensors"):
///     auto report = nn::load_weights(model, "resnet.safetensors",
///                                    {.strip = "module.", .rename = {{"fc.*", "output.*"}},
///                                     .strict = false});
///     fmt::print("{}\n", report);      // resnet.safetensors: 60 tensors loaded
///                                      //   missing: output.bias
///
/// What is stored are the parameters and buffers that nn::state lists, under those names; a
/// parameter with two names ("embed.weight", "output.weight") is written under the first and read
/// under any. The format follows from the name: `.safetensors`, or `.npz` of numpy.savez. Shapes
/// and layouts are PyTorch's. Only values are replaced: parameters stay the same ones, so that an
/// optimizer's state still fits; they are copied from the file, which may go.

#include <iosfwd>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "thalweg/nn/model/module.hpp"

namespace thalweg::nn {

using TextPairs = std::vector<std::pair<std::string, std::string>>;

/// How numbers of float and double are written. Half the space costs digits: F16 has 11 bits and
/// ends at 65504, BF16 has 8 and float's range. Rounded to nearest, ties to even.
enum class WeightType { same, f32, f16, bf16 };

struct SaveWeightsOptions {
  /// Texts kept beside the weights, in .safetensors only; {{"format", "pt"}} for transformers.
  TextPairs metadata = {};
  WeightType type = WeightType::same;
};

struct LoadWeightsOptions {
  /// Removed from the names in the file that begin with it.
  std::string strip = {};
  /// Then the first pattern that the whole name fits replaces it. Each * takes any text (as little
  /// as will do), and stands for the same text in the new name; an empty new name leaves it out.
  TextPairs rename = {};
  /// Then this, if any.
  std::string (*name)(const std::string& name) = nullptr;
  /// Refuse a file that lacks a tensor of the model or has others besides.
  bool strict = true;
};

/// What came of loading, in alphabetical order.
struct WeightsReport {
  std::string origin;                   ///< the file
  std::vector<std::string> loaded;      ///< names in the model
  std::vector<std::string> missing;     ///< in the model, not in the file
  std::vector<std::string> unexpected;  ///< in the file, not in the model
  std::vector<std::string> unfit;       ///< "fc.weight is F32 [3, 4]; the model's is [3, 5]"
  TextPairs metadata;                   ///< the file's
};

std::string to_string(const WeightsReport& report);
std::ostream& operator<<(std::ostream& stream, const WeightsReport& report);

namespace detail {

void save_weights(const StateList& state, const std::string& path,
                  const SaveWeightsOptions& options);
WeightsReport load_weights(const StateList& names, const std::string& path,
                           const LoadWeightsOptions& options);
/// The same of a file's bytes, of either format.
WeightsReport load_weights_from_bytes(const StateList& names, std::string_view bytes,
                                      const std::string& origin,
                                      const LoadWeightsOptions& options = {});

/// All names of parameters and buffers: what has two is listed twice.
template <class Model>
StateList all_names(Model& model) {
  StateList list;
  for_each_state(model, "", [&](const std::string& name, auto& part) {
    list.push_back({name, &part});
  });
  return list;
}

template <class Model>
concept IsPath = std::is_convertible_v<const Model&, std::string_view>;

}  // namespace detail

/// Writes the model's weights, whole or not at all (see `write_file`). Throws ValueError for
/// another file name's ending, metadata in .npz, BF16 and F16 in .npz, and numbers that F32 or F16
/// would make infinite; DataError if the file cannot be written.
template <class Model>
void save_weights(const Model& model, const std::string& path,
                  const SaveWeightsOptions& options = {}) {
  // The list points to what can be changed; it is only read.
  detail::save_weights(state(const_cast<Model&>(model)), path, options);
}

/// Gives the model the weights of a file. Floating-point numbers of 16, 32 and 64 bits become the
/// model's, rounded; whole numbers where they are kept exactly.
///
/// All that does not fit is listed in one DataError, and then nothing has changed: tensors of
/// another shape or type, of a number that the model's type cannot hold; if strict, also those that
/// are missing or unexpected; if not, a file of which nothing is the model's. DataError also for a
/// damaged file and for two tensors that get one name; ValueError for a rename whose new name has
/// more * than its pattern.
template <class Model>
WeightsReport load_weights(Model& model, const std::string& path,
                           const LoadWeightsOptions& options = {}) {
  static_assert(!std::is_const_v<Model>, "thalweg: the weights of a const model cannot be changed");
  if constexpr (!std::is_const_v<Model>)
    return detail::load_weights(detail::all_names(model), path, options);
  else
    return {};
}

// The wrong order is refused, with the reason.
template <detail::IsPath Path, class Model>
void save_weights(const Path&, const Model&, const SaveWeightsOptions& = {}) {
  static_assert(detail::IsPath<Model> && !detail::IsPath<Path>,
                "thalweg: the model comes first: save_weights(model, \"weights.safetensors\")");
}
template <detail::IsPath Path, class Model>
void load_weights(const Path&, const Model&, const LoadWeightsOptions& = {}) {
  static_assert(detail::IsPath<Model> && !detail::IsPath<Path>,
                "thalweg: the model comes first: load_weights(model, \"weights.safetensors\")");
}

}  // namespace thalweg::nn

template <>
struct fmt::formatter<thalweg::nn::WeightsReport> : thalweg::TextFormatter {
  template <class Context>
  auto format(const thalweg::nn::WeightsReport& report, Context& context) const {
    return write(thalweg::nn::to_string(report), context);
  }
};
