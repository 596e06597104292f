#include "thalweg/nn/formats/protobuf.hpp"

#include <bit>

#include "thalweg/nn/formats/bytes.hpp"

namespace thalweg::nn::detail {

ProtoMessage& ProtoMessage::real(int field, float value) {
  key(field, 5);
  append_little(bytes_, std::bit_cast<std::uint32_t>(value), sizeof value);
  return *this;
}

ProtoMessage& ProtoMessage::real(int field, double value) {
  key(field, 1);
  append_little(bytes_, std::bit_cast<std::uint64_t>(value), sizeof value);
  return *this;
}

}  // namespace thalweg::nn::detail
