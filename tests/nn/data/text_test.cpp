#include "thalweg/nn/data/text.hpp"

#include "tests/message_of.hpp"
#include "tests/nn/data/damage.hpp"
#include "tests/temporary_folder.hpp"
#include "thalweg/optim/state/checkpoint.hpp"

using namespace thalweg;
using laws::refusal;
using nn::CharacterVocabulary;
using test::message_of;
using Tokens = std::vector<Index>;

TEST_CASE("CharacterVocabulary: characters are numbered in Unicode's order; decode undoes encode") {
  const std::string text = "größe €😀 g";
  const CharacterVocabulary vocabulary(text);
  CHECK(vocabulary.characters() ==
        std::vector<std::string>{" ", "e", "g", "r", "ß", "ö", "€", "😀"});
  CHECK(vocabulary.encode("g€e").to_vector() == Tokens{2, 6, 1});
  CHECK(vocabulary.decode(vocabulary.encode(text)) == text);
  CHECK(vocabulary.encode("").size() == 0);
  CHECK(CharacterVocabulary("").size() == 0);
}

TEST_CASE("CharacterVocabulary: what it does not hold is refused, saying what and where") {
  const CharacterVocabulary vocabulary("ab");
  CHECK(message_of<Error>([&] { vocabulary.encode("aé"); }) ==
        "encode: 'é' (U+00E9) at byte 1 is not in the vocabulary");
  CHECK(message_of<Error>([&] {
          vocabulary.decode(IndexTensor{0, 2});
        }) == "decode: token 2 is out of range; there are 2 characters");
}

TEST_CASE("CharacterVocabulary: every boundary of UTF-8 is kept, everything beyond refused") {
  for (const char* text :
       {"\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
        "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    const CharacterVocabulary vocabulary(text);
    CHECK(vocabulary.size() == 1);
    CHECK(vocabulary.decode(IndexTensor{0}) == text);
  }
  for (const char* text : {"\x80", "\xC1\xBF", "\xC2", "\xC2 ", "\xE0\x9F\xBF", "\xE2\x82",
                           "\xED\xA0\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5", "\xFF"})
    CHECK(refusal([&] { CharacterVocabulary("ab" + std::string(text), "x.txt"); }) ==
          "x.txt: byte 2 is not UTF-8");
}

TEST_CASE("CharacterVocabulary: it is saved and restored beside a model") {
  const TemporaryFolder folder;
  CharacterVocabulary vocabulary("größe"), restored;
  optim::save(folder / "v.safetensors", vocabulary);
  optim::restore(folder / "v.safetensors", restored);
  CHECK(restored.characters() == vocabulary.characters());
}

TEST_CASE("encode_bytes: every byte is a number, and back") {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  const IndexTensor tokens = nn::encode_bytes(all);
  CHECK(tokens(255) == 255);
  CHECK(nn::decode_bytes(tokens) == all);
  CHECK(message_of<Error>([] { nn::decode_bytes(IndexTensor{256}); }) ==
        "decode_bytes: token 256 is out of range for bytes");
}

TEST_CASE("next_tokens: windows side by side or overlapping, each followed by its next token") {
  const IndexTensor tokens = {0, 1, 2, 3, 4, 5, 6};
  const auto side = nn::next_tokens(tokens, 3);
  CHECK(side.x.shape() == Shape{2, 3});
  CHECK(side.x.to_vector() == Tokens{0, 1, 2, 3, 4, 5});
  CHECK(side.y.to_vector() == Tokens{1, 2, 3, 4, 5, 6});
  CHECK(nn::next_tokens(tokens, 3, 1).x.shape() == Shape{4, 3});
  CHECK(nn::next_tokens(tokens, 6).size() == 1);
  CHECK(message_of<Error>([&] { nn::next_tokens(tokens, 7); }) ==
        "next_tokens: 7 tokens; expected at least 8, length + 1");
  CHECK(message_of<Error>([&] { nn::next_tokens(tokens, 0); }) ==
        "next_tokens: length 0 and stride 0; expected at least 1, and 0 or more");
  Random random{3};
  CHECK(nn::batches(nn::next_tokens(tokens, 2), 2, random)[0].x.shape() == Shape{2, 2});
}
