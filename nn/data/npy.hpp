#pragma once
/// NumPy's file format NPY: one array.
///
///     auto x = nn::read_npy<float>("x.npy");           // numpy.save("x.npy", x)
///     nn::write_npy("y.npy", y);                       // numpy.load("y.npy")
///
/// Read: versions 1 to 3; truth values, whole numbers of 1, 2, 4 and 8 bytes, floating-point
/// numbers of 2, 4 and 8, of either byte order; row-major and column-major ("Fortran") order, the
/// latter turned to row-major. Not read: text, structures, objects, complex numbers. Written:
/// version 1, little-endian, row-major, byte for byte as numpy.save writes it.
///
/// Source: NumPy, "numpy.lib.format".

#include <string>
#include <string_view>

#include "thalweg/autodiff/files/safetensors.hpp"

namespace thalweg::nn {

/// What these bytes hold: a view of them, where they need no change. Throws DataError, which begins
/// with `origin`, if they are not in this format to the last byte.
StoredTensor parse_npy(std::string_view bytes, const std::string& origin);

namespace detail {
/// The same of an array of any type: of one that is not supported `type` says what it holds, in
/// words, and no conversion takes it.
StoredTensor parse_npy_of_any_type(std::string_view bytes, const std::string& origin);
}  // namespace detail

/// A file's array, in its own type or as float, double or Index (see `converted`).
/// Throws DataError.
StoredTensor read_npy(const std::string& path);
template <class Number>
Tensor<Number> read_npy(const std::string& path);

/// The front of the file; the array's own bytes follow it. Throws ValueError for a type that is
/// not written, and for bytes that do not fit the shape.
std::string npy_header(const StoredTensor& array);

/// Writes an array, in the way of `write_file`. Throws as that and `npy_header` do.
void write_npy(const std::string& path, const StoredTensor& array);
template <class Number>
void write_npy(const std::string& path, const Tensor<Number>& tensor) {
  write_npy(path, to_stored(tensor));
}

}  // namespace thalweg::nn
