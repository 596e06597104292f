#include "thalweg/nn/data/npy.hpp"

#include <fmt/format.h>

#include <cstring>
#include <utility>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/files/file_kind.hpp"
#include "thalweg/autodiff/files/files.hpp"
#include "thalweg/nn/data/npy_header.hpp"
#include "thalweg/nn/data/stored.hpp"
#include "thalweg/nn/formats/bytes.hpp"

namespace thalweg::nn {
namespace {

constexpr std::string_view magic = "\x93NUMPY";

constexpr std::pair<std::string_view, std::string_view> types[] = {
    {"b1", "BOOL"}, {"u1", "U8"},  {"i1", "I8"},  {"i2", "I16"}, {"u2", "U16"}, {"i4", "I32"},
    {"u4", "U32"},  {"f2", "F16"}, {"f4", "F32"}, {"f8", "F64"}, {"i8", "I64"}, {"u8", "U64"},
};

/// "<f4" is F32; empty if numbers of this type are not supported. Sets `swapped` for ">f4".
std::string type_of(const std::string& descr, bool& swapped) {
  for (const auto& [code, type] : types) {
    const bool bytes = code[1] == '1';
    if (descr.size() != 3 || descr.substr(1) != code) continue;
    if (descr[0] != '<' && descr[0] != '>' && descr[0] != '=' && !(bytes && descr[0] == '|'))
      continue;
    swapped = descr[0] == '>';
    return std::string(type);
  }
  return "";
}

/// Column-major to row-major.
std::string transposed(std::string_view bytes, const Shape& shape, std::size_t width) {
  std::string result(bytes.size(), '\0');
  std::vector<Index> position(shape.rank(), 0);
  std::vector<std::size_t> stride;  // in bytes
  std::size_t product = width;
  for (const Index size : shape) {
    stride.push_back(product);
    product *= static_cast<std::size_t>(size);
  }
  std::size_t from = 0;
  for (std::size_t to = 0; to < bytes.size(); to += width) {
    std::memcpy(result.data() + to, bytes.data() + from, width);
    for (std::size_t axis = position.size(); axis-- > 0;) {
      from += stride[axis];
      if (++position[axis] < shape[static_cast<int>(axis)]) break;
      from -= stride[axis] * static_cast<std::size_t>(position[axis]);
      position[axis] = 0;
    }
  }
  return result;
}

std::string_view header_text(detail::ByteReader& reader, const std::string& origin) {
  if (reader.rest().substr(0, magic.size()) != magic)
    throw DataError(fmt::format("{}: not in the format NPY: does not begin with \\x93NUMPY{}",
                                origin, it_is(reader.rest())));
  reader.take(magic.size(), "header");
  const std::uint64_t major = reader.little(1, "header"), minor = reader.little(1, "header");
  if (major < 1 || major > 3 || minor != 0)
    throw DataError(
        fmt::format("{}: is of version {}.{}; expected 1.0, 2.0 or 3.0", origin, major, minor));
  return reader.take(reader.little(major == 1 ? 2 : 4, "header"), "header");
}

}  // namespace

StoredTensor parse_npy(std::string_view bytes, const std::string& origin) {
  StoredTensor stored = detail::parse_npy_of_any_type(bytes, origin);
  if (detail::stored_width(stored.type) == 0)
    throw DataError(fmt::format("{}: holds {}, which is not supported", origin, stored.type));
  return stored;
}

StoredTensor detail::parse_npy_of_any_type(std::string_view bytes, const std::string& origin) {
  detail::ByteReader reader(bytes, origin);
  const auto header = detail::parse_npy_header(header_text(reader, origin), origin);
  bool swapped = false;
  StoredTensor stored;
  stored.type = type_of(header.descr, swapped);
  stored.shape = header.shape;
  stored.bytes = reader.rest();
  if (stored.type.empty()) {
    stored.type = header.descr == detail::structures
                      ? header.descr
                      : fmt::format("elements of type '{}'", detail::shown(header.descr));
    return stored;
  }
  const std::size_t width = detail::stored_width(stored.type);
  if (!detail::fills(stored.shape, width, stored.bytes.size()))
    throw DataError(fmt::format("{}: {} bytes follow the header, which are not {} {}", origin,
                                stored.bytes.size(), stored.type, stored.shape));
  const bool turned = header.fortran_order && stored.shape.rank() > 1;
  swapped = swapped && width > 1;
  if (!turned && !swapped) return stored;
  const auto own = std::make_shared<std::string>(
      turned ? transposed(stored.bytes, stored.shape, width) : std::string(stored.bytes));
  if (swapped) detail::swap_bytes(*own, width);
  stored.bytes = *own;
  stored.owner = own;
  return stored;
}

StoredTensor read_npy(const std::string& path) {
  const auto bytes = std::make_shared<const std::string>(read_file(path));
  StoredTensor stored = parse_npy(*bytes, path);
  if (!stored.owner) stored.owner = bytes;
  return stored;
}

template <class Number>
Tensor<Number> read_npy(const std::string& path) {
  return converted<Number>(read_npy(path), path);
}

std::string npy_header(const StoredTensor& array) {
  std::string_view code;
  for (const auto& [c, type] : types)
    if (type == array.type) code = c;
  if (code.empty())
    throw ValueError(
        fmt::format("npy: numbers of type {} are not written", detail::shown(array.type)));
  if (!detail::fills(array.shape, detail::stored_width(array.type), array.bytes.size()))
    throw ValueError(
        fmt::format("npy: {} bytes are not {} {}", array.bytes.size(), array.type, array.shape));
  std::string text = fmt::format("{{'descr': '{}{}', 'fortran_order': False, 'shape': ({}{}), }}",
                                 code[1] == '1' ? '|' : '<', code, fmt::join(array.shape, ", "),
                                 array.shape.rank() == 1 ? "," : "");
  constexpr std::size_t alignment = 64;
  const std::size_t front = magic.size() + 4;
  text.resize((front + text.size()) / alignment * alignment + alignment - front - 1, ' ');
  text += '\n';
  std::string header(magic);
  detail::append_little(header, 1, 2);  // version 1.0
  detail::append_little(header, text.size(), 2);
  return header + text;
}

void write_npy(const std::string& path, const StoredTensor& array) {
  const std::string header = npy_header(array);
  const std::string_view pieces[] = {header, array.bytes};
  write_file(path, pieces);
}

#define THALWEG_INSTANTIATE(Real) template Tensor<Real> read_npy(const std::string&);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)
template Tensor<Index> read_npy(const std::string&);

}  // namespace thalweg::nn
