#include "thalweg/nn/data/npz.hpp"

#include <fmt/format.h>

#include <vector>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/files/files.hpp"
#include "thalweg/nn/data/npy.hpp"
#include "thalweg/nn/formats/bytes.hpp"
#include "thalweg/nn/formats/gzip.hpp"
#include "thalweg/nn/formats/zip.hpp"

namespace thalweg::nn {
namespace {

constexpr std::string_view suffix = ".npy";

/// "x" of the entry "x.npy"; numpy takes other entries for plain files, which are no arrays.
std::string array_name(const std::string& entry, const std::string& origin) {
  if (!entry.ends_with(suffix))
    throw DataError(fmt::format("{}: entry '{}' is no array: its name does not end in .npy", origin,
                                detail::shown(entry)));
  return entry.substr(0, entry.size() - suffix.size());
}

StoredTensor array_of(const detail::ZipEntry& entry, const std::string& origin) {
  const std::string place = fmt::format("{}: entry '{}'", origin, detail::shown(entry.name));
  std::shared_ptr<const std::string> unpacked;
  std::string_view bytes = entry.packed;
  if (entry.method != 0) {
    unpacked =
        std::make_shared<const std::string>(detail::inflate(entry.packed, entry.size, place));
    bytes = *unpacked;
  }
  if (detail::crc32_of(bytes) != entry.crc)
    throw DataError(fmt::format("{} is damaged: its checksum differs", place));
  StoredTensor array = detail::parse_npy_of_any_type(bytes, place);
  if (!array.owner) array.owner = unpacked;
  return array;
}

/// Throws ValueError where 32 bits do not hold the number.
void expect_small(std::uint64_t size) {
  if (size >= 0xFFFFFFFF) throw ValueError("npz: 4 GiB and more are not written");
}

}  // namespace

StoredTensors parse_npz(std::string_view bytes, const std::string& origin) {
  StoredTensors arrays;
  for (const detail::ZipEntry& entry : detail::parse_zip(bytes, origin)) {
    const std::string name = array_name(entry.name, origin);
    if (!arrays.emplace(name, array_of(entry, origin)).second)
      throw DataError(fmt::format("{}: entry '{}' comes twice", origin, detail::shown(entry.name)));
  }
  return arrays;
}

StoredTensors read_npz(const std::string& path) {
  const auto bytes = std::make_shared<const std::string>(read_file(path));
  StoredTensors arrays = parse_npz(*bytes, path);
  for (auto& [name, array] : arrays)
    if (!array.owner) array.owner = bytes;
  return arrays;
}

void write_npz(const std::string& path, const StoredTensors& arrays) {
  if (arrays.size() >= 0xFFFF)
    throw ValueError(fmt::format("npz: {} arrays; at most 65534 are written", arrays.size()));
  std::vector<std::string> fronts;  // reserved, so that views of them stay
  fronts.reserve(arrays.size() + 1);
  std::vector<std::string_view> pieces;
  std::string directory;
  std::uint64_t offset = 0;
  for (const auto& [name, array] : arrays) {
    if (name.empty() || name.size() > 1000)
      throw ValueError(fmt::format("npz: the name '{}' has {} bytes; expected 1 to 1000",
                                   detail::shown(name), name.size()));
    const std::string header = npy_header(array);
    detail::ZipEntry entry;
    entry.name = name + std::string(suffix);
    entry.size = header.size() + array.bytes.size();
    entry.crc = detail::crc32_of(array.bytes, detail::crc32_of(header));
    expect_small(entry.size);
    directory += detail::zip_directory_line(entry, offset);
    fronts.push_back(detail::zip_local_header(entry) + header);
    pieces.insert(pieces.end(), {fronts.back(), array.bytes});
    offset += fronts.back().size() + array.bytes.size();
    expect_small(offset);
  }
  fronts.push_back(directory + detail::zip_end(arrays.size(), directory.size(), offset));
  pieces.push_back(fronts.back());
  write_file(path, pieces);
}

}  // namespace thalweg::nn
