#include "thalweg/nn/data/idx.hpp"

#include <zlib.h>

#include "tests/nn/data/damage.hpp"
#include "tests/temporary_folder.hpp"
#include "thalweg/autodiff/files/files.hpp"
#include "thalweg/nn/formats/gzip.hpp"

using namespace thalweg;
using namespace std::string_literals;
using laws::refusal;

namespace {

const std::string images = "\0\0\x08\x03\0\0\0\2\0\0\0\2\0\0\0\3\0\1\2\3\4\5\xFF\x80\0\0\0\0"s;
const std::string labels = "\0\0\x08\x01\0\0\0\2\7\3"s;

std::string error_of(const std::string& bytes) {
  return refusal([&] { nn::parse_idx(bytes, "x"); });
}

std::string packed(std::string_view bytes) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string result(bytes.size() + 100, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(result.data());
  stream.avail_out = static_cast<uInt>(result.size());
  deflate(&stream, Z_FINISH);
  result.resize(stream.total_out);
  deflateEnd(&stream);
  return result;
}

}  // namespace

TEST_CASE("idx: every number type is read as it was written, big-endian") {
  const auto read = [](const std::string& bytes) { return nn::parse_idx(bytes, "x"); };
  const auto check = [](const StoredTensor& stored, const char* type, std::string_view bytes) {
    CHECK(stored.type == type);
    CHECK(stored.shape == Shape{1});
    CHECK(stored.bytes == bytes);
  };
  check(read("\0\0\x08\1\0\0\0\1\xFE"s), "U8", "\xFE");
  check(read("\0\0\x09\1\0\0\0\1\xFE"s), "I8", "\xFE");
  check(read("\0\0\x0B\1\0\0\0\1\xFE\x01"s), "I16", "\x01\xFE");
  check(read("\0\0\x0C\1\0\0\0\1\1\2\3\4"s), "I32", "\4\3\2\1");
  check(read("\0\0\x0D\1\0\0\0\1\x3F\x80\0\0"s), "F32", "\0\0\x80\x3F"s);
  check(read("\0\0\x0E\1\0\0\0\1\x3F\xF0\0\0\0\0\0\0"s), "F64", "\0\0\0\0\0\0\xF0\x3F"s);
}

TEST_CASE("idx: images and labels become a dataset with pixels in [0, 1], packed or not") {
  const TemporaryFolder folder;
  for (const bool pack : {false, true}) {
    write_file(folder / "images", pack ? packed(images) : images);
    write_file(folder / "labels", pack ? packed(labels) : labels);
    const auto data = nn::read_idx_dataset<float>(folder / "images", folder / "labels");
    CHECK(data.x.shape() == Shape{2, 1, 2, 3});
    CHECK(data.x(0, 0, 1, 2).value() == 5.0f / 255);
    CHECK(data.x(1, 0, 0, 0).value() == 1.0f);
    CHECK(data.y.to_vector() == std::vector<Index>{7, 3});
    CHECK(nn::read_idx<Index>(folder / "images")(1, 0, 1) == 128);
    CHECK(nn::read_idx<double>(folder / "images")(1, 0, 1).value() == 128);
  }
}

TEST_CASE("idx: images without a label each, and files of other kinds, are refused by name") {
  const TemporaryFolder folder;
  const std::string a = folder / "images", b = folder / "labels";
  const auto error = [&] { return refusal([&] { nn::read_idx_dataset<float>(a, b); }); };
  write_file(a, images);
  write_file(b, "\0\0\x08\1\0\0\0\1\7"s);
  CHECK(error() == b + " has shape [1]; expected [2], a label for each image of " + a);
  write_file(b, "\0\0\x09\1\0\0\0\2\7\xFF"s);
  CHECK(error() == b + ": holds the label -1");
  write_file(a, labels);
  CHECK(error() == a + " is U8 [2]; expected U8 [n, height, width]");
}

TEST_CASE("idx: what is not in the format is refused, saying why") {
  CHECK(error_of("") == "x: ends in its header: 0 bytes are left; expected 2");
  CHECK(error_of("\0\0\x0A\0"s) ==
        "x: not in the format IDX: begins with 0000 0a; expected 0000 and a type (08, 09, 0b, 0c, "
        "0d or 0e)");
  CHECK(error_of("\0\0\x08\x09"s) == "x: has 9 axes; at most 8 are supported");
  CHECK(error_of("\0\0\x08\2\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"s) ==
        "x: shape [4294967295, 4294967295] has more than 2^62 elements");
  CHECK(error_of("\0\0\x08\1\0\0\0\2\7"s) == "x: 1 bytes follow the header, which are not U8 [2]");
  CHECK(error_of(labels + "\0"s) == "x: 3 bytes follow the header, which are not U8 [2]");
}

TEST_CASE("idx: every truncation is refused, plain and packed; no changed byte does harm") {
  const auto parse = [](std::string_view bytes) {
    nn::is_gzip(bytes) ? nn::parse_packed_idx(bytes, "x") : nn::parse_idx(bytes, "x");
  };
  for (const std::string& bytes : {images, labels, packed(images)}) {
    laws::truncations_are_refused(bytes, parse);
    laws::changes_do_no_harm(bytes, parse);
  }
}

TEST_CASE("idx: of packed files no more is unpacked than the header announces") {
  const std::string bomb = packed(labels + std::string(1 << 20, '\0'));
  CHECK(refusal([&] { nn::parse_packed_idx(bomb, "x"); }) == "x: unpacks to more than 38 bytes");
}

TEST_CASE("gunzip: members follow each other, others are refused, and a limit holds") {
  const std::string a = packed("one "), b = packed("two");
  CHECK(nn::gunzip(a + b, "x") == "one two");
  CHECK(refusal([&] { nn::gunzip(a + "tail", "x"); }) == "x: 4 bytes follow the compressed data");
  const std::string bomb = packed(std::string(1 << 20, 'a'));
  CHECK(nn::gunzip(bomb, "x", 1 << 20).size() == 1 << 20);
  CHECK(refusal([&] { nn::gunzip(bomb, "x", (1 << 20) - 1); }) ==
        "x: unpacks to more than 1048575 bytes");
}
