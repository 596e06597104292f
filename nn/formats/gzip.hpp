#pragma once
/// Bytes packed by gzip or deflate.
///
/// Source: RFC 1951 (deflate), RFC 1952 (gzip).

#include <cstddef>
#include <string>
#include <string_view>

namespace thalweg::nn {

/// Do these bytes begin as gzip's do?
bool is_gzip(std::string_view bytes);

/// Unpacks one member or several. Throws DataError, which begins with `origin`, if they end too
/// early, are damaged, are followed by others, or would make more than `largest` bytes; no more
/// than that is ever taken.
std::string gunzip(std::string_view bytes, const std::string& origin,
                   std::size_t largest = std::size_t(-1));

/// The bytes of a file, unpacked if they are packed. Throws DataError as `read_file` and `gunzip`.
std::string read_unpacked(const std::string& path);

namespace detail {

/// No byte of packed data makes more than this many.
constexpr std::size_t deflate_ratio = 1032;

/// The first `count` bytes that gunzip would give, or all if they are fewer.
std::string gunzip_front(std::string_view bytes, std::size_t count, const std::string& origin);

/// Unpacks raw deflate that has to make exactly `size` bytes and to end with `bytes`.
std::string inflate(std::string_view bytes, std::size_t size, const std::string& origin);

}  // namespace detail
}  // namespace thalweg::nn
