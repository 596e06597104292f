#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "tests/close.hpp"
#include "tests/message_of.hpp"
#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/nn/data/csv.hpp"
#include "thalweg/nn/data/dataset.hpp"

using namespace thalweg;
using nn::parse_csv;
using testing::same;
using Codes = std::vector<std::int32_t>;
using Strings = std::vector<std::string>;
using Values = std::vector<double>;

namespace {

std::string error_of(std::string_view text, const nn::CsvOptions& options = {}) {
  return test::message_of<Error>([&] { parse_csv(text, "t", options); });
}

const nn::CsvOptions keep{.missing = nn::Missing::keep};

}  // namespace

TEST_CASE("csv: a column is of numbers if all its cells are, else of text with sorted levels") {
  const auto table = parse_csv("name,age,city\nann,31,Rome\nbob,-4.5e0,Oslo\ncy,7,Rome\n", "t");
  CHECK(table.column("age").numbers == Values{31, -4.5, 7});
  CHECK_FALSE(table.column("age").text);
  CHECK(table.column("city").text);
  CHECK(table.column("city").levels == Strings{"Oslo", "Rome"});
  CHECK(table.column("city").codes == Codes{1, 0, 1});
  CHECK(table.column("name").codes == Codes{0, 1, 2});
}

TEST_CASE("csv: a column that begins with numbers and turns into text is text from its first row") {
  const auto table = parse_csv("x,y,z\n10,1,a\n02,2,b\nnone,3,c\n10,4,7\n", "t");
  CHECK(table.column("x").levels == Strings{"02", "10", "none"});
  CHECK(table.column("x").codes == Codes{1, 0, 2, 1});
  CHECK(table.column("x").first_text == 2);
  CHECK(table.column("y").numbers == Values{1, 2, 3, 4});
  CHECK(table.column("z").levels == Strings{"7", "a", "b", "c"});
}

TEST_CASE(
    "csv: columns that are asked for as text keep their texts; numbers asked for are checked") {
  const auto table = parse_csv("zip,n\n01234,1\n1234,2\n", "t", {.text = {"zip"}});
  CHECK(table.column("zip").levels == Strings{"01234", "1234"});
  CHECK(parse_csv("10\n9\n2\n", "t", {.text = {"0"}}).columns[0].levels == Strings{"2", "9", "10"});
  CHECK(error_of("a,b\n1,2\n3,x\n", {.numbers = {"b"}}) ==
        "t:3: column 1 ('b'): expected a number, got 'x'");
  CHECK(error_of("a,b\n1,2\n", {.numbers = {"c"}}) == "t: no column 'c'; the columns are a, b");
}

TEST_CASE("csv: missing values are refused unless they are to be kept") {
  const std::string_view text = "x,y\n1,red\n,NA\n?,null\nNaN,\n5,blue\n";
  CHECK(error_of(text) ==
        "t:3: column 0 ('x'): the value is missing; set CsvOptions::missing to read it");
  CHECK(error_of("y\n1\nNA\nb\n") ==
        "t:3: column 0 ('y'): the value is missing; set CsvOptions::missing to read it");
  const auto table = parse_csv(text, "t", keep);
  CHECK(table.rows == 5);
  CHECK(table.columns[0].numbers[4] == 5);
  CHECK(table.columns[0].missing == 3);
  CHECK(table.columns[1].codes == Codes{1, -1, -1, -1, 0});
  CHECK(table.columns[1].missing == 3);
  for (Index row = 0; row < 5; ++row) {
    CHECK(table.columns[0].missing_in(row) == (row > 0 && row < 4));
    CHECK(table.columns[1].missing_in(row) == (row > 0 && row < 4));
  }
}

TEST_CASE(
    "csv: missing values before and among texts stay missing; texts of one's own mean it too") {
  const auto table = parse_csv("x,y\n,1\nNA,2\nred,3\n?,-\n", "t",
                               {.missing = nn::Missing::keep, .missing_texts = {"", "NA", "-"}});
  CHECK(table.columns[0].codes == Codes{-1, -1, 1, 0});
  CHECK(table.columns[0].levels == Strings{"?", "red"});
  CHECK(table.columns[1].missing == 1);
  const auto late = parse_csv("x\n1\nNA\nred\n", "t", keep);
  CHECK(late.columns[0].codes == Codes{0, -1, 1});
  CHECK(late.columns[0].missing == 1);
  const auto none = parse_csv("x,y\n1,\n2,NA\n", "t", keep);
  CHECK_FALSE(none.columns[1].text);
  CHECK(none.columns[1].missing == 2);
}

TEST_CASE("csv: a mark that is a number stands for a missing value however it is written") {
  const auto read = [](std::string_view text, Strings marks, char separator = ',') {
    return parse_csv(
        text, "t",
        {.separator = separator, .missing = nn::Missing::keep, .missing_texts = std::move(marks)});
  };
  const auto plain = read("a\n1\n-999\n3\n", {"-999"});
  CHECK(same(plain.columns[0].numbers, {1, NAN, 3}));
  CHECK(plain.columns[0].missing == 1);
  CHECK(plain.columns[0].missing_in(1));
  constexpr std::string_view written =
      "a,b\n1,1\n-999,2\n-999.0,3\n-9.99e2,4\n\"-999\",5\n\" -999.00 \",6\n -999 ,-998\n7,-999\n";
  for (const char* mark : {"-999", "-999.0", " -999 ", "-9.99e+02"}) {
    CAPTURE(mark);
    const auto table = read(written, {mark});
    CHECK(same(table.columns[0].numbers, {1, NAN, NAN, NAN, NAN, NAN, NAN, 7}));
    CHECK(same(table.columns[1].numbers, {1, 2, 3, 4, 5, 6, -998, NAN}));
    CHECK(table.columns[0].missing == 6);
  }
  const auto two = read("a\n0\n-0.0\n+9999\n1\n", {"9999", "0"});
  CHECK(same(two.columns[0].numbers, {NAN, NAN, NAN, 1}));
  CHECK(same(read("a;b\n-999,0;1\n-999,00;2\n5;3\n", {"-999,0"}, ';').columns[0].numbers,
             {NAN, NAN, 5}));
  CHECK(same(read("a;b\n-999.5;1\n5;3\n", {"-999,5"}, nn::automatic_separator).columns[0].numbers,
             {NAN, 5}));
}

TEST_CASE("csv: a mark that is a number counts in columns of text and of labels, and if refused") {
  const nn::CsvOptions marks{.missing = nn::Missing::keep, .missing_texts = {"-999"}};
  for (const char* text : {"c\n-999\n-999.0\nred\n5\n", "c\n-999.0\n-999\n5\nred\n"}) {
    const auto column = parse_csv(text, "t", marks).columns[0];
    CHECK(column.text);
    CHECK(column.missing == 2);
    CHECK(column.levels == Strings{"5", "red"});
  }
  nn::CsvOptions code{.missing = nn::Missing::keep, .missing_texts = {"9999"}, .text = {"zip"}};
  CHECK(parse_csv("zip\n9999\n09999\n9999.0\n", "t", code).columns[0].codes == Codes{-1, 0, -1});
  code.text.clear();
  CHECK(parse_csv("c\n09999\nred\n", "t", code).columns[0].codes == Codes{0, 1});
  CHECK(error_of("x,y\n1,3\n2,-999.0\n", {.label = "y", .missing_texts = {"-999"}}) ==
        "t:3: column 1 ('y'): the label is missing");
  CHECK(error_of("x,y\n1,3\n-999.0,2\n", {.missing_texts = {"-999"}}) ==
        "t:3: column 0 ('x'): the value is missing; set CsvOptions::missing to read it");
  const nn::CsvOptions any{.nonfinite = true,
                           .missing = nn::Missing::keep,
                           .missing_texts = {"-999", "inf"},
                           .numbers = {"x"}};
  const auto column = parse_csv("x\n\"-999\"\n1e999\n-inf\nnan\n", "t", any).columns[0];
  CHECK(same(column.numbers, {NAN, NAN, -INFINITY, NAN}));
}

TEST_CASE("csv: names that std::from_chars would take for numbers are text among texts") {
  const auto table = parse_csv("name,x\nNan,1\ninfinity,2\nann,3\n", "t");
  CHECK(table.columns[0].levels == Strings{"Nan", "ann", "infinity"});
}

TEST_CASE("csv: cells in quotes hold separators, line ends and doubled quotes, in any column") {
  const auto table =
      parse_csv("a,b\r\n\"x, \"\"y\"\"\",1\r\n\"two\r\nlines\",\"2\"\r\n\"\"\"\",3\r\n", "t");
  CHECK(table.columns[0].levels == Strings{"\"", "two\r\nlines", "x, \"y\""});
  CHECK(table.columns[0].codes == Codes{2, 1, 0});
  CHECK(table.columns[1].numbers == Values{1, 2, 3});
}

TEST_CASE("csv: a row knows its line, whatever lies between rows") {
  const auto plain = parse_csv("a\n1\n2\n", "t");
  CHECK(plain.lines.empty());
  CHECK(plain.line(1) == 3);
  const auto uneven = parse_csv("\na\n\n1\n\"\n2\"\n\n3\n", "t");
  CHECK(uneven.line(0) == 4);
  CHECK(uneven.line(1) == 5);
  CHECK(uneven.line(2) == 8);
  CHECK(uneven.place(2, 0) == "t:8: column 0 ('a')");
}

TEST_CASE("csv: the separator is found by the columns it makes") {
  const nn::CsvOptions find{.separator = nn::automatic_separator};
  for (const char separator : {',', ';', '\t', '|'}) {
    const auto table = parse_csv(fmt::format("a{0}b\n1{0}\"x;,|y\"\n2{0}z", separator), "t", find);
    CHECK(table.names() == Strings{"a", "b"});
  }
  CHECK(parse_csv("a,b;c\n1,5;2\n", "t", find).names() == Strings{"a", "b;c"});
  CHECK(parse_csv("alone\n1\n", "t", find).names() == Strings{"alone"});
  CHECK(parse_csv("\n\t\t\n", "t",
                  {.header = nn::Header::no, .separator = '\t', .missing = nn::Missing::keep})
            .cols() == 3);
  CHECK(error_of("1", {.separator = '.'}) == "read_csv: \".\" cannot separate cells");
  CHECK(error_of("1", {.separator = '\n'}) == "read_csv: \"\\n\" cannot separate cells");
}

TEST_CASE("labelled: a column of text is met at the cell that made it one") {
  const auto table = parse_csv("k,x,y\na,1,2\nb,3,4\n\nb,3,four\n", "t", {.label = "k"});
  CHECK_THROWS_WITH_AS(nn::labelled<float>(table),
                       "t:5: column 2 ('y'): expected a number, got 'four'", DataError);
}
