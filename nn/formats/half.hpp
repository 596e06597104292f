#pragma once
/// Floating-point numbers of 16 bits, as files hold them.
///
///     F16    1 sign, 5 exponent, 10 fraction    largest 65504, smallest 2⁻²⁴
///     BF16   1 sign, 8 exponent,  7 fraction    the upper half of a float
///
/// Source: IEEE 754-2019, 3.6 (binary16); Intel, "BFLOAT16 – Hardware Numerics Definition", 2018.

#include <cstdint>

namespace thalweg::nn::detail {

/// Exact.
float from_f16(std::uint16_t bits);
float from_bf16(std::uint16_t bits);

/// To nearest, ties to even; beyond the largest to infinity. NaN stays NaN.
std::uint16_t to_f16(float x);
std::uint16_t to_bf16(float x);

}  // namespace thalweg::nn::detail
