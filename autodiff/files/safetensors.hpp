#pragma once
/// The file format safetensors: named arrays of numbers, and texts.
///
///     8 bytes   length of the header, little-endian
///     header    an object in JSON: "__metadata__": {"key": "text", …},
///               "name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, …
///     data      the arrays, row-major, little-endian, without gaps; offsets count from here
///
/// Written files have their data in order of falling size of the number type, so that every array
/// is aligned; those that are read need not.
///
/// Source: https://github.com/huggingface/safetensors, "Format".

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "thalweg/autodiff/tensor/tensor.hpp"

namespace thalweg {

/// An array as it lies in a file or in memory. Copies share the bytes.
struct StoredTensor {
  std::string type;        ///< BOOL U8 I8 F8_E5M2 F8_E4M3 I16 U16 F16 BF16 I32 U32 F32 F64 I64 U64
  Shape shape;             ///< at most 8 axes
  std::string_view bytes;  ///< row-major, little-endian, aligned or not
  std::shared_ptr<const void> owner = nullptr;  ///< keeps `bytes` alive; none: the caller does
};

/// The format's name of a number type.
template <class Number>
inline constexpr const char* stored_type = nullptr;
template <>
inline constexpr const char* stored_type<std::uint8_t> = "U8";
template <>
inline constexpr const char* stored_type<float> = "F32";
template <>
inline constexpr const char* stored_type<double> = "F64";
template <>
inline constexpr const char* stored_type<Index> = "I64";
template <>
inline constexpr const char* stored_type<std::uint64_t> = "U64";

/// What a file holds.
struct Safetensors {
  std::map<std::string, StoredTensor> tensors;
  std::map<std::string, std::string> metadata;
};

/// The elements, shared with the tensor: F32, F64 or I64.
template <class Number>
StoredTensor to_stored(const Tensor<Number>& tensor);
/// A tensor of these numbers. Throws DataError "{what} is F64 [3]; expected F32" if they are
/// others.
template <class Number>
Tensor<Number> to_tensor(const StoredTensor& stored, std::string_view what);

/// A file's bytes. Throws ValueError, naming the tensor, for a type that the format does not have,
/// bytes that do not fit the shape, and names or texts that are not UTF-8.
std::string safetensors_bytes(const Safetensors& content);
/// Writes them without making a copy, in the way of `write_file`. Throws as both do.
void write_safetensors(const std::string& path, const Safetensors& content);

/// What these bytes of a file hold; the tensors are views of them. Throws DataError, which begins
/// with `origin`, if they are not in this format to the last byte.
Safetensors parse_safetensors(std::string_view bytes, const std::string& origin);
/// The same of a file, mapped into memory (see `MappedFile`): only the tensors that are used are
/// read, and together they own the mapping. Throws DataError as `read_file` and `parse_safetensors`
/// do.
Safetensors read_safetensors(const std::string& path);

}  // namespace thalweg
