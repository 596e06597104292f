#pragma once
/// A small reader of Protocol Buffers, by their description, for tests.

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace thalweg {

/// A message: the values of each field, in order.
class ProtoReader {
 public:
  explicit ProtoReader(std::string_view bytes) {
    while (!bytes.empty()) {
      const std::uint64_t key = varint(bytes);
      const auto field = static_cast<int>(key >> 3);
      if ((key & 7) == 0)
        numbers_[field].push_back(static_cast<std::int64_t>(varint(bytes)));
      else if ((key & 7) == 2)
        texts_[field].push_back(take(bytes, varint(bytes)));
      else if ((key & 7) == 5)
        texts_[field].push_back(take(bytes, 4));
      else
        throw std::runtime_error("an unknown wire type");
    }
  }

  std::int64_t number(int field) const { return numbers_.at(field).at(0); }
  std::vector<std::int64_t> numbers(int field) const {
    const auto found = numbers_.find(field);
    return found == numbers_.end() ? std::vector<std::int64_t>{} : found->second;
  }
  std::string text(int field) const { return std::string(texts_.at(field).at(0)); }
  std::vector<std::string> texts(int field) const {
    const auto found = texts_.find(field);
    if (found == texts_.end()) return {};
    return {found->second.begin(), found->second.end()};
  }
  ProtoReader message(int field) const { return ProtoReader(texts_.at(field).at(0)); }
  std::vector<ProtoReader> messages(int field) const {
    std::vector<ProtoReader> result;
    if (const auto found = texts_.find(field); found != texts_.end())
      for (const std::string_view bytes : found->second) result.emplace_back(bytes);
    return result;
  }

 private:
  static std::uint64_t varint(std::string_view& bytes) {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(take(bytes, 1)[0]);
      value |= std::uint64_t{byte & 127u} << shift;
      if (byte < 128) return value;
    }
    throw std::runtime_error("a varint of more than ten bytes");
  }
  static std::string_view take(std::string_view& bytes, std::uint64_t size) {
    if (size > bytes.size()) throw std::runtime_error("a message that ends early");
    const std::string_view front = bytes.substr(0, size);
    bytes.remove_prefix(size);
    return front;
  }

  std::map<int, std::vector<std::int64_t>> numbers_;
  std::map<int, std::vector<std::string_view>> texts_;  // views of the file
};

}  // namespace thalweg
