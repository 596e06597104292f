#pragma once
/// The header of an NPY file: a dictionary as Python writes it.

#include <string>
#include <string_view>

#include "thalweg/autodiff/base/shape.hpp"

namespace thalweg::nn::detail {

/// In place of the type of an array of structures.
inline constexpr const char* structures = "structures";

struct NpyHeader {
  std::string descr;  // "<f4"
  bool fortran_order = false;
  Shape shape;
};

/// {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }: these keys, each once, in any
/// order. Throws DataError, which begins with `origin`.
NpyHeader parse_npy_header(std::string_view text, const std::string& origin);

}  // namespace thalweg::nn::detail
