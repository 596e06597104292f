#include "thalweg/nn/weights/numbers.hpp"

#include <fmt/format.h>

#include <cmath>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/nn/formats/half.hpp"

namespace thalweg::nn::detail {
namespace {

template <class Code, class Number, class Encode>
StoredTensor encoded(const Tensor<Number>& tensor, const char* type, std::string_view name,
                     Encode&& encode) {
  const auto codes = std::make_shared<std::vector<Code>>(tensor.size());
  for (std::size_t k = 0; k < codes->size(); ++k) {
    const Number x = tensor.data()[k];
    if (!encode(x, (*codes)[k]))
      throw ValueError(fmt::format("save_weights: element {} of {} is {}, which {} does not hold",
                                   k, name, x, type));
  }
  const std::string_view bytes(reinterpret_cast<const char*>(codes->data()),
                               codes->size() * sizeof(Code));
  return {.type = type, .shape = tensor.shape(), .bytes = bytes, .owner = codes};
}

/// Is a finite number still one?
bool kept(double x, float y) { return std::isfinite(y) || !std::isfinite(x); }

}  // namespace

template <class Number>
StoredTensor stored_as(const Tensor<Number>& tensor, WeightType type, std::string_view name) {
  if constexpr (std::is_floating_point_v<Number>) {
    if (type == WeightType::f32 && !std::is_same_v<Number, float>)
      return encoded<float>(tensor, "F32", name, [](Number x, float& code) {
        code = static_cast<float>(x);
        return kept(x, code);
      });
    // From double by way of float: rounded twice, which matters in the last bit of one in 2²⁹.
    if (type == WeightType::f16)
      return encoded<std::uint16_t>(tensor, "F16", name, [](Number x, std::uint16_t& code) {
        code = to_f16(static_cast<float>(x));
        return kept(x, from_f16(code));
      });
    if (type == WeightType::bf16)
      return encoded<std::uint16_t>(tensor, "BF16", name, [](Number x, std::uint16_t& code) {
        code = to_bf16(static_cast<float>(x));
        return kept(x, from_bf16(code));
      });
  }
  return to_stored(tensor);
}

#define THALWEG_INSTANTIATE(Real) \
  template StoredTensor stored_as(const Tensor<Real>&, WeightType, std::string_view);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)
template StoredTensor stored_as(const Tensor<Index>&, WeightType, std::string_view);

}  // namespace thalweg::nn::detail
