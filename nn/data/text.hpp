#pragma once
/// Text as numbers, for models of language.
///
///     const std::string text = read_file("shakespeare.txt");
///     nn::CharacterVocabulary vocabulary(text, "shakespeare.txt");
///     const IndexTensor tokens = vocabulary.encode(text);
///     auto data = nn::next_tokens(tokens, 64);       // x [n, 64], y [n, 64]: x one further
///     …
///     std::string sample = vocabulary.decode(generated);

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "thalweg/autodiff/files/files.hpp"
#include "thalweg/nn/data/dataset.hpp"

namespace thalweg::optim {
class Archive;
}

namespace thalweg::nn {

/// The characters (code points) of a text, numbered in the order of Unicode.
class CharacterVocabulary {
 public:
  static constexpr auto kind = "CharacterVocabulary";

  /// Empty: to be restored.
  CharacterVocabulary() = default;
  /// The different characters of a text. Throws DataError "x.txt: byte 17 is not UTF-8".
  explicit CharacterVocabulary(std::string_view text, const std::string& origin = "text");

  /// The number of different characters.
  Index size() const { return static_cast<Index>(characters_.size()); }
  /// Each character as UTF-8.
  std::vector<std::string> characters() const;

  /// tokens [n]. Throws DataError for bytes that are not UTF-8 and for a character that is not in
  /// the vocabulary, naming it and its byte.
  IndexTensor encode(std::string_view text) const;
  /// Throws IndexError for a number that stands for nothing.
  std::string decode(const IndexTensor& tokens) const;

  void archive(optim::Archive& archive);

 private:
  std::vector<Index> characters_;  // ascending
};

/// The bytes of a text as numbers from 0 to 255, and back. Throws IndexError for others.
IndexTensor encode_bytes(std::string_view text);
std::string decode_bytes(const IndexTensor& tokens);

/// Windows of `length` tokens, `stride` apart (0: side by side), and for each token the next one.
///
///     tokens [t]    x [n, length]    y [n, length],    n = ⌊(t − 1 − length) / stride⌋ + 1
///
/// Throws ShapeError unless the tokens are a vector, ValueError if length or stride is too small
/// or there are fewer than length + 1 tokens.
Dataset<Index> next_tokens(const IndexTensor& tokens, Index length, Index stride = 0);

}  // namespace thalweg::nn
