#pragma once
/// The wire format of Protocol Buffers, as far as ONNX and TensorBoard need it.
///
///     message = field*      field = key, value      key = varint(number · 8 + wire type)
///     wire type 0   varint: seven bits per byte, the lowest first, bit 7 set on all but the last
///     wire type 1   eight bytes, little-endian: double
///     wire type 2   length as varint, bytes: text, raw numbers, another message
///     wire type 5   four bytes, little-endian: float
///
/// Source: protobuf.dev, "Encoding".

#include <cstdint>
#include <string>
#include <string_view>

namespace thalweg::nn::detail {

/// A message that grows. A repeated field is written once per element.
class ProtoMessage {
 public:
  ProtoMessage& number(int field, std::int64_t value) {
    key(field, 0);
    varint(static_cast<std::uint64_t>(value));
    return *this;
  }
  ProtoMessage& text(int field, std::string_view bytes) {
    key(field, 2);
    varint(bytes.size());
    bytes_ += bytes;
    return *this;
  }
  ProtoMessage& message(int field, const ProtoMessage& inner) { return text(field, inner.bytes_); }
  ProtoMessage& real(int field, float value);
  ProtoMessage& real(int field, double value);
  /// Further fields.
  ProtoMessage& append(const ProtoMessage& fields) {
    bytes_ += fields.bytes_;
    return *this;
  }

  const std::string& bytes() const { return bytes_; }

 private:
  void key(int field, int wire) {
    varint(8 * static_cast<std::uint64_t>(field) + static_cast<std::uint64_t>(wire));
  }
  void varint(std::uint64_t value) {
    for (; value >= 128; value >>= 7) bytes_ += static_cast<char>(value | 128);
    bytes_ += static_cast<char>(value);
  }

  std::string bytes_;
};

}  // namespace thalweg::nn::detail
