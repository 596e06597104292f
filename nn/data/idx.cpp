#include "thalweg/nn/data/idx.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/files/file_kind.hpp"
#include "thalweg/autodiff/files/files.hpp"
#include "thalweg/nn/data/stored.hpp"
#include "thalweg/nn/formats/bytes.hpp"
#include "thalweg/nn/formats/gzip.hpp"

namespace thalweg::nn {
namespace {

const char* type_of(std::uint64_t code) {
  switch (code) {
    case 0x08:
      return "U8";
    case 0x09:
      return "I8";
    case 0x0B:
      return "I16";
    case 0x0C:
      return "I32";
    case 0x0D:
      return "F32";
    case 0x0E:
      return "F64";
  }
  return nullptr;
}

Shape shape_of(detail::ByteReader& reader, std::uint64_t rank, const std::string& origin) {
  if (rank > Shape::max_rank)
    throw DataError(
        fmt::format("{}: has {} axes; at most {} are supported", origin, rank, Shape::max_rank));
  std::vector<Index> sizes;
  for (std::uint64_t axis = 0; axis < rank; ++axis)
    sizes.push_back(static_cast<Index>(reader.big(4, "header")));
  try {
    return Shape(sizes);
  } catch (const ShapeError&) {
    throw DataError(
        fmt::format("{}: shape [{}] has more than 2^62 elements", origin, fmt::join(sizes, ", ")));
  }
}

/// Type and shape of what follows the header.
StoredTensor header_of(detail::ByteReader& reader, const std::string& origin) {
  const std::string_view all = reader.rest();
  const std::uint64_t zeros = reader.big(2, "header"), code = reader.big(1, "header");
  StoredTensor stored;
  const char* type = type_of(code);
  if (zeros != 0 || !type)
    throw DataError(fmt::format(
        "{}: not in the format IDX: begins with {:04x} {:02x}; expected 0000 and a type "
        "(08, 09, 0b, 0c, 0d or 0e){}",
        origin, zeros, code, it_is(all)));
  stored.type = type;
  stored.shape = shape_of(reader, reader.big(1, "header"), origin);
  return stored;
}

/// Unpacks no more than the header announces.
std::string unpacked(std::string_view bytes, const std::string& origin) {
  constexpr std::size_t longest_header = 4 + 4 * Shape::max_rank;
  const std::string front = detail::gunzip_front(bytes, longest_header, origin);
  detail::ByteReader reader(front, origin);
  const StoredTensor stored = header_of(reader, origin);
  const std::size_t size = static_cast<std::size_t>(stored.shape.size());
  const std::size_t width = detail::stored_width(stored.type);
  const std::size_t most = std::size_t(-1) / 2 - longest_header;
  return gunzip(bytes, origin, longest_header + (size > most / width ? most : size * width));
}

}  // namespace

StoredTensor parse_idx(std::string_view bytes, const std::string& origin) {
  detail::ByteReader reader(bytes, origin);
  StoredTensor stored = header_of(reader, origin);
  stored.bytes = reader.rest();
  const std::size_t width = detail::stored_width(stored.type);
  if (!detail::fills(stored.shape, width, stored.bytes.size()))
    throw DataError(fmt::format("{}: {} bytes follow the header, which are not {} {}", origin,
                                stored.bytes.size(), stored.type, stored.shape));
  if (width > 1) {
    const auto swapped = std::make_shared<std::string>(stored.bytes);
    detail::swap_bytes(*swapped, width);
    stored.bytes = *swapped;
    stored.owner = swapped;
  }
  return stored;
}

StoredTensor parse_packed_idx(std::string_view bytes, const std::string& origin) {
  const auto plain = std::make_shared<const std::string>(unpacked(bytes, origin));
  StoredTensor stored = parse_idx(*plain, origin);
  if (!stored.owner) stored.owner = plain;
  return stored;
}

StoredTensor read_idx(const std::string& path) {
  const auto bytes = std::make_shared<const std::string>(read_file(path));
  if (is_gzip(*bytes)) return parse_packed_idx(*bytes, path);
  StoredTensor stored = parse_idx(*bytes, path);
  if (!stored.owner) stored.owner = bytes;
  return stored;
}

template <class Number>
Tensor<Number> read_idx(const std::string& path) {
  return converted<Number>(read_idx(path), path);
}

template <class Real>
Dataset<Real> read_idx_dataset(const std::string& images, const std::string& labels) {
  const StoredTensor pixels = read_idx(images);
  if (pixels.type != "U8" || pixels.shape.rank() != 3)
    throw DataError(fmt::format("{} is {} {}; expected U8 [n, height, width]", images, pixels.type,
                                pixels.shape));
  const Shape& shape = pixels.shape;
  IndexTensor y = read_idx<Index>(labels);
  if (y.shape() != Shape{shape[0]})
    throw DataError(fmt::format("{} has shape {}; expected [{}], a label for each image of {}",
                                labels, y.shape(), shape[0], images));
  for (const Index label : y.values())
    if (label < 0) throw DataError(fmt::format("{}: holds the label {}", labels, label));
  Tensor<Real> x = Tensor<Real>::uninitialised({shape[0], 1, shape[1], shape[2]});
  std::transform(pixels.bytes.begin(), pixels.bytes.end(), x.unshared_data(), [](char byte) {
    return static_cast<Real>(static_cast<unsigned char>(byte)) / 255;
  });
  return {x, y};
}

#define THALWEG_INSTANTIATE(Real)                     \
  template Tensor<Real> read_idx(const std::string&); \
  template Dataset<Real> read_idx_dataset(const std::string&, const std::string&);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)
template Tensor<Index> read_idx(const std::string&);

}  // namespace thalweg::nn
