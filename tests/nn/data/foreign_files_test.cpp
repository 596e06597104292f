/// Files as people really pass them: of another kind than asked for, or written by old programs.

#include <doctest/doctest.h>

#include "tests/message_of.hpp"
#include "tests/temporary_folder.hpp"
#include "thalweg/autodiff/files/file_kind.hpp"
#include "thalweg/autodiff/files/files.hpp"
#include "thalweg/nn/data/csv.hpp"
#include "thalweg/nn/data/idx.hpp"
#include "thalweg/nn/data/image.hpp"
#include "thalweg/nn/data/npy.hpp"
#include "thalweg/nn/data/npz.hpp"
#include "thalweg/nn/data/stored.hpp"
#include "thalweg/nn/formats/zip.hpp"
#include "thalweg/nn/layers/linear.hpp"
#include "thalweg/nn/weights/weights.hpp"

using namespace thalweg;
using namespace std::string_literals;
using test::message_of;

namespace {

nn::Table table(std::string_view text, const nn::CsvOptions& options = {}) {
  return nn::parse_csv(text, "t.csv", options);
}

std::string csv_error(std::string_view text) {
  return message_of<DataError>([&] { table(text); });
}

/// An NPY file of version 1 with this header and data.
std::string npy(const std::string& header, const std::string& data) {
  return "\x93NUMPY\x01\x00"s + static_cast<char>(header.size()) + '\0' + header + data;
}

std::string utf16(std::string_view text, bool little) {
  std::string bytes = little ? "\xFF\xFE" : "\xFE\xFF";
  for (const char c : text) bytes += little ? std::string{c, '\0'} : std::string{'\0', c};
  return bytes;
}

const std::string lfs = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n";
const std::string page = "\n<!DOCTYPE html>\n<html><body>404</body></html>";
const std::string zip = "PK\x03\x04\x14"s + std::string(40, '\0');
const std::string pytorch =
    "PK\x03\x04"s + std::string(22, '\0') + "archive/data.pkl" + std::string(40, '\0');
const std::string pickle = "\x80\x02\x8a\x0al\xfc\x9c\x46\xf9 j\xa8P\x19.";

}  // namespace

TEST_CASE("csv: lines may end in CR alone, as old programs write them") {
  const auto read = table("a,b\r1,2\r3,4\r");
  CHECK(read.column("b").numbers == std::vector{2.0, 4.0});
  CHECK(table("a,b\n1,2\r3,4\r\n5,6").column("a").numbers == std::vector{1.0, 3.0, 5.0});
  CHECK(table("a,b\r\"x\ry\",2").column("a").levels == std::vector{"x\ry"s});
}

TEST_CASE("csv: UTF-16 with a byte order mark is read, of either order") {
  for (const bool little : {true, false}) {
    const auto read = table(utf16("a,b\r\n1,x\r\n3,y\r\n", little));
    CHECK(read.column("a").numbers == std::vector{1.0, 3.0});
    CHECK(read.column("b").levels == std::vector{"x"s, "y"s});
  }
  const std::string clef =
      "\xFF\xFE"
      "a\0\n\0\x34\xD8\x1E\xDD\n\0"s;  // a pair of surrogates
  CHECK(table(clef).column("a").levels == std::vector{"\xF0\x9D\x84\x9E"s});
  CHECK(csv_error("\xFF\xFE"
                  "a\0\n\0\x34\xD8\n\0"s) ==
        "t.csv: byte 6 is not UTF-16, as which the file begins");
  CHECK(csv_error(utf16("a\n1", true) + "1") ==
        "t.csv: byte 8 is not UTF-16, as which the file begins");
}

TEST_CASE("csv: a first line sep=; names the separator") {
  const auto read = table("sep=;\r\na;b\r\n1;2\r\n3;x\r\n");
  CHECK(read.column("a").numbers == std::vector{1.0, 3.0});
  CHECK(read.line(0) == 3);
  CHECK(csv_error("sep=;\na;b\n1\n") == "t.csv:3: expected 2 columns, got 1");
}

TEST_CASE("csv: text that is not UTF-8 is refused where it stands") {
  CHECK(csv_error("city,n\nK\xF6ln,1\n") ==
        "t.csv:2: column 0 ('city'): 'K?ln' is not UTF-8; convert the file, for example by: iconv "
        "-f latin1 -t utf-8");
  CHECK(csv_error("n,stra\xDF"
                  "e\n1,2\n") ==
        "t.csv:1: the name of column 1: 'stra?e' is not UTF-8; convert the file, for example by: "
        "iconv -f latin1 -t utf-8");
  CHECK(table("city,n\nKöln,1\n").column("city").levels == std::vector{"Köln"s});
}

TEST_CASE("csv: a file of another format is named") {
  CHECK(csv_error(lfs) ==
        "t.csv: not a table in CSV: it is a pointer of Git LFS, not the file: run `git lfs pull`");
  CHECK(csv_error(page) ==
        "t.csv: not a table in CSV: it is a page in HTML, as a server sends it instead of a file");
  CHECK(csv_error("PK\x03\x04"s + std::string(26, '\0') + "[Content_Types].xml") ==
        "t.csv: not a table in CSV: it is an Excel workbook or Word document: save it as CSV");
  CHECK(csv_error("a,b\n\x01\x02\n") == "t.csv: not a table in CSV: it is not text");
  CHECK(table("PAR1,BZh\n1,2\n").column("BZh").numbers == std::vector{2.0});  // just names
}

TEST_CASE("safetensors, NPY, NPZ, IDX, images: a file of another format is named") {
  const auto safetensors = [](std::string_view bytes) {
    return message_of<DataError>([&] { parse_safetensors(bytes, "x"); });
  };
  CHECK(safetensors(lfs) ==
        "x: not in the format safetensors: it is a pointer of Git LFS, not the file: run `git lfs "
        "pull`");
  const std::string cure =
      "to be converted by: python3 -c 'import sys, torch, safetensors.torch as s; "
      "s.save_file(torch.load(sys.argv[1], map_location=\"cpu\"), sys.argv[2])' model.pt "
      "model.safetensors";
  CHECK(safetensors(pytorch) ==
        "x: not in the format safetensors: it is a file of PyTorch, " + cure);
  CHECK(safetensors(pickle) ==
        "x: not in the format safetensors: it is a pickle of Python; one of PyTorch is " + cure);
  CHECK(message_of<DataError>([] { nn::parse_npy(zip, "x"); }) ==
        "x: not in the format NPY: does not begin with \\x93NUMPY: it is a ZIP archive");
  CHECK(message_of<DataError>([] { nn::parse_npz(page, "x"); }) ==
        "x: not a ZIP archive: it is a page in HTML, as a server sends it instead of a file");
  CHECK(message_of<DataError>([] { nn::parse_idx(lfs, "x"); }) ==
        "x: not in the format IDX: begins with 7665 72; expected 0000 and a type (08, 09, 0b, 0c, "
        "0d or 0e): it is a pointer of Git LFS, not the file: run `git lfs pull`");
  CHECK(message_of<DataError>([] { nn::parse_image<float>("GIF89a", "x"); }) ==
        "x: neither a PNG nor a JPEG image: it is a GIF image");
}

TEST_CASE("load_weights: a file of PyTorch comes with its conversion") {
  Random random(1);
  nn::Linear<float> model(2, 1, random);
  CHECK(message_of<ValueError>([&] { nn::load_weights(model, "net.pt"); }) ==
        "load_weights: net.pt: expected a name that ends in .safetensors or .npz; a file of "
        "PyTorch is converted by: python3 -c 'import sys, torch, safetensors.torch as s; "
        "s.save_file(torch.load(sys.argv[1], map_location=\"cpu\"), sys.argv[2])' net.pt "
        "model.safetensors");
}

TEST_CASE("npy: Python 2's long numbers, and floating-point numbers of 2 bytes") {
  const auto with = [](const char* type, const char* shape, const std::string& data) {
    return npy("{'descr': '"s + type + "', 'fortran_order': False, 'shape': " + shape + ", }",
               data);
  };
  const std::string old = with("<i2", "(1L, 2L)", "\x05\0\xFF\xFF"s);  // arrays are views of it
  CHECK(nn::converted<Index>(nn::parse_npy(old, "x"), "x").to_vector() ==
        std::vector<Index>{5, -1});
  const std::string halves = with("<f2", "(3,)", "\0\x3C\0\xC0\0\x7C"s);
  const auto half = nn::parse_npy(halves, "x");
  CHECK(nn::converted<double>(half, "x").to_vector() == std::vector{1.0, -2.0, double(INFINITY)});
  const std::string swapped = with(">f2", "(1,)", "\x3C\0"s);
  CHECK(nn::converted<float>(nn::parse_npy(swapped, "x"), "x").to_vector() == std::vector{1.0f});
  CHECK(message_of<DataError>([&] { nn::converted<Index>(half, "x"); }) ==
        "x is F16 [3]; expected whole numbers");
}

TEST_CASE("npz: an array of text or structures harms only who asks for it") {
  const auto entry = [](const std::string& name, const std::string& data) {
    nn::detail::ZipEntry made;
    made.name = name;
    made.size = data.size();
    made.crc = nn::detail::crc32_of(data);
    return made;
  };
  const std::pair<std::string, std::string> files[] = {
      {"x.npy", npy("{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }", "\x03\x04")},
      {"names.npy",
       npy("{'descr': '<U2', 'fortran_order': False, 'shape': (1,), }", "a\0\0\0b\0\0\0"s)},
      {"rows.npy", npy("{'descr': [('a', '<f4'), ('b', [('c', '<i2')])], 'fortran_order': False, "
                       "'shape': (1,), }",
                       std::string(6, '\0'))}};
  std::string bytes, directory;
  for (const auto& [name, data] : files) {
    const auto made = entry(name, data);
    directory += nn::detail::zip_directory_line(made, bytes.size());
    bytes += nn::detail::zip_local_header(made) + data;
  }
  bytes += directory + nn::detail::zip_end(3, directory.size(), bytes.size());
  const auto arrays = nn::parse_npz(bytes, "x.npz");
  CHECK(nn::converted<Index>(arrays.at("x"), "x").to_vector() == std::vector<Index>{3, 4});
  CHECK(message_of<DataError>([&] { nn::converted<float>(arrays.at("names"), "names"); }) ==
        "names is elements of type '<U2' [1]; expected numbers");
  CHECK(message_of<DataError>([&] { nn::converted<float>(arrays.at("rows"), "rows"); }) ==
        "rows is structures [1]; expected numbers");
}

TEST_CASE("file_kind: what begins like nothing known is not named") {
  CHECK(file_kind("") == "");
  CHECK(file_kind("a,b\n1,2\n") == "");
  CHECK(it_is("\x1F\x8B\x08") == ": it is compressed by gzip");
}
