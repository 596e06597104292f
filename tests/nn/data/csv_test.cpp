#include "thalweg/nn/data/csv.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "thalweg/autodiff/base/error.hpp"

using namespace thalweg;
using nn::CsvOptions;
using nn::Header;
using nn::read_csv;
using nn::Table;
using Values = std::vector<double>;
using Strings = std::vector<std::string>;
using Labels = std::vector<Index>;

namespace {

/// A directory of its own, so that messages can name files without a path before them.
class Files {
 public:
  Files() : before_(std::filesystem::current_path()) {
    const auto folder = "thalweg-csv-" + std::to_string(::getpid());
    here_ = std::filesystem::temp_directory_path() / folder;
    std::filesystem::create_directories(here_);
    std::filesystem::current_path(here_);
  }
  ~Files() {
    std::filesystem::current_path(before_);
    std::filesystem::remove_all(here_);
  }
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;

  void write(const std::string& name, std::string_view text) { std::ofstream(name) << text; }
  Table read(std::string_view text, const CsvOptions& options = {}) {
    write("data.csv", text);
    return read_csv("data.csv", options);
  }
  std::string error(std::string_view text, const CsvOptions& options = {}) {
    try {
      read(text, options);
    } catch (const DataError& error) {
      return error.what();
    }
    return "no error";
  }

 private:
  std::filesystem::path before_, here_;
};

std::string packed(const std::string& text) {
  gzFile file = gzopen("packed.gz", "wb");
  gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
  gzclose(file);
  std::ifstream stream("packed.gz", std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// Row-major.
Values numbers(const Table& table) {
  Values all;
  for (std::size_t i = 0; i < static_cast<std::size_t>(table.rows); ++i)
    for (const nn::Column& column : table.columns) all.push_back(column.numbers.at(i));
  return all;
}

}  // namespace

TEST_CASE("csv: a table of numbers keeps its shape, names and values") {
  Files files;
  const Table table = files.read("x,y\n1,2\n3.5,-4e-1\n+6, 7\n");
  CHECK(table.rows == 3);
  CHECK(table.cols() == 2);
  CHECK(table.names() == Strings{"x", "y"});
  CHECK(numbers(table) == Values{1, 2, 3.5, -0.4, 6, 7});
  CHECK(table.column("y").numbers == Values{2, -0.4, 7});
  CHECK(table.column(-2).numbers == Values{1, 3.5, 6});
  CHECK(table.labels.empty());
}

TEST_CASE("csv: line ends, blank lines, quotes, blanks and the byte order mark do not matter") {
  Files files;
  const Values values{1, 2, 3, 4};
  for (std::string_view text :
       {"1,2\n3,4\n", "1,2\n3,4", "1,2\r\n3,4\r\n", "\n1,2\n\n  \r\n3,4\n\n\n",
        "\"1\",2\n\" 3 \" ,4", " 1 ,\t2\n3,  4  \n",
        "\xEF\xBB\xBF"
        "1,2\n3,4\n"}) {
    CAPTURE(text);
    CHECK(numbers(files.read(text)) == values);
    CHECK(files.read(text).names() == Strings{"0", "1"});
  }
  CHECK(numbers(files.read("1;2\n3;4", {.separator = ';'})) == values);
  CHECK(numbers(files.read("1\t2\n3\t4", {.separator = '\t'})) == values);
}

TEST_CASE("csv: a quoted name may hold separators, quotes and line ends") {
  Files files;
  const Table table = files.read("\"a,b\",\"say \"\"c\"\"\",\"two\nlines\"\n1,2,3\n");
  CHECK(table.names() == Strings{"a,b", "say \"c\"", "two\nlines"});
  CHECK(files.error("\"two\nlines\",b\n1,2\n1\n") == "data.csv:4: expected 2 columns, got 1");
}

TEST_CASE("csv: the first line is a header if none of its cells is a number, unless told") {
  Files files;
  CHECK(files.read("a,b\n1,2").rows == 1);
  CHECK(files.read("1,2\n3,4").rows == 2);
  CHECK(files.read("5.1,setosa\n4.9,virginica", {.label = "-1"}).rows == 2);
  CHECK(files.read("1990,2000\n3,4", {.header = Header::yes}).names() == Strings{"1990", "2000"});
  CHECK(files.error("a,b\n1,2", {.header = Header::no, .numbers = {"0"}}) ==
        "data.csv:1: column 0 ('0'): expected a number, got 'a'");
  CHECK(files.read(",a\n0,2").names() == Strings{"0", "a"});
}

TEST_CASE("csv: classes that are integers are numbered by value") {
  Files files;
  const Table table = files.read("x,digit\n1,10\n2,9\n3,-1\n4,10.0\n", {.label = "digit"});
  CHECK(table.classes == Strings{"-1", "9", "10"});
  CHECK(table.labels == Labels{2, 1, 0, 2});
  CHECK(table.label == "digit");
  CHECK(table.names() == Strings{"x"});
  CHECK(numbers(table) == Values{1, 2, 3, 4});
}

TEST_CASE("csv: classes that are words are numbered alphabetically") {
  Files files;
  const Table table = files.read("kind,x\nrose,1\n10,2\niris,3\nrose,4\n", {.label = "kind"});
  CHECK(table.classes == Strings{"10", "iris", "rose"});
  CHECK(table.labels == Labels{2, 0, 1, 2});
}

TEST_CASE("csv: the label column can be told by position, from the back too") {
  Files files;
  for (const char* label : {"1", "-2"}) {
    const Table table = files.read("1,7,2\n3,8,4\n", {.label = label});
    CHECK(numbers(table) == Values{1, 2, 3, 4});
    CHECK(table.names() == Strings{"0", "2"});
    CHECK(table.classes == Strings{"7", "8"});
  }
}

TEST_CASE("csv: a name goes before a position") {
  Files files;
  CHECK(files.read("b,0\n1,2\n", {.header = Header::yes}).column("0").numbers == Values{2});
}

TEST_CASE(
    "csv: numbers beyond double's range become infinite or vanish; NaN and infinity are asked "
    "for") {
  Files files;
  CHECK(numbers(files.read("1e-400\n5e-324\n")) ==
        Values{0, std::numeric_limits<double>::denorm_min()});
  const Table table = files.read("1,2\nnan,-inf\n1e999,NaN\n", {.nonfinite = true});
  CHECK(std::isnan(numbers(table)[2]));
  CHECK(numbers(table)[3] == -std::numeric_limits<double>::infinity());
  CHECK(numbers(table)[4] == std::numeric_limits<double>::infinity());
  CHECK(files.error("x,y\n1,nan\n") ==
        "data.csv:2: column 1 ('y'): 'nan' is not a finite number; set CsvOptions::nonfinite to "
        "read it");
  CHECK(files.error("x,y\n1e999,2\n") ==
        "data.csv:2: column 0 ('x'): '1e999' is not a finite number; set CsvOptions::nonfinite to "
        "read it");
}

TEST_CASE("csv: a file packed by gzip reads like the plain one") {
  Files files;
  std::string text = "x,y\n";
  for (int i = 0; i < 50000; ++i) text += fmt::format("{},{}\n", i, 0.1 * i);
  const Table plain = files.read(text);
  CHECK(plain.rows == 50000);
  CHECK(numbers(files.read(packed(text))) == numbers(plain));
}

TEST_CASE("csv: a packed file that ends too early or is damaged says so") {
  Files files;
  std::string text;
  for (int i = 0; i < 1000; ++i) text += fmt::format("{},{}\n", i, i * i);
  std::string bytes = packed(text);
  CHECK(files.error(std::string_view(bytes).substr(0, bytes.size() / 2)) ==
        "data.csv: the compressed data end too early");
  CHECK(files.error(std::string_view(bytes).substr(0, bytes.size() - 3)) ==
        "data.csv: the compressed data end too early");
  bytes[bytes.size() - 6] = static_cast<char>(~bytes[bytes.size() - 6]);
  CHECK(files.error(bytes) == "data.csv: the compressed data are damaged: incorrect data check");
}

TEST_CASE("csv: a missing file, a folder and an empty file are told apart") {
  Files files;
  std::filesystem::create_directory("folder");
  CHECK_THROWS_WITH_AS(read_csv("none.csv"), "none.csv: cannot be read: No such file or directory",
                       DataError);
  CHECK_THROWS_WITH_AS(read_csv("folder"), "folder: cannot be read: Is a directory", DataError);
  CHECK(files.error("") == "data.csv: the file is empty");
  CHECK(files.error("\n \r\n\n") == "data.csv: the file is empty");
  CHECK(files.error(packed("")) == "data.csv: the file is empty");
  CHECK(files.error("x,y\n\n") == "data.csv: there are no rows below the header");
}

TEST_CASE("csv: a row of another length names its line") {
  Files files;
  CHECK(files.error("1,2,3\n\n4,5,6\n7,8\n") == "data.csv:4: expected 3 columns, got 2");
  CHECK(files.error("a,b\n1,2,\n") == "data.csv:2: expected 2 columns, got 3");
}

TEST_CASE("csv: text where a number should be names its line and column") {
  Files files;
  CHECK(files.error("x,y\n1,2\n3,four\n", {.numbers = {"y"}}) ==
        "data.csv:3: column 1 ('y'): expected a number, got 'four'");
  CHECK(files.error("x,y\n1,\n") ==
        "data.csv:2: column 1 ('y'): the value is missing; set CsvOptions::missing to read it");
  CHECK(files.error("1\n1 2\n", {.numbers = {"0"}}) ==
        "data.csv:2: column 0 ('0'): expected a number, got '1 2'");
  CHECK(files.error("1\n+-2\n", {.numbers = {"0"}}) ==
        "data.csv:2: column 0 ('0'): expected a number, got '+-2'");
  CHECK(files.error("1\n" + std::string(50, 'z'), {.numbers = {"0"}}) ==
        "data.csv:2: column 0 ('0'): expected a number, got '" + std::string(40, 'z') + "…'");
}

TEST_CASE("csv: a missing label is no class") {
  Files files;
  CHECK(files.error("x,y\n1,a\n2,\n", {.label = "y"}) ==
        "data.csv:3: column 1 ('y'): the label is missing");
}

TEST_CASE("csv: a column that is not there is met with those that are, and the likeliest") {
  Files files;
  CHECK(files.error("width,height,label\n1,2,3\n", {.label = "Lable"}) ==
        "data.csv: no column 'Lable', did you mean 'label'?; the columns are width, height, label");
  CHECK(files.error("width,height\n1,2\n", {.label = "species"}) ==
        "data.csv: no column 'species'; the columns are width, height");
  CHECK(files.error("1,2\n", {.label = "2"}) == "data.csv: no column '2'; the columns are 0, 1");
  std::string wide = "1";
  for (int i = 0; i < 64; ++i) wide += ",1";
  CHECK(files.error(wide, {.label = "digit"}) ==
        "data.csv: no column 'digit'; the columns are 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, … (65 "
        "in all)");
  const Table table = files.read("width,height\n1,2\n");
  CHECK_THROWS_WITH_AS(
      table.column("hight"),
      "data.csv: no column 'hight', did you mean 'height'?; the columns are width, "
      "height",
      DataError);
  CHECK_THROWS_WITH_AS(table.column(2), "data.csv: column 2 is out of range; there are 2",
                       IndexError);
}

TEST_CASE("csv: quotes that do not match are errors") {
  Files files;
  CHECK(files.error("1\n\"2\n3\n") == "data.csv:2: a quote is opened and never closed");
  CHECK(files.error("1\n\"2\"3\n") == "data.csv:2: text follows a closing quote");
}
