#include "thalweg/nn/data/stored.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/nn/formats/half.hpp"

namespace thalweg::nn {
namespace {

template <class Number>
constexpr const char* name_of = "Index";
template <>
constexpr const char* name_of<float> = "float";
template <>
constexpr const char* name_of<double> = "double";

/// Sets `to`; true if it says the same.
template <class To, class From>
bool keeps(From from, To& to) {
  to = static_cast<To>(from);
  if constexpr (std::is_floating_point_v<From>)
    return !std::isfinite(from) || std::isfinite(to);
  else if constexpr (std::is_same_v<From, bool>)
    return true;
  else if constexpr (std::is_integral_v<To>)
    return std::in_range<To>(from);
  // Rounded up, the largest numbers of 64 bits leave their type.
  else {
    const To bound = std::ldexp(To(1), std::numeric_limits<From>::digits);
    return to < bound && static_cast<From>(to) == from;
  }
}

template <class From, class To>
void convert(const StoredTensor& stored, To* to, std::string_view what) {
  const auto count = stored.bytes.size() / sizeof(From);
  for (std::size_t k = 0; k < count; ++k) {
    From from;
    std::memcpy(&from, stored.bytes.data() + k * sizeof(From), sizeof(From));
    if (!keeps(from, to[k]))
      throw DataError(
          fmt::format("{}: element {} is {}, which {} does not hold", what, k, from, name_of<To>));
  }
}

/// F16 and BF16.
template <float (*decode)(std::uint16_t), class To>
void convert_half(const StoredTensor& stored, To* to, std::string_view) {
  for (std::size_t k = 0; k < stored.bytes.size() / sizeof(std::uint16_t); ++k) {
    std::uint16_t bits;
    std::memcpy(&bits, stored.bytes.data() + k * sizeof bits, sizeof bits);
    to[k] = static_cast<To>(decode(bits));
  }
}

template <class To>
void convert_bools(const StoredTensor& stored, To* to) {
  for (const char byte : stored.bytes) *to++ = static_cast<To>(byte != 0);
}

/// The function for a type; none if it is not supported.
template <class To>
using Convert = void (*)(const StoredTensor&, To*, std::string_view);
template <class To>
Convert<To> conversion(std::string_view type) {
  if (type == "U8") return convert<std::uint8_t, To>;
  if (type == "I8") return convert<std::int8_t, To>;
  if (type == "I16") return convert<std::int16_t, To>;
  if (type == "U16") return convert<std::uint16_t, To>;
  if (type == "I32") return convert<std::int32_t, To>;
  if (type == "U32") return convert<std::uint32_t, To>;
  if (type == "I64") return convert<std::int64_t, To>;
  if (type == "U64") return convert<std::uint64_t, To>;
  if constexpr (std::is_floating_point_v<To>) {
    if (type == "F16") return convert_half<detail::from_f16, To>;
    if (type == "BF16") return convert_half<detail::from_bf16, To>;
    if (type == "F32") return convert<float, To>;
    if (type == "F64") return convert<double, To>;
  }
  return nullptr;
}

}  // namespace

std::size_t detail::stored_width(std::string_view type) {
  static constexpr std::pair<std::string_view, std::size_t> widths[] = {
      {"BOOL", 1}, {"U8", 1},  {"I8", 1},  {"I16", 2}, {"U16", 2}, {"I32", 4}, {"F16", 2},
      {"BF16", 2}, {"U32", 4}, {"F32", 4}, {"F64", 8}, {"I64", 8}, {"U64", 8},
  };
  for (const auto& [name, width] : widths)
    if (name == type) return width;
  return 0;
}

bool detail::fills(const Shape& shape, std::size_t width, std::size_t bytes) {
  return bytes % width == 0 && static_cast<std::uint64_t>(shape.size()) == bytes / width;
}

template <class Number>
Tensor<Number> converted(const StoredTensor& stored, std::string_view what) {
  const auto convert = conversion<Number>(stored.type);
  const bool bools = stored.type == "BOOL";
  if (!convert && !bools)
    throw DataError(fmt::format("{} is {} {}; expected {}", what, stored.type, stored.shape,
                                std::is_integral_v<Number> ? "whole numbers" : "numbers"));
  if (!detail::fills(stored.shape, detail::stored_width(stored.type), stored.bytes.size()))
    throw DataError(fmt::format("{} has {} bytes, which are not {} {}", what, stored.bytes.size(),
                                stored.type, stored.shape));
  Tensor<Number> tensor = Tensor<Number>::uninitialised(stored.shape);
  if (bools)
    convert_bools(stored, tensor.unshared_data());
  else
    convert(stored, tensor.unshared_data(), what);
  return tensor;
}

#define THALWEG_INSTANTIATE(Real) \
  template Tensor<Real> converted(const StoredTensor&, std::string_view);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)
template Tensor<Index> converted(const StoredTensor&, std::string_view);

}  // namespace thalweg::nn
