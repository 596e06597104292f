#include "thalweg/nn/training/event_file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <bit>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/nn/formats/bytes.hpp"
#include "thalweg/nn/formats/protobuf.hpp"

namespace thalweg::nn {
namespace {

using detail::ProtoMessage;

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

/// The beginning of an Event.
ProtoMessage now() {
  const std::chrono::duration<double> time = std::chrono::system_clock::now().time_since_epoch();
  return ProtoMessage().real(1, time.count());
}
ProtoMessage now(Index step) { return now().number(2, step); }

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
  write(now().text(3, "brain.Event:2").bytes());
}

void EventFile::scalar(std::string_view tag, double value, Index step) {
  const ProtoMessage entry = ProtoMessage().text(1, tag).real(2, static_cast<float>(value));
  write(now(step).message(5, ProtoMessage().message(1, entry)).bytes());
}

void EventFile::restart(Index step) {
  write(now(step).message(7, ProtoMessage().number(1, 1)).bytes());
}

void EventFile::write(std::string_view event) {
  std::string record;
  detail::append_little(record, event.size(), 8);
  detail::append_little(record, masked_crc(record), 4);
  record += event;
  detail::append_little(record, masked_crc(event), 4);
  if (std::fwrite(record.data(), 1, record.size(), file_.get()) != record.size() ||
      std::fflush(file_.get()) != 0)
    throw_unwritable(path_, errno);
}

}  // namespace thalweg::nn
