#include "thalweg/nn/formats/half.hpp"

#include <bit>
#include <cmath>

namespace thalweg::nn::detail {
namespace {

/// The upper part of a number whose `dropped` lowest bits go: to nearest, ties to even.
std::uint32_t rounded(std::uint32_t bits, int dropped) {
  const std::uint32_t half = std::uint32_t{1} << (dropped - 1);
  const std::uint32_t odd = bits >> dropped & 1;
  return (bits + half - 1 + odd) >> dropped;
}

}  // namespace

float from_f16(std::uint16_t bits) {
  const std::uint32_t sign = std::uint32_t{bits} >> 15 << 31;
  const int exponent = bits >> 10 & 31;
  const std::uint32_t fraction = bits & 0x3FFu;
  if (exponent == 31) return std::bit_cast<float>(sign | 0x7F800000u | fraction << 13);
  const float size =
      exponent == 0
          ? std::ldexp(static_cast<float>(fraction), -24)
          : std::bit_cast<float>(static_cast<std::uint32_t>(exponent + 112) << 23 | fraction << 13);
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(size) | sign);
}

float from_bf16(std::uint16_t bits) { return std::bit_cast<float>(std::uint32_t{bits} << 16); }

std::uint16_t to_f16(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  const std::uint32_t sign = bits >> 31 << 15, size = bits & 0x7FFFFFFFu;
  constexpr std::uint32_t infinite = 0x7C00;
  std::uint32_t result = infinite;
  if (size > 0x7F800000u)  // NaN; the bit on top of the fraction keeps it one
    result = infinite | 0x200u | (size >> 13 & 0x1FFu);
  else if (size < 0x38800000u)  // below 2⁻¹⁴: in multiples of 2⁻²⁴
    result = static_cast<std::uint32_t>(std::nearbyint(std::ldexp(std::fabs(x), 24)));
  else if (size < 0x47800000u)  // below 2¹⁶; what rounds up to it is infinite
    result = rounded(size - (std::uint32_t{112} << 23), 13);
  return static_cast<std::uint16_t>(sign | result);
}

std::uint16_t to_bf16(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  if (std::isnan(x)) return static_cast<std::uint16_t>(bits >> 16 | 0x40u);
  return static_cast<std::uint16_t>(rounded(bits, 16));
}

}  // namespace thalweg::nn::detail
