#include "thalweg/nn/formats/zip.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/files/file_kind.hpp"
#include "thalweg/nn/formats/bytes.hpp"

namespace thalweg::nn::detail {
namespace {

constexpr std::uint64_t local_mark = 0x04034b50, line_mark = 0x02014b50, end_mark = 0x06054b50;
constexpr std::size_t end_size = 22;
constexpr std::uint64_t unknown = 0xFFFFFFFF;  // the true number is in an extension of 64 bits

constexpr std::uint64_t encrypted = 1, names_are_utf8 = 0x800;  // flags

/// Where the entries and their directory lie.
struct Directory {
  std::uint64_t entries, size, offset;
};

/// The end record: the last place that begins with its mark and whose comment fills the rest.
Directory directory_of(std::string_view bytes, const std::string& origin) {
  constexpr std::size_t longest_comment = 0xFFFF;
  for (std::size_t back = end_size; back <= std::min(bytes.size(), end_size + longest_comment);
       ++back) {
    ByteReader reader(bytes.substr(bytes.size() - back), origin);
    if (reader.little(4, "end") != end_mark) continue;
    const std::uint64_t disk = reader.little(2, "end"), first_disk = reader.little(2, "end");
    const std::uint64_t here = reader.little(2, "end");
    const Directory found{reader.little(2, "end"), reader.little(4, "end"),
                          reader.little(4, "end")};
    if (reader.little(2, "end") != reader.rest().size()) continue;
    if (disk != 0 || first_disk != 0 || here != found.entries)
      throw DataError(fmt::format("{}: a part of a ZIP archive in several parts", origin));
    if (found.offset == unknown || found.entries == 0xFFFF)
      throw DataError(fmt::format("{}: ZIP archives of 4 GiB and more are not supported", origin));
    if (found.size + found.offset != bytes.size() - back)
      throw DataError(
          fmt::format("{}: the directory of the ZIP archive does not precede its end", origin));
    return found;
  }
  throw DataError(bytes.starts_with("PK")
                      ? fmt::format("{}: the ZIP archive ends too early", origin)
                      : fmt::format("{}: not a ZIP archive{}", origin, it_is(bytes)));
}

/// The data behind the local header at `offset`.
std::string_view data_at(std::string_view bytes, std::uint64_t offset, std::uint64_t packed_size,
                         const ZipEntry& entry, const std::string& origin) {
  const auto refuse = [&](const char* why) {
    throw DataError(fmt::format("{}: entry '{}' {}", origin, shown(entry.name), why));
  };
  if (offset > bytes.size()) refuse("begins behind the data");
  ByteReader local(bytes.substr(offset), origin);
  if (local.little(4, "entries") != local_mark) refuse("is not where the directory says");
  local.take(4, "entries");  // version, flags
  const std::uint64_t method = local.little(2, "entries");
  local.take(16, "entries");  // time, and what the directory knows better
  const std::uint64_t name = local.little(2, "entries"), extra = local.little(2, "entries");
  if (local.take(name, "entries") != entry.name || method != entry.method)
    refuse("is described differently by the directory");
  local.take(extra, "entries");
  return local.take(packed_size, "entries");
}

ZipEntry next_entry(ByteReader& line, std::string_view data, const std::string& origin) {
  constexpr const char* what = "directory";
  if (line.little(4, what) != line_mark)
    throw DataError(fmt::format("{}: the directory of the ZIP archive is damaged", origin));
  line.take(4, what);  // versions
  const std::uint64_t flags = line.little(2, what);
  ZipEntry entry;
  entry.method = line.little(2, what);
  line.take(4, what);  // time
  entry.crc = line.little(4, what);
  const std::uint64_t packed_size = line.little(4, what);
  entry.size = line.little(4, what);
  const std::uint64_t name = line.little(2, what), extra = line.little(2, what);
  const std::uint64_t comment = line.little(2, what);
  line.take(8, what);  // disk, attributes
  const std::uint64_t offset = line.little(4, what);
  entry.name = line.take(name, what);
  line.take(extra, what);
  line.take(comment, what);
  const auto refuse = [&](const std::string& why) {
    throw DataError(fmt::format("{}: entry '{}' {}", origin, shown(entry.name), why));
  };
  if (flags & encrypted) refuse("is encrypted");
  if (entry.method != 0 && entry.method != 8)
    refuse(fmt::format("is compressed by method {}; expected 0 (stored) or 8 (deflate)",
                       entry.method));
  if (packed_size == unknown || entry.size == unknown || offset == unknown)
    refuse("is of 4 GiB or more, which is not supported");
  if (entry.method == 0 && packed_size != entry.size) refuse("is stored in another size");
  entry.packed = data_at(data, offset, packed_size, entry, origin);
  return entry;
}

void expect_apart(const std::vector<ZipEntry>& entries, const std::string& origin) {
  std::vector<std::string_view> order;
  for (const ZipEntry& entry : entries) order.push_back(entry.packed);
  std::sort(order.begin(), order.end(), [](std::string_view a, std::string_view b) {
    return std::pair(a.data(), a.size()) < std::pair(b.data(), b.size());
  });
  for (std::size_t k = 1; k < order.size(); ++k)
    if (order[k - 1].data() + order[k - 1].size() > order[k].data())
      throw DataError(fmt::format("{}: two entries of the ZIP archive overlap", origin));
}

std::uint32_t low(std::uint64_t number) { return static_cast<std::uint32_t>(number); }

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<signed char>(c) >= 0; });
}

/// What the local header and the directory's line have in common.
void append_description(std::string& bytes, const ZipEntry& entry) {
  append_little(bytes, 20, 2);  // version 2.0
  append_little(bytes, is_ascii(entry.name) ? 0 : names_are_utf8, 2);
  append_little(bytes, entry.method, 2);
  append_little(bytes, 0, 2);       // time
  append_little(bytes, 0x0021, 2);  // 1 January 1980, so that equal arrays make equal files
  append_little(bytes, entry.crc, 4);
  append_little(bytes, low(entry.size), 4);
  append_little(bytes, low(entry.size), 4);
  append_little(bytes, entry.name.size(), 2);
  append_little(bytes, 0, 2);  // extra
}

}  // namespace

std::vector<ZipEntry> parse_zip(std::string_view bytes, const std::string& origin) {
  const Directory directory = directory_of(bytes, origin);
  const std::string_view data = bytes.substr(0, directory.offset);
  ByteReader line(bytes.substr(directory.offset, directory.size), origin);
  std::vector<ZipEntry> entries;
  for (std::uint64_t k = 0; k < directory.entries; ++k)
    entries.push_back(next_entry(line, data, origin));
  if (!line.rest().empty())
    throw DataError(fmt::format("{}: the directory of the ZIP archive is damaged", origin));
  expect_apart(entries, origin);
  return entries;
}

std::uint32_t crc32_of(std::string_view bytes, std::uint32_t before) {
  uLong crc = before;
  while (!bytes.empty()) {
    const std::string_view part = bytes.substr(0, std::numeric_limits<uInt>::max());
    crc = ::crc32(crc, reinterpret_cast<const Bytef*>(part.data()), static_cast<uInt>(part.size()));
    bytes.remove_prefix(part.size());
  }
  return static_cast<std::uint32_t>(crc);
}

std::string zip_local_header(const ZipEntry& entry) {
  std::string bytes;
  append_little(bytes, local_mark, 4);
  append_description(bytes, entry);
  return bytes + entry.name;
}

std::string zip_directory_line(const ZipEntry& entry, std::uint64_t offset) {
  std::string bytes;
  append_little(bytes, line_mark, 4);
  append_little(bytes, 20, 2);
  append_description(bytes, entry);
  bytes.append(2 + 2 + 2 + 4, '\0');  // comment, disk, attributes
  append_little(bytes, offset, 4);
  return bytes + entry.name;
}

std::string zip_end(std::uint64_t entries, std::uint64_t directory_size, std::uint64_t offset) {
  std::string bytes;
  append_little(bytes, end_mark, 4);
  append_little(bytes, 0, 4);  // disks
  append_little(bytes, entries, 2);
  append_little(bytes, entries, 2);
  append_little(bytes, directory_size, 4);
  append_little(bytes, offset, 4);
  append_little(bytes, 0, 2);  // comment
  return bytes;
}

}  // namespace thalweg::nn::detail
