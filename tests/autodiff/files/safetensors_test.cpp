#include "thalweg/autodiff/files/safetensors.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <limits>
#include <vector>

#include "tests/temporary_folder.hpp"
#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/files/files.hpp"

using namespace thalweg;
using namespace std::string_literals;

namespace {

/// A file as the format's text describes it.
std::string file_of(const std::string& header, const std::string& data = "") {
  std::string length(8, '\0');
  for (std::size_t k = 0; k < 8; ++k) length[k] = static_cast<char>(header.size() >> (8 * k));
  return length + header + data;
}

/// One tensor "a" in a file, by the text of its description and its bytes.
std::string file_of_a(const std::string& description, const std::string& data) {
  return file_of("{\"a\":" + description + "}", data);
}

std::string refusal(const std::string& bytes) {
  try {
    parse_safetensors(bytes, "w");
  } catch (const DataError& error) {
    return error.what();
  }
  return "none";
}

std::string refusal_to_write(const Safetensors& content) {
  try {
    safetensors_bytes(content);
  } catch (const ValueError& error) {
    return error.what();
  }
  return "none";
}

template <class Number>
std::string bytes_of(const Tensor<Number>& tensor) {
  return std::string(to_stored(tensor).bytes);
}

/// NaNs with a message, infinities, zeros of both signs, the smallest and the largest.
template <class Real>
Tensor<Real> extremes() {
  using Limits = std::numeric_limits<Real>;
  const Real nan = Limits::quiet_NaN(), none = Limits::infinity();
  Tensor<Real> tensor(
      {3, 4}, {nan, -nan, none, -none, Real(0), -Real(0), Limits::denorm_min(),
               -Limits::denorm_min(), Limits::max(), Limits::lowest(), Limits::min(), Real(1) / 3});
  std::span<Real> values = tensor.mutable_values();
  reinterpret_cast<unsigned char*>(&values[0])[0] ^= 0x2a;
  return tensor;
}

}  // namespace

TEST_CASE("safetensors: a file is what the format's text says, larger numbers first") {
  const std::string bytes = "\x01\x02\x03";
  const Safetensors content{{{"b", to_stored(Tensor<float>({2}, {1.0f, -2.0f}))},
                             {"a\"\n", {"U8", {3, 1}, bytes}},
                             {"c", to_stored(Tensor<double>(1.5))},
                             {"none", to_stored(Tensor<float>({0, 2}, std::vector<float>{}))}},
                            {{"who", "\"me\""}}};
  CHECK(safetensors_bytes(content) ==
        "\x08\x01\0\0\0\0\0\0"
        "{\"__metadata__\":{\"who\":\"\\\"me\\\"\"},"
        "\"c\":{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[0,8]},"
        "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,16]},"
        "\"none\":{\"dtype\":\"F32\",\"shape\":[0,2],\"data_offsets\":[16,16]},"
        "\"a\\\"\\n\":{\"dtype\":\"U8\",\"shape\":[3,1],\"data_offsets\":[16,19]}}     "
        "\0\0\0\0\0\0\xf8\x3f"
        "\0\0\x80\x3f\0\0\0\xc0"
        "\x01\x02\x03"s);
  CHECK(safetensors_bytes({}) == "\x08\0\0\0\0\0\0\0{}      "s);
}

TEST_CASE("safetensors: what is written is read, bit by bit") {
  const TemporaryFolder folder;
  const Tensor<float> singles = extremes<float>();
  const Tensor<double> doubles = extremes<double>(), number(-0.0), none, nothing({2, 0, 3}, {});
  const IndexTensor whole({2}, {std::numeric_limits<Index>::min(), -1});
  write_safetensors(folder / "w", {{{"singles", to_stored(singles)},
                                    {"doubles", to_stored(doubles)},
                                    {"number", to_stored(number)},
                                    {"none", to_stored(none)},
                                    {"nothing", to_stored(nothing)},
                                    {"ganz groß", to_stored(whole)}},
                                   {{"key", "text\0 with a zero"s}, {"", ""}}});
  const Safetensors read = read_safetensors(folder / "w");
  CHECK(read.tensors.size() == 6);
  CHECK(read.metadata == decltype(read.metadata){{"key", "text\0 with a zero"s}, {"", ""}});
  const auto same = [&](const auto& tensor, const std::string& name) {
    using Number = typename std::remove_cvref_t<decltype(tensor)>::Real;
    const Tensor<Number> back = to_tensor<Number>(read.tensors.at(name), name);
    return back.shape() == tensor.shape() && bytes_of(back) == bytes_of(tensor);
  };
  CHECK(same(singles, "singles"));
  CHECK(same(doubles, "doubles"));
  CHECK(same(number, "number"));
  CHECK(same(none, "none"));
  CHECK(same(nothing, "nothing"));
  CHECK(same(whole, "ganz groß"));
  CHECK(safetensors_bytes(read) == read_file(folder / "w"));
}

TEST_CASE("safetensors: tensors in memory are shared, tensors of a file keep its bytes") {
  Tensor<double> tensor = extremes<double>();
  const StoredTensor stored = to_stored(tensor);
  CHECK(stored.bytes.data() == reinterpret_cast<const char*>(tensor.data()));
  const std::string before(stored.bytes);
  tensor.mutable_values()[0] = 7;
  CHECK(stored.bytes == before);

  const TemporaryFolder folder;
  write_safetensors(folder / "w", {{{"a", stored}, {"b", stored}}, {}});
  const StoredTensor kept = read_safetensors(folder / "w").tensors.at("b");
  CHECK(kept.bytes == before);
}

TEST_CASE("safetensors: every number type of the format is read, in any order and unaligned") {
  const std::vector<std::pair<std::string, std::size_t>> types = {
      {"BOOL", 1}, {"U8", 1},  {"I8", 1},  {"F8_E5M2", 1}, {"F8_E4M3", 1},
      {"I16", 2},  {"U16", 2}, {"F16", 2}, {"BF16", 2},    {"I32", 4},
      {"U32", 4},  {"F32", 4}, {"F64", 8}, {"I64", 8},     {"U64", 8}};
  std::string header, data;
  for (const auto& [type, width] : types) {
    const std::size_t begin = data.size();
    data += std::string(3 * width, static_cast<char>('a' + begin));
    header = (header.empty() ? "\n" : header + " , ") + "\"of " + type +
             "\" : { \"data_offsets\": [" + std::to_string(begin) + "," +
             std::to_string(data.size()) + "], \"shape\": [3, 1], \"dtype\": \"" + type + "\"}";
  }
  const std::string bytes = file_of("{" + header + "} ", data);
  const Safetensors read = parse_safetensors(bytes, "w");
  CHECK(read.tensors.size() == types.size());
  std::size_t begin = 0;
  for (const auto& [type, width] : types) {
    const StoredTensor& tensor = read.tensors.at("of " + type);
    CHECK(tensor.type == type);
    CHECK(tensor.shape == Shape{3, 1});
    CHECK(tensor.bytes == data.substr(begin, 3 * width));
    begin += 3 * width;
  }
  CHECK_THROWS_WITH_AS(to_tensor<float>(read.tensors.at("of F16"), "w: tensor x"),
                       "w: tensor x is F16 [3, 1]; expected F32", DataError);
}

TEST_CASE("safetensors: what is no such file is refused") {
  CHECK(refusal("") ==
        "w: not in the format safetensors: 0 bytes; a header's length alone takes 8");
  CHECK(refusal("1234567") ==
        "w: not in the format safetensors: 7 bytes; a header's length alone takes 8");
  CHECK(refusal("text, text") ==
        "w: not in the format safetensors: a header of 7310503470433854836 bytes is announced; at "
        "most 100000000 are allowed");
  CHECK(refusal("\x05\0\0\0\0\0\0\0{}"s) == "w: a header of 5 bytes is announced; 2 follow");
  CHECK(refusal(file_of(" {}")) ==
        "w: not in the format safetensors: the header does not begin with {");
  CHECK(refusal(file_of("")) ==
        "w: not in the format safetensors: the header does not begin with {");
}

TEST_CASE("safetensors: a file that ends early is refused wherever it ends") {
  const std::string bytes = safetensors_bytes(
      {{{"a", to_stored(extremes<float>())}, {"b", to_stored(Tensor<double>(1.0))}}, {{"k", "v"}}});
  REQUIRE(refusal(bytes) == "none");
  for (std::size_t size = 0; size < bytes.size(); ++size)
    CHECK(refusal(bytes.substr(0, size)) != "none");
  CHECK(refusal(bytes + "x") == "w: bytes 56 to 57 of the data belong to no tensor");
}

TEST_CASE("safetensors: a header that is not JSON, or too deep, is refused") {
  const auto header = [](const std::string& text) { return refusal(file_of(text)); };
  CHECK(header("{\"a\"}") == "w: the header is not JSON from its byte 5 on");
  CHECK(header("{}}") == "w: the header is not JSON from its byte 3 on");
  CHECK(header("{}\0"s) == "w: the header is not JSON from its byte 3 on");
  CHECK(header("{\"\xff\":{}}") == "w: the header is not JSON from its byte 3 on");
  CHECK(header("{\"a\":1e999}") == "w: the header holds a number out of range");
  const std::string deep(5'000'000, '[');
  CHECK(header("{\"a\":" + deep) == "w: the header is nested more than 3 deep");
  CHECK(header("{\"a\":{\"b\":[{") == "w: the header is nested more than 3 deep");
}

TEST_CASE("safetensors: a name that comes twice is refused") {
  const std::string a = R"("a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]})";
  CHECK(refusal(file_of("{" + a + "}", "x")) == "none");
  CHECK(refusal(file_of("{" + a + "," + a + "}", "x")) == "w: the header names \"a\" twice");
  CHECK(refusal(file_of(R"({"__metadata__":{"k":"v","k":"v"}})")) ==
        "w: the header names \"k\" twice");
  CHECK(refusal(file_of_a(R"({"shape":[1],"shape":[1]})", "x")) ==
        "w: the header names \"shape\" twice");
  CHECK(refusal(file_of(R"({"__metadata__":{"a":"dtype"},)" + a + "}", "x")) == "none");
}

TEST_CASE("safetensors: a tensor whose bytes are not where it says is refused") {
  const auto offsets = [](const std::string& text, const std::string& data = "12345678") {
    return refusal(file_of_a(R"({"dtype":"U16","shape":[2,2],"data_offsets":)" + text + "}", data));
  };
  CHECK(offsets("[0,8]") == "none");
  CHECK(offsets("[8,0]") == "w: tensor \"a\": data_offsets [8, 0] run backwards");
  CHECK(offsets("[0,9]") ==
        "w: tensor \"a\": data_offsets [0, 9] reach beyond the data, which are 8 bytes");
  CHECK(offsets("[0,9223372036854775807]") ==
        "w: tensor \"a\": data_offsets [0, 9223372036854775807] reach beyond the data, which are 8 "
        "bytes");
  CHECK(offsets("[0,7]") ==
        "w: tensor \"a\": data_offsets [0, 7] hold 7 bytes, which are not U16 [2, 2]");
  CHECK(offsets("[0,6]") ==
        "w: tensor \"a\": data_offsets [0, 6] hold 6 bytes, which are not U16 [2, 2]");
  CHECK(offsets("[1,9]", "123456789") == "w: bytes 0 to 1 of the data belong to no tensor");
  CHECK(offsets("[0,8]", "123456789") == "w: bytes 8 to 9 of the data belong to no tensor");
  for (const std::string wrong :
       {"[-1,7]", "[0.0,8]", "[0,18446744073709551615]", "8", "[0,\"8\"]"})
    CHECK(offsets(wrong) ==
          "w: tensor \"a\": data_offsets is " + wrong + "; expected a list of whole numbers");
  CHECK(offsets("[0,8,8]") == "w: tensor \"a\": data_offsets has 3 numbers; expected 2");
}

TEST_CASE("safetensors: tensors that share bytes or leave some out are refused") {
  const auto two = [](const std::string& a, const std::string& b) {
    const std::string start = R"({"dtype":"U8","shape":[2],"data_offsets":)";
    return refusal(file_of("{\"a\":" + start + a + "},\"b\":" + start + b + "}}", "12345"));
  };
  CHECK(two("[0,2]", "[1,3]") == "w: tensors \"a\" and \"b\" overlap");
  CHECK(two("[0,2]", "[0,2]") == "w: tensors \"a\" and \"b\" overlap");
  CHECK(two("[3,5]", "[0,2]") == "w: bytes 2 to 3 of the data belong to no tensor");
}

TEST_CASE("safetensors: a shape that is none, or too large for Shape, is refused") {
  const auto shape = [](const std::string& text) {
    return refusal(
        file_of_a(R"({"dtype":"U64","data_offsets":[0,8],"shape":)" + text + "}", "12345678"));
  };
  CHECK(shape("[1,1,1,1,1,1,1,1]") == "none");
  CHECK(shape("[1,1,1,1,1,1,1,1,1]") == "w: tensor \"a\" has 9 axes; at most 8 are supported");
  CHECK(shape("[2305843009213693953]") ==  // 2⁶¹ + 1: its bytes are 8 modulo 2⁶⁴
        "w: tensor \"a\": data_offsets [0, 8] hold 8 bytes, which are not U64 "
        "[2305843009213693953]");
  CHECK(shape("[4294967296,4294967296]") ==
        "w: tensor \"a\": shape [4294967296, 4294967296] has more than 2^62 elements");
  CHECK(shape("[0,4294967296,4294967296]") ==
        "w: tensor \"a\": shape [0, 4294967296, 4294967296] has more than 2^62 elements");
  for (const std::string wrong :
       {"[-1]", "[1.0]", "[9223372036854775808]", "null", "{}", "[\"1\"]"})
    CHECK(shape(wrong) ==
          "w: tensor \"a\": shape is " + wrong + "; expected a list of whole numbers");
}

TEST_CASE("safetensors: a description that lacks something or is none is refused") {
  const auto a = [](const std::string& text) { return refusal(file_of_a(text, "")); };
  CHECK(a("3") == "w: tensor \"a\" is described by no object");
  CHECK(a("{}") == "w: tensor \"a\" has no dtype");
  CHECK(a(R"({"dtype":"F31"})") == "w: tensor \"a\" is of the unknown type \"F31\"");
  CHECK(a(R"({"dtype":4})") == "w: tensor \"a\" is of the unknown type 4");
  CHECK(a(R"({"dtype":"U8"})") == "w: tensor \"a\" has no shape");
  CHECK(a(R"({"dtype":"U8","shape":[0]})") == "w: tensor \"a\" has no data_offsets");
  CHECK(refusal(file_of(R"({"__metadata__":[]})")) == "w: __metadata__ is no object");
  CHECK(refusal(file_of(R"({"__metadata__":{"k":1}})")) == "w: __metadata__: \"k\" is no text");
}

TEST_CASE("safetensors: hostile names are shown short and without control characters") {
  CHECK(refusal(file_of(R"({"\u001b[2J":0})")) ==
        "w: tensor \"\\u001b[2J\" is described by no object");
  CHECK(refusal(file_of("{\"" + std::string(1'000'000, 'x') + "\":0}")).size() < 120);
}

TEST_CASE("safetensors: no file is written that could not be read") {
  const Tensor<float> two({2}, {1.0f, 2.0f});
  StoredTensor stored = to_stored(two);
  CHECK(refusal_to_write({{{"__metadata__", stored}}, {}}) ==
        "safetensors: no tensor may be named __metadata__");
  CHECK(refusal_to_write({{{"a\xff", stored}}, {}}) ==
        "safetensors: \"a\xEF\xBF\xBD\" is not UTF-8");
  CHECK(refusal_to_write({{}, {{"k", "\xc3"}}}) == "safetensors: \"\xEF\xBF\xBD\" is not UTF-8");
  stored.shape = {3};
  CHECK(refusal_to_write({{{"a", stored}}, {}}) ==
        "safetensors: tensor \"a\" has 8 bytes, which are not F32 [3]");
  stored.type = "float";
  CHECK(refusal_to_write({{{"a", stored}}, {}}) ==
        "safetensors: tensor \"a\" is of the unknown type \"float\"");
}
