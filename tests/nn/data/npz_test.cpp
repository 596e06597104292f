#include "thalweg/nn/data/npz.hpp"

#include <zlib.h>

#include "tests/nn/data/damage.hpp"
#include "tests/temporary_folder.hpp"
#include "thalweg/autodiff/files/files.hpp"
#include "thalweg/nn/data/npy.hpp"
#include "thalweg/nn/data/stored.hpp"
#include "thalweg/nn/formats/bytes.hpp"
#include "thalweg/nn/formats/zip.hpp"

using namespace thalweg;
using namespace std::string_literals;
using laws::refusal;

namespace {

std::string parse_error(const std::string& bytes) {
  return refusal([&] { nn::parse_npz(bytes, "x"); });
}

std::string written(const nn::StoredTensors& arrays) {
  const TemporaryFolder folder;
  nn::write_npz(folder / "x.npz", arrays);
  return read_file(folder / "x.npz");
}

const Tensor<float> numbers = {{1, 2, 3}, {4, 5, 6}};

/// An archive of one deflated array, `size` being what it announces.
std::string deflated(const Tensor<float>& tensor, std::size_t more = 0) {
  const StoredTensor stored = to_stored(tensor);
  const std::string plain = nn::npy_header(stored) + std::string(stored.bytes);
  std::string packed(plain.size() + 100, '\0');
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);

  nn::detail::ZipEntry entry{"a.npy", 8, nn::detail::crc32_of(plain), plain.size() + more, packed};
  std::string front = nn::detail::zip_local_header(entry), line;
  line = nn::detail::zip_directory_line(entry, 0);
  std::string size;
  nn::detail::append_little(size, packed.size(), 4);
  line.replace(20, 4, size);
  front += packed;
  return front + line + nn::detail::zip_end(1, line.size(), front.size());
}

}  // namespace

TEST_CASE("npz: what is written is read back bit for bit, under its name") {
  const Tensor<double> bias = {0.5, -1};
  const auto bytes = written({{"layer/weight", to_stored(numbers)},
                              {"größe", to_stored(IndexTensor{7})},
                              {"bias", to_stored(bias)}});
  const nn::StoredTensors arrays = nn::parse_npz(bytes, "x");
  CHECK(arrays.size() == 3);
  CHECK(nn::converted<float>(arrays.at("layer/weight"), "").to_vector() == numbers.to_vector());
  CHECK(nn::converted<double>(arrays.at("bias"), "").to_vector() == bias.to_vector());
  CHECK(nn::converted<Index>(arrays.at("größe"), "")(0) == 7);
  CHECK(written({{"bias", to_stored(bias)}}) == written({{"bias", to_stored(bias)}}));
  CHECK(nn::parse_npz(written({}), "x").empty());
}

TEST_CASE("npz: arrays live as long as somebody holds them") {
  const TemporaryFolder folder;
  nn::write_npz(folder / "x.npz", {{"a", to_stored(numbers)}});
  const StoredTensor array = nn::read_npz(folder / "x.npz").at("a");
  CHECK(nn::converted<float>(array, "").to_vector() == numbers.to_vector());
}

TEST_CASE("npz: deflated arrays are unpacked, to the size that is announced") {
  const auto arrays = nn::parse_npz(deflated(numbers), "x");
  CHECK(nn::converted<float>(arrays.at("a"), "").to_vector() == numbers.to_vector());
  CHECK(parse_error(deflated(numbers, 1)) ==
        "x: entry 'a.npy': does not unpack to the 153 bytes announced");
  CHECK(parse_error(deflated(numbers, 1 << 30)) ==
        "x: entry 'a.npy': 1073741976 bytes are announced; 88 compressed ones cannot make them");
}

TEST_CASE("npz: damage is found by checksum, and every truncation is refused") {
  std::string bytes = written({{"a", to_stored(numbers)}, {"b", to_stored(Tensor<double>{1})}});
  const auto parse = [](std::string_view file) { nn::parse_npz(file, "x"); };
  laws::truncations_are_refused(bytes, parse);
  laws::changes_do_no_harm(bytes, parse);
  laws::truncations_are_refused(deflated(numbers), parse);
  laws::changes_do_no_harm(deflated(numbers), parse);
  bytes[35 + 130] ^= 1;
  CHECK(parse_error(bytes) == "x: entry 'a.npy' is damaged: its checksum differs");
}

TEST_CASE("npz: entries that overlap are refused: one within the other, or one under two names") {
  const StoredTensor stored = to_stored(numbers);
  const std::string array = nn::npy_header(stored) + std::string(stored.bytes);
  const auto entry = [](const std::string& name, std::string_view packed) {
    return nn::detail::ZipEntry{name, 0, nn::detail::crc32_of(packed), packed.size(), packed};
  };
  const auto archive = [](const std::string& front, const std::string& lines) {
    return front + lines + nn::detail::zip_end(2, lines.size(), front.size());
  };
  const auto inner = entry("b.npy", array);
  const std::string nested = nn::detail::zip_local_header(inner) + array;
  const auto outer = entry("a.npy", nested);
  const std::string header = nn::detail::zip_local_header(outer);
  CHECK(parse_error(
            archive(header + nested, nn::detail::zip_directory_line(outer, 0) +
                                         nn::detail::zip_directory_line(inner, header.size()))) ==
        "x: two entries of the ZIP archive overlap");
  CHECK(parse_error(archive(nested, nn::detail::zip_directory_line(inner, 0) +
                                        nn::detail::zip_directory_line(inner, 0))) ==
        "x: two entries of the ZIP archive overlap");
  const auto second = entry("c.npy", array);  // side by side they are not
  CHECK(parse_error(archive(nested + nn::detail::zip_local_header(second) + array,
                            nn::detail::zip_directory_line(second, nested.size()) +
                                nn::detail::zip_directory_line(inner, 0))) == "");
}

TEST_CASE("npz: what is no archive of arrays is refused, saying why") {
  const std::string good = written({{"a", to_stored(numbers)}});
  CHECK(parse_error("") == "x: not a ZIP archive");
  CHECK(parse_error("x" + good) == "x: the directory of the ZIP archive does not precede its end");
  std::string other = good;
  for (std::size_t at = 0; (at = other.find(".npy", at)) != other.npos;) other[at + 3] = 'z';
  CHECK(parse_error(other) == "x: entry 'a.npz' is no array: its name does not end in .npy");
  nn::StoredTensors nameless{{"", to_stored(numbers)}};
  CHECK_THROWS_WITH_AS(written(nameless), "npz: the name '' has 0 bytes; expected 1 to 1000",
                       ValueError);
}
