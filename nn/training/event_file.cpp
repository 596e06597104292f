#include "nn/training/event_file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <bit>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>

#include "autodiff/error.hpp"

namespace thalweg::nn {
namespace {

constexpr std::uint32_t reflected_polynomial = 0x82F63B78;

constexpr std::array<std::uint32_t, 256> crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t rest = byte;
    for (int bit = 0; bit < 8; ++bit) rest = (rest >> 1) ^ (rest & 1 ? reflected_polynomial : 0);
    table[byte] = rest;
  }
  return table;
}

std::uint32_t masked_crc(std::string_view bytes) {
  return std::rotr(detail::crc32c(bytes), 15) + 0xa282ead8u;
}

/// The bytes of a number, the lowest first.
template <class Unsigned>
std::string little_endian(Unsigned number) {
  std::string bytes;
  for (std::size_t k = 0; k < sizeof(Unsigned); ++k)
    bytes += static_cast<char>(number >> (8 * k) & 0xff);
  return bytes;
}

// ---- Fields of a message: number and wire type, then the content. ----

enum Wire : unsigned { varint_wire = 0, fixed64_wire = 1, bytes_wire = 2, fixed32_wire = 5 };

/// Seven bits a byte, the lowest first; the eighth says that more follow.
std::string varint(std::uint64_t number) {
  std::string bytes;
  for (; number >= 0x80; number >>= 7) bytes += static_cast<char>((number & 0x7f) | 0x80);
  return bytes + static_cast<char>(number);
}

std::string key(unsigned field, Wire wire) { return varint(field << 3 | wire); }

std::string field(unsigned number, std::uint64_t value) {
  return key(number, varint_wire) + varint(value);
}
std::string field(unsigned number, double value) {
  return key(number, fixed64_wire) + little_endian(std::bit_cast<std::uint64_t>(value));
}
std::string field(unsigned number, float value) {
  return key(number, fixed32_wire) + little_endian(std::bit_cast<std::uint32_t>(value));
}
std::string field(unsigned number, std::string_view bytes) {
  return (key(number, bytes_wire) + varint(bytes.size())).append(bytes);
}

/// The beginning of an Event.
std::string now() {
  const std::chrono::duration<double> time = std::chrono::system_clock::now().time_since_epoch();
  return field(1, time.count());
}
std::string now(Index step) { return now() + field(2, static_cast<std::uint64_t>(step)); }

std::string file_name() {
  static std::atomic<int> count = 0;
  char host[256] = "localhost";
  ::gethostname(host, sizeof host - 1);
  const std::chrono::duration<double> time = std::chrono::system_clock::now().time_since_epoch();
  return fmt::format("events.out.tfevents.{:010}.{}.{}.{}", static_cast<long>(time.count()), host,
                     ::getpid(), count++);
}

[[noreturn]] void throw_unwritable(const std::string& path, int error) {
  throw DataError(fmt::format("{}: cannot be written: {}", path, std::strerror(error)));
}

}  // namespace

std::uint32_t detail::crc32c(std::string_view bytes) {
  static constexpr auto table = crc_table();
  std::uint32_t rest = 0xffffffffu;
  for (const char byte : bytes)
    rest = (rest >> 8) ^ table[(rest ^ static_cast<unsigned char>(byte)) & 0xff];
  return ~rest;
}

EventFile::EventFile(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw DataError(fmt::format("{}: cannot be made: {}", folder, error.message()));
  path_ = folder + "/" + file_name();
  file_.reset(std::fopen(path_.c_str(), "wbx"));
  if (!file_) throw_unwritable(path_, errno);
  write(now() + field(3, std::string_view("brain.Event:2")));
}

void EventFile::scalar(std::string_view tag, double value, Index step) {
  const std::string entry = field(1, tag) + field(2, static_cast<float>(value));
  const std::string summary = field(1, std::string_view(entry));
  write(now(step) + field(5, std::string_view(summary)));
}

void EventFile::restart(Index step) {
  const std::string start = field(1, std::uint64_t{1});
  write(now(step) + field(7, std::string_view(start)));
}

void EventFile::write(std::string_view event) {
  const std::string length = little_endian(std::uint64_t{event.size()});
  std::string record = length + little_endian(masked_crc(length));
  record.append(event).append(little_endian(masked_crc(event)));
  if (std::fwrite(record.data(), 1, record.size(), file_.get()) != record.size() ||
      std::fflush(file_.get()) != 0)
    throw_unwritable(path_, errno);
}

}  // namespace thalweg::nn
