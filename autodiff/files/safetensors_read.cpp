#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/files/file_kind.hpp"
#include "thalweg/autodiff/files/files.hpp"
#include "thalweg/autodiff/files/safetensors.hpp"
#include "thalweg/autodiff/files/safetensors_format.hpp"

namespace thalweg {

using namespace detail::safetensors;

namespace {

using Json = nlohmann::json;
using NamedTensor = std::pair<const std::string, StoredTensor>;

/// At most so much of a hostile file is shown.
std::string shortened(std::string text) {
  constexpr std::size_t limit = 60;
  return text.size() <= limit ? text : text.substr(0, limit) + "…";
}

template <class... Args>
[[noreturn]] void refuse(fmt::format_string<Args...> text, Args&&... args) {
  throw DataError(fmt::format(text, std::forward<Args>(args)...));
}

/// Parses, but stops at a list or an object inside three others, and at a key that comes twice.
Json parsed(std::string_view header) {
  constexpr int deepest = 3;
  std::array<std::set<std::string>, deepest + 1> keys;  // of the object open at each depth
  if (!header.starts_with('{'))
    refuse("not in the format safetensors: the header does not begin with {{");
  const auto guard = [&](int depth, Json::parse_event_t event, const Json& value) {
    const bool object = event == Json::parse_event_t::object_start;
    if (object || event == Json::parse_event_t::array_start) {
      if (depth >= deepest) refuse("the header is nested more than {} deep", deepest);
      if (object) keys[static_cast<std::size_t>(depth) + 1].clear();
    }
    if (event == Json::parse_event_t::key && !keys[depth].insert(value.get<std::string>()).second)
      refuse("the header names {} twice", quoted(value.get<std::string>()));
    return true;
  };
  // The parser takes a zero for the end.
  if (const std::size_t zero = header.find('\0'); zero != header.npos)
    refuse("the header is not JSON from its byte {} on", zero + 1);
  try {
    return Json::parse(header.begin(), header.end(), guard);
  } catch (const Json::parse_error& error) {
    refuse("the header is not JSON from its byte {} on", error.byte);
  } catch (const Json::exception&) {
    refuse("the header holds a number out of range");
  }
}

/// A list of whole numbers below 2⁶³.
std::vector<Index> whole_numbers(const std::string& tensor, const char* key, const Json& entry) {
  const auto found = entry.find(key);
  if (found == entry.end()) refuse("tensor {} has no {}", tensor, key);
  const auto fine = [](const Json& number) {
    return number.is_number_unsigned() && number.get<std::uint64_t>() >> 63 == 0;
  };
  if (!found->is_array() || !std::all_of(found->begin(), found->end(), fine))
    refuse("tensor {}: {} is {}; expected a list of whole numbers", tensor, key,
           shortened(found->dump()));
  return found->get<std::vector<Index>>();
}

Shape shape_of(const std::string& tensor, const Json& entry) {
  const std::vector<Index> sizes = whole_numbers(tensor, "shape", entry);
  if (sizes.size() > Shape::max_rank)
    refuse("tensor {} has {} axes; at most {} are supported", tensor, sizes.size(),
           Shape::max_rank);
  try {
    return Shape(sizes);
  } catch (const ShapeError&) {
    refuse("tensor {}: shape [{}] has more than 2^62 elements", tensor, fmt::join(sizes, ", "));
  }
}

StoredTensor stored_tensor(const std::string& name, const Json& entry, std::string_view data) {
  const std::string tensor = quoted(name);
  if (!entry.is_object()) refuse("tensor {} is described by no object", tensor);
  const auto type = entry.find("dtype");
  if (type == entry.end()) refuse("tensor {} has no dtype", tensor);
  if (!type->is_string() || width_of(type->get<std::string>()) == 0)
    refuse("tensor {} is of the unknown type {}", tensor, shortened(type->dump()));
  StoredTensor stored;
  stored.type = type->get<std::string>();
  stored.shape = shape_of(tensor, entry);
  const std::vector<Index> offsets = whole_numbers(tensor, "data_offsets", entry);
  if (offsets.size() != 2)
    refuse("tensor {}: data_offsets has {} numbers; expected 2", tensor, offsets.size());
  const auto begin = static_cast<std::size_t>(offsets[0]);
  const auto end = static_cast<std::size_t>(offsets[1]);
  if (begin > end) refuse("tensor {}: data_offsets [{}, {}] run backwards", tensor, begin, end);
  if (end > data.size())
    refuse("tensor {}: data_offsets [{}, {}] reach beyond the data, which are {} bytes", tensor,
           begin, end, data.size());
  if (!fits(stored.shape, width_of(stored.type), end - begin))
    refuse("tensor {}: data_offsets [{}, {}] hold {} bytes, which are not {} {}", tensor, begin,
           end, end - begin, stored.type, stored.shape);
  stored.bytes = data.substr(begin, end - begin);
  return stored;
}

std::map<std::string, std::string> metadata_of(const Json& entry) {
  std::map<std::string, std::string> metadata;
  if (!entry.is_object()) refuse("{} is no object", metadata_key);
  for (const auto& [key, text] : entry.items()) {
    if (!text.is_string()) refuse("{}: {} is no text", metadata_key, quoted(key));
    metadata.emplace(key, text.get<std::string>());
  }
  return metadata;
}

/// Side by side the tensors are the data, no byte left out and none used twice.
void expect_seamless(const std::map<std::string, StoredTensor>& tensors, std::string_view data) {
  std::vector<const NamedTensor*> order;
  for (const NamedTensor& tensor : tensors) order.push_back(&tensor);
  const auto place = [](const NamedTensor* tensor) {
    return std::pair(tensor->second.bytes.data(), tensor->second.bytes.size());
  };
  std::sort(order.begin(), order.end(),
            [&](const auto* a, const auto* b) { return place(a) < place(b); });
  std::size_t end = 0;
  for (std::size_t k = 0; k < order.size(); ++k) {
    const auto& [name, tensor] = *order[k];
    const auto begin = static_cast<std::size_t>(tensor.bytes.data() - data.data());
    if (begin < end) refuse("tensors {} and {} overlap", quoted(order[k - 1]->first), quoted(name));
    if (begin > end) refuse("bytes {} to {} of the data belong to no tensor", end, begin);
    end = begin + tensor.bytes.size();
  }
  if (end != data.size())
    refuse("bytes {} to {} of the data belong to no tensor", end, data.size());
}

Safetensors parse(std::string_view bytes) {
  const std::string_view all = bytes;
  if (bytes.size() < length_size)
    refuse("not in the format safetensors: {} bytes; a header's length alone takes {}",
           bytes.size(), length_size);
  std::uint64_t length;
  std::memcpy(&length, bytes.data(), length_size);
  bytes.remove_prefix(length_size);
  if (length > bytes.size())  // not a file that begins so by chance
    if (const std::string kind = file_kind(all); !kind.empty())
      refuse("not in the format safetensors: it is {}", kind);
  if (length > largest_header)
    refuse(
        "not in the format safetensors: a header of {} bytes is announced; at most {} are allowed",
        length, largest_header);
  if (length > bytes.size())
    refuse("a header of {} bytes is announced; {} follow", length, bytes.size());
  const std::string_view data = bytes.substr(length);
  const Json header = parsed(bytes.substr(0, length));
  Safetensors content;
  for (const auto& [name, entry] : header.items())
    if (name == metadata_key)
      content.metadata = metadata_of(entry);
    else
      content.tensors.emplace(name, stored_tensor(name, entry, data));
  expect_seamless(content.tensors, data);
  return content;
}

}  // namespace

std::string detail::safetensors::quoted(const std::string& name) {
  return Json(shortened(name)).dump(-1, ' ', false, Json::error_handler_t::replace);
}

Safetensors parse_safetensors(std::string_view bytes, const std::string& origin) {
  try {
    return parse(bytes);
  } catch (const DataError& error) {
    throw DataError(fmt::format("{}: {}", origin, error.what()));
  }
}

Safetensors read_safetensors(const std::string& path) {
  const auto file = std::make_shared<const MappedFile>(path);
  Safetensors content = parse_safetensors(file->bytes(), path);
  for (auto& [name, tensor] : content.tensors) tensor.owner = file;
  return content;
}

}  // namespace thalweg
