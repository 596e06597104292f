#pragma once
/// Numbers at the front of bytes that may end too early.

#include <cstdint>
#include <string>
#include <string_view>

namespace thalweg::nn::detail {

/// Takes one thing after the other from bytes that are not trusted. `origin` and `what` begin and
/// name things in messages; what is too short throws DataError "x.npy: ends in its header".
class ByteReader {
 public:
  ByteReader(std::string_view bytes, const std::string& origin) : rest_(bytes), origin_(origin) {}

  std::string_view take(std::size_t count, const char* what);
  std::uint64_t little(std::size_t width, const char* what);
  std::uint64_t big(std::size_t width, const char* what);
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
  const std::string& origin_;
};

/// Appends the lowest `width` bytes of a number, 8 at most, the lowest first.
void append_little(std::string& bytes, std::uint64_t number, std::size_t width);

/// For messages: printable, cut if long.
std::string shown(std::string_view text);

/// Turns each number of `width` bytes around.
void swap_bytes(std::string& bytes, std::size_t width);

}  // namespace thalweg::nn::detail
