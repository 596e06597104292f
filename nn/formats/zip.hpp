#pragma once
/// The directory of a ZIP archive.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace thalweg::nn::detail {

struct ZipEntry {
  std::string name;
  std::uint64_t method = 0;  // 0 stored, 8 deflated
  std::uint64_t crc = 0;
  std::size_t size = 0;
  std::string_view packed;
};

/// The entries in the order of the directory; `packed` are views of `bytes`. Throws DataError,
/// which begins with `origin`, unless all lies inside the archive and no two entries overlap.
std::vector<ZipEntry> parse_zip(std::string_view bytes, const std::string& origin);

/// The checksum CRC-32 of bytes, going on from that of the bytes before them.
std::uint32_t crc32_of(std::string_view bytes, std::uint32_t before = 0);

/// What precedes the data of a stored entry, and its line in the directory. `offset` is where the
/// former begins.
std::string zip_local_header(const ZipEntry& entry);
std::string zip_directory_line(const ZipEntry& entry, std::uint64_t offset);
std::string zip_end(std::uint64_t entries, std::uint64_t directory_size, std::uint64_t offset);

}  // namespace thalweg::nn::detail
