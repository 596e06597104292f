#include "thalweg/autodiff/files/safetensors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>
#include <vector>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/files/files.hpp"
#include "thalweg/autodiff/files/safetensors_format.hpp"

namespace thalweg {

using namespace detail::safetensors;

namespace {

static_assert(std::endian::native == std::endian::little, "the bytes of numbers are not swapped");

using NamedTensor = std::pair<const std::string, StoredTensor>;

/// A string of JSON.
std::string literal(const std::string& text) {
  try {
    return nlohmann::json(text).dump();
  } catch (const nlohmann::json::exception&) {
    throw ValueError(fmt::format("safetensors: {} is not UTF-8", quoted(text)));
  }
}

void expect_writable(const std::string& name, const StoredTensor& tensor) {
  if (name == metadata_key)
    throw ValueError(fmt::format("safetensors: no tensor may be named {}", metadata_key));
  const std::size_t width = width_of(tensor.type);
  if (width == 0)
    throw ValueError(fmt::format("safetensors: tensor {} is of the unknown type {}", quoted(name),
                                 quoted(tensor.type)));
  if (!fits(tensor.shape, width, tensor.bytes.size()))
    throw ValueError(fmt::format("safetensors: tensor {} has {} bytes, which are not {} {}",
                                 quoted(name), tensor.bytes.size(), tensor.type, tensor.shape));
}

std::string metadata_entry(const std::map<std::string, std::string>& metadata) {
  std::string json;
  for (const auto& [key, text] : metadata)
    json += fmt::format("{}{}:{}", json.empty() ? "" : ",", literal(key), literal(text));
  return fmt::format("\"{}\":{{{}}}", metadata_key, json);
}

/// A file's pieces: `front` becomes the header and its length, the tensors' bytes follow.
std::vector<std::string_view> pieces_of(const Safetensors& content, std::string& front) {
  std::vector<const NamedTensor*> order;
  for (const NamedTensor& tensor : content.tensors) {
    expect_writable(tensor.first, tensor.second);
    order.push_back(&tensor);
  }
  std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    return width_of(a->second.type) > width_of(b->second.type);
  });

  std::string header = content.metadata.empty() ? "" : metadata_entry(content.metadata);
  std::vector<std::string_view> pieces(1);
  std::size_t begin = 0;
  for (const NamedTensor* each : order) {
    const auto& [name, tensor] = *each;
    const std::size_t end = begin + tensor.bytes.size();
    header += fmt::format(R"({}{}:{{"dtype":"{}","shape":[{}],"data_offsets":[{},{}]}})",
                          header.empty() ? "" : ",", literal(name), tensor.type,
                          fmt::join(tensor.shape, ","), begin, end);
    pieces.push_back(tensor.bytes);
    begin = end;
  }
  header = "{" + header + "}";
  header.resize((header.size() + 7) / 8 * 8, ' ');
  if (header.size() > largest_header)
    throw ValueError(fmt::format("safetensors: the header has {} bytes; at most {} are allowed",
                                 header.size(), largest_header));
  const std::uint64_t length = header.size();
  front.assign(reinterpret_cast<const char*>(&length), length_size);
  front += header;
  pieces[0] = front;
  return pieces;
}

}  // namespace

std::string safetensors_bytes(const Safetensors& content) {
  std::string front, bytes;
  for (const std::string_view piece : pieces_of(content, front)) bytes += piece;
  return bytes;
}

void write_safetensors(const std::string& path, const Safetensors& content) {
  std::string front;
  write_file(path, pieces_of(content, front));
}

template <class Number>
StoredTensor to_stored(const Tensor<Number>& tensor) {
  const auto owner = std::make_shared<const Tensor<Number>>(tensor.detach());
  return {.type = stored_type<Number>,
          .shape = tensor.shape(),
          .bytes = {reinterpret_cast<const char*>(owner->data()),
                    static_cast<std::size_t>(tensor.size()) * sizeof(Number)},
          .owner = owner};
}

template <class Number>
Tensor<Number> to_tensor(const StoredTensor& stored, std::string_view what) {
  if (stored.type != stored_type<Number>)
    throw DataError(fmt::format("{} is {} {}; expected {}", what, stored.type, stored.shape,
                                stored_type<Number>));
  if (stored.shape == Shape{0}) return {};
  Tensor<Number> tensor = Tensor<Number>::uninitialised(stored.shape);
  if (!stored.bytes.empty())
    std::memcpy(tensor.unshared_data(), stored.bytes.data(), stored.bytes.size());
  return tensor;
}

#define THALWEG_INSTANTIATE(Real)                       \
  template StoredTensor to_stored(const Tensor<Real>&); \
  template Tensor<Real> to_tensor(const StoredTensor&, std::string_view);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)
template StoredTensor to_stored(const Tensor<Index>&);
template Tensor<Index> to_tensor(const StoredTensor&, std::string_view);

}  // namespace thalweg
