#include "thalweg/nn/data/npy.hpp"

#include <cstring>
#include <limits>

#include "tests/nn/data/damage.hpp"
#include "tests/temporary_folder.hpp"
#include "thalweg/autodiff/files/files.hpp"
#include "thalweg/nn/data/stored.hpp"

using namespace thalweg;
using namespace std::string_literals;
using laws::refusal;

namespace {

/// A file of version 1 with this dictionary.
std::string npy(const std::string& dictionary, const std::string& data) {
  return "\x93NUMPY\1\0"s + static_cast<char>(dictionary.size()) + "\0"s + dictionary + data;
}

std::string npy_of(const std::string& descr, const std::string& shape, const std::string& data,
                   bool fortran = false) {
  return npy("{'descr': '" + descr + "', 'fortran_order': " + (fortran ? "True" : "False") +
                 ", 'shape': " + shape + ", }\n",
             data);
}

std::string error_of(const std::string& bytes) {
  return refusal([&] { nn::parse_npy(bytes, "x"); });
}

}  // namespace

TEST_CASE("npy: what is written is read back bit for bit, at every type and rank") {
  const TemporaryFolder folder;
  const std::string bytes = "\0\1\2\3\xFF\x80\x7F\x55\xC0\x7F\xF8\1\0\0\0\0\xFE\1\0\0\0\0\0\0"s;
  for (const char* type :
       {"BOOL", "U8", "I8", "I16", "U16", "I32", "U32", "F32", "F64", "I64", "U64"}) {
    CAPTURE(type);
    const auto count = static_cast<Index>(bytes.size() / nn::detail::stored_width(type));
    for (const Shape& shape : {Shape{count}, Shape{1, count, 1}, Shape{count, 0}, Shape{}}) {
      const auto size = static_cast<std::size_t>(shape.size()) * nn::detail::stored_width(type);
      const StoredTensor array{type, shape, std::string_view(bytes).substr(0, size)};
      nn::write_npy(folder / "x.npy", array);
      const StoredTensor read = nn::read_npy(folder / "x.npy");
      CHECK(read.type == type);
      CHECK(read.shape == shape);
      CHECK(read.bytes == array.bytes);
    }
  }
}

TEST_CASE("npy: tensors go out and come back; the file is the one that numpy.save writes") {
  const TemporaryFolder folder;
  const Tensor<float> x = {{1, -0.0f, 1e-45f}, {INFINITY, NAN, 3}};
  nn::write_npy(folder / "x.npy", x);
  const Tensor<float> back = nn::read_npy<float>(folder / "x.npy");
  CHECK(back.shape() == x.shape());
  CHECK(std::memcmp(back.data(), x.data(), 24) == 0);
  const std::string bytes = read_file(folder / "x.npy");
  CHECK(bytes.size() == 128 + 24);
  CHECK(bytes.substr(0, 10) == "\x93NUMPY\1\0\x76\0"s);
  CHECK(bytes.substr(10, 118) == "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }" +
                                     std::string(58, ' ') + "\n");
}

TEST_CASE("npy: column-major arrays and other byte orders become row-major and native") {
  const auto values = [](const std::string& bytes) {
    return nn::converted<Index>(nn::parse_npy(bytes, "x"), "x").to_vector();
  };
  using V = std::vector<Index>;
  CHECK(values(npy_of("|u1", "(2, 3)", "\1\4\2\5\3\6", true)) == V{1, 2, 3, 4, 5, 6});
  CHECK(values(npy_of("|u1", "(2, 1, 3)", "\1\4\2\5\3\6", true)) == V{1, 2, 3, 4, 5, 6});
  CHECK(values(npy_of("|u1", "(3,)", "\1\2\3", true)) == V{1, 2, 3});
  CHECK(values(npy_of(">u2", "(2,)", "\1\2\3\4")) == V{0x102, 0x304});
  CHECK(values(npy_of(">u2", "(1, 2)", "\1\2\3\4", true)) == V{0x102, 0x304});
  CHECK(values(npy_of("|b1", "(2,)", "\0\1"s)) == V{0, 1});
}

TEST_CASE("npy: versions 2 and 3, keys in any order and other blanks are read") {
  const std::string dictionary = "{ \"shape\":( 1 ,),'fortran_order':False , 'descr':'|i1'}  \n";
  CHECK(nn::parse_npy(npy(dictionary, "\xFF"), "x").bytes == "\xFF");
  for (const char version : {'\2', '\3'})
    CHECK(nn::parse_npy("\x93NUMPY"s + version + '\0' + static_cast<char>(dictionary.size()) +
                            "\0\0\0"s + dictionary + "\7",
                        "x")
              .bytes == "\7");
}

TEST_CASE("npy: what is not in the format is refused, saying why") {
  CHECK(error_of("PK") == "x: not in the format NPY: does not begin with \\x93NUMPY");
  CHECK(error_of("\x93NUMPY\4\0"s) == "x: is of version 4.0; expected 1.0, 2.0 or 3.0");
  std::string minor = npy_of("|u1", "(1,)", "\1");
  CHECK(error_of(minor) == "");
  minor[7] = '\1';
  CHECK(error_of(minor) == "x: is of version 1.1; expected 1.0, 2.0 or 3.0");
  CHECK(error_of("\x93NUMPY\2\7\0\0\0\0"s) == "x: is of version 2.7; expected 1.0, 2.0 or 3.0");
  CHECK(error_of("\x93NUMPY\2\0\xFF\xFF\xFF\xFF{"s) ==
        "x: ends in its header: 1 bytes are left; expected 4294967295");
  CHECK(error_of(npy_of("<f4", "(2,)", "1234567")) ==
        "x: 7 bytes follow the header, which are not F32 [2]");
  CHECK(error_of(npy_of("|u1", "(4294967296, 4294967296)", "")) ==
        "x: shape [4294967296, 4294967296] has more than 2^62 elements");
  CHECK(error_of(npy_of("|u1", "(1,1,1,1,1,1,1,1,1)", "")) ==
        "x: has 9 axes; at most 8 are supported");
  CHECK(error_of(npy_of("<U3", "()", "")) ==
        "x: holds elements of type '<U3', which is not supported");
  CHECK(error_of(npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }",
                     "abcd")) == "x: holds structures, which is not supported");
  CHECK(error_of(npy_of("|u1", "(-1,)", "")) ==
        "x: the header is damaged: expected a size before \"-1,), }?\"");
  CHECK(error_of(npy("{'descr': '|u1', 'descr': '|u1'}", "")) ==
        "x: the header is damaged: expected each key once before \" '|u1'}\"");
  CHECK(error_of(npy("{'descr': '|u1', 'shape': ()}", "")) ==
        "x: the header is damaged: expected descr, fortran_order and shape before \"\"");
  CHECK(error_of(npy("{'colour': 1}", "")) ==
        "x: the header is damaged: expected descr, fortran_order or shape, not 'colour', before "
        "\" 1}\"");
}

TEST_CASE("npy: arrays that the format does not hold are not written") {
  const TemporaryFolder folder;
  const auto error = [&](const StoredTensor& array) {
    try {
      nn::write_npy(folder / "x.npy", array);
    } catch (const ValueError& refused) {
      return std::string(refused.what());
    }
    return std::string();
  };
  CHECK(error({"BF16", {1}, "12"}) == "npy: numbers of type BF16 are not written");
  CHECK(error({"F32", {1}, "12"}) == "npy: 2 bytes are not F32 [1]");
  CHECK(folder.files() == 0);
}

TEST_CASE("npy: every truncation is refused, no changed byte does harm") {
  const auto parse = [](std::string_view bytes) { nn::parse_npy(bytes, "x"); };
  for (const std::string& bytes :
       {npy_of(">f8", "(2, 1)", "0123456789abcdef", true), npy_of("|b1", "()", "\1")}) {
    laws::truncations_are_refused(bytes, parse);
    laws::changes_do_no_harm(bytes, parse);
  }
}

TEST_CASE(
    "converted: numbers are kept or refused, never changed; only double is rounded to float") {
  const auto stored = [](const char* type, const auto& number) {
    return StoredTensor{type, {1}, {reinterpret_cast<const char*>(&number), sizeof(number)}};
  };
  const std::int32_t odd = (1 << 24) + 1;
  CHECK(nn::converted<double>(stored("I32", odd), "x")(0).value() == odd);
  CHECK(refusal([&] { nn::converted<float>(stored("I32", odd), "x"); }) ==
        "x: element 0 is 16777217, which float does not hold");
  const std::uint64_t large = ~std::uint64_t{0};
  CHECK(refusal([&] { nn::converted<Index>(stored("U64", large), "x"); }) ==
        "x: element 0 is 18446744073709551615, which Index does not hold");
  CHECK(refusal([&] { nn::converted<double>(stored("U64", large), "x"); }) ==
        "x: element 0 is 18446744073709551615, which double does not hold");
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  CHECK(refusal([&] { nn::converted<double>(stored("I64", most), "x"); }) ==
        "x: element 0 is 9223372036854775807, which double does not hold");
  const double third = 1.0 / 3, huge = 1e39, infinite = INFINITY;
  CHECK(nn::converted<float>(stored("F64", third), "x")(0).value() == 1.0f / 3);
  CHECK(nn::converted<float>(stored("F64", infinite), "x")(0).value() == INFINITY);
  CHECK(refusal([&] { nn::converted<float>(stored("F64", huge), "x"); }) ==
        "x: element 0 is 1e+39, which float does not hold");
  CHECK(refusal([&] { nn::converted<Index>(stored("F64", third), "x"); }) ==
        "x is F64 [1]; expected whole numbers");
}
