#pragma once
/// Stored numbers of any type as a tensor of one type.

#include <cstddef>
#include <string_view>

#include "thalweg/autodiff/files/safetensors.hpp"

namespace thalweg::nn {

/// The numbers as float, double or Index. Whole numbers and truth values must be kept exactly;
/// F64 is rounded to float, but not to an infinity; F16, BF16, F32 and F64 do not become Index.
/// Throws DataError "x.npy is F32 [3]; expected whole numbers" or, for one number,
/// "x.npy: element 2 is 16777217, which float does not hold".
template <class Number>
Tensor<Number> converted(const StoredTensor& stored, std::string_view what);

namespace detail {

/// BOOL U8 I8 … F16 BF16 F32 F64: bytes per number; 0 for types that `converted` does not know.
std::size_t stored_width(std::string_view type);

/// Does the shape take this many bytes? Without forming the product, which may overflow.
bool fills(const Shape& shape, std::size_t width, std::size_t bytes);

}  // namespace detail
}  // namespace thalweg::nn
