#pragma once
/// Event files, as TensorBoard reads them.
///
///     nn::EventFile events{"runs/digits"};
///     events.scalar("loss", 0.31, step);
///
/// A file is a sequence of records, each an Event in the wire format of protocol buffers:
///
///     record      length u64, masked CRC of the length u32, data, masked CRC of the data u32
///     masked CRC  ((c >> 15) | (c << 17)) + 0xa282ead8, c the CRC-32C
///     Event       1: wall_time double, 2: step int64, 3: file_version string, 5: Summary,
///                 7: SessionLog
///     Summary     1: Value, repeated        Value       1: tag string, 2: simple_value float
///     SessionLog  1: status, START = 1
///
/// Integers are little-endian. Sources: the format of TFRecord files and event.proto, summary.proto
/// of TensorFlow; RFC 3720, appendix B.4, for the CRC; the encoding guide of protocol buffers.

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "thalweg/autodiff/base/shape.hpp"

namespace thalweg::nn {

namespace detail {
/// The CRC of the Castagnoli polynomial 0x1EDC6F41, reflected: of "123456789", 0xE3069283.
std::uint32_t crc32c(std::string_view bytes);
}  // namespace detail

/// Writes to a new file "events.out.tfevents.<seconds>.<host>.<process>.<number>". Each record is
/// flushed as it comes.
class EventFile {
 public:
  /// Makes the folder and the file. Throws DataError, naming it, if that fails.
  explicit EventFile(const std::string& folder);

  const std::string& path() const { return path_; }
  /// A number at a step ≥ 0. Throws DataError if it cannot be written.
  void scalar(std::string_view tag, double value, Index step);
  /// What other files of the folder have at `step` and later is void: a run went on from there.
  void restart(Index step);

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  void write(std::string_view event);

  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
};

}  // namespace thalweg::nn
