#include "thalweg/nn/data/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/nn/formats/utf8.hpp"
#include "thalweg/optim/state/archive.hpp"

namespace thalweg::nn {
namespace {

/// Calls f(code point, byte) for each character.
template <class F>
void for_each_character(std::string_view text, const std::string& origin, F&& f) {
  for (std::size_t at = 0; at < text.size();) {
    const auto character = detail::first_code_point(text.substr(at));
    if (character.length == 0) throw DataError(fmt::format("{}: byte {} is not UTF-8", origin, at));
    f(static_cast<Index>(character.value), at);
    at += character.length;
  }
}

std::string utf8_of(Index code_point) {
  std::string text;
  detail::append_utf8(text, static_cast<std::uint32_t>(code_point));
  return text;
}

}  // namespace

CharacterVocabulary::CharacterVocabulary(std::string_view text, const std::string& origin) {
  std::set<Index> different;
  for_each_character(text, origin, [&](Index c, std::size_t) { different.insert(c); });
  characters_.assign(different.begin(), different.end());
}

std::vector<std::string> CharacterVocabulary::characters() const {
  std::vector<std::string> texts;
  for (const Index character : characters_) texts.push_back(utf8_of(character));
  return texts;
}

IndexTensor CharacterVocabulary::encode(std::string_view text) const {
  std::vector<Index> tokens;
  tokens.reserve(text.size());
  for_each_character(text, "encode", [&](Index c, std::size_t byte) {
    const auto found = std::lower_bound(characters_.begin(), characters_.end(), c);
    if (found == characters_.end() || *found != c)
      throw DataError(fmt::format("encode: '{}' (U+{:04X}) at byte {} is not in the vocabulary",
                                  utf8_of(c), c, byte));
    tokens.push_back(found - characters_.begin());
  });
  return IndexTensor(tokens);
}

std::string CharacterVocabulary::decode(const IndexTensor& tokens) const {
  std::string text;
  for (const Index token : tokens.values()) {
    if (token < 0 || token >= size())
      throw IndexError(
          fmt::format("decode: token {} is out of range; there are {} characters", token, size()));
    detail::append_utf8(text, static_cast<std::uint32_t>(characters_[token]));
  }
  return text;
}

void CharacterVocabulary::archive(optim::Archive& archive) {
  std::vector<Index> characters = characters_;
  archive("characters", characters);
  const auto fine = [](Index c) {
    return c >= 0 && c <= 0x10FFFF && !(c >= 0xD800 && c <= 0xDFFF);
  };
  const auto falls = std::adjacent_find(characters.begin(), characters.end(), std::greater_equal());
  if (falls != characters.end() || !std::all_of(characters.begin(), characters.end(), fine))
    throw DataError(fmt::format("{}: the characters of a vocabulary are not ascending code points",
                                archive.origin()));
  characters_ = std::move(characters);
}

IndexTensor encode_bytes(std::string_view text) {
  std::vector<Index> tokens;
  tokens.reserve(text.size());
  for (const char byte : text) tokens.push_back(static_cast<unsigned char>(byte));
  return IndexTensor(tokens);
}

std::string decode_bytes(const IndexTensor& tokens) {
  std::string text;
  for (const Index token : tokens.values()) {
    if (token < 0 || token > 255)
      throw IndexError(fmt::format("decode_bytes: token {} is out of range for bytes", token));
    text += static_cast<char>(token);
  }
  return text;
}

Dataset<Index> next_tokens(const IndexTensor& tokens, Index length, Index stride) {
  if (tokens.rank() != 1)
    throw ShapeError(
        fmt::format("next_tokens: tokens have shape {}; expected a vector", tokens.shape()));
  if (length < 1 || stride < 0)
    throw ValueError(
        fmt::format("next_tokens: length {} and stride {}; expected at least 1, and 0 or more",
                    length, stride));
  if (tokens.size() - 1 < length)
    throw ValueError(fmt::format("next_tokens: {} tokens; expected at least {}, length + 1",
                                 tokens.size(), length + 1));
  if (stride == 0) stride = length;
  const Index n = (tokens.size() - 1 - length) / stride + 1;
  IndexTensor x = IndexTensor::uninitialised({n, length});
  IndexTensor y = IndexTensor::uninitialised({n, length});
  for (Index k = 0; k < n; ++k) {
    const Index* from = tokens.data() + k * stride;
    std::copy_n(from, length, x.unshared_data() + k * length);
    std::copy_n(from + 1, length, y.unshared_data() + k * length);
  }
  return {x, y};
}

}  // namespace thalweg::nn
