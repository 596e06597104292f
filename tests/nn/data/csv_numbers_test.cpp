#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <vector>

#include "tests/message_of.hpp"
#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/nn/data/csv.hpp"

using namespace thalweg;
using nn::parse_csv;
using test::message_of;
using Strings = std::vector<std::string>;
using Values = std::vector<double>;

namespace {

std::string error_of(std::string_view text, const nn::CsvOptions& options = {}) {
  return message_of<Error>([&] { parse_csv(text, "t", options); });
}

/// A column "x" of 300 numbers, of which row k is what `changed` gives instead, if anything.
template <class Change>
std::string numbers_but(Change&& changed) {
  std::string text = "id,x\n";
  for (int k = 0; k < 300; ++k) {
    const std::string cell = changed(k);
    text += fmt::format("r,{}\n", cell.empty() ? fmt::format("{}", k + 0.5) : cell);
  }
  return text;
}

}  // namespace

TEST_CASE("csv: one bad cell in a column of numbers is an error with its place, not 300 texts") {
  const auto bad_in = [](int row, const char* cell) {
    return numbers_but([=](int k) { return std::string(k == row ? cell : ""); });
  };
  CHECK(error_of(bad_in(120, "12O.5")) ==
        "t:122: column 1 ('x'): expected a number, as in 299 other rows, got '12O.5'; if it stands "
        "for a missing value, add it to CsvOptions::missing_texts; if the column is text, name it "
        "in CsvOptions::text");
  for (const int row : {0, 1, 299})
    CHECK(error_of(bad_in(row, "-")).starts_with(fmt::format("t:{}: column 1 ('x')", row + 2)));
  const std::string text = bad_in(7, "n/a");
  const auto missing =
      parse_csv(text, "t", {.missing = nn::Missing::keep, .missing_texts = {"n/a"}});
  CHECK(missing.column("x").missing == 1);
  CHECK(parse_csv(text, "t", {.text = {"x"}}).column("x").levels.size() == 300);
  CHECK(parse_csv(text, "t", {.label = "x"}).classes.size() == 300);
}

TEST_CASE("csv: nine numbers in ten make a column of numbers; with fewer it is text") {
  const auto every = [](int period) {
    return numbers_but([=](int k) { return std::string(k % period == 3 ? "PC 7" : ""); });
  };
  CHECK(error_of(every(10)) ==
        "t:5: column 1 ('x'): expected a number, as in 270 other rows, got 'PC 7' (and 29 more "
        "that are none); if it stands for a missing value, add it to CsvOptions::missing_texts; if "
        "the column is text, name it in CsvOptions::text");
  CHECK(parse_csv(every(9), "t").column("x").text);
  // Missing values are neither: nine numbers, one text, many rows without either.
  std::string sparse = "x\n";
  for (int k = 0; k < 100; ++k) sparse += k < 9 ? "1\n" : k == 50 ? "?!\n" : "NA\n";
  CHECK(error_of(sparse, {.missing = nn::Missing::keep}).starts_with("t:52: column 0 ('x')"));
}

TEST_CASE("csv: codes that begin with zeros may be text with letters among them") {
  std::string text = "zip\n";
  for (int k = 0; k < 100; ++k) text += fmt::format("{:05}\n", 100 * k);
  CHECK(parse_csv(text + "K1A 0B1\n", "t").column("zip").text);
}

TEST_CASE("csv: a header that was taken for values is said to be one") {
  std::string text = "region,2019\n";
  for (int k = 0; k < 20; ++k) text += fmt::format("{},{}\n", k, k * k);
  CHECK(error_of(text) ==
        "t:1: column 0 ('0'): expected a number, as in 20 other rows, got 'region'; if the first "
        "line holds the columns' names, set CsvOptions::header; if the column is text, name it in "
        "CsvOptions::text");
  CHECK(parse_csv(text, "t", {.header = nn::Header::yes}).names() == Strings{"region", "2019"});
}

TEST_CASE("csv: years in a row are names of columns if there are others beside them") {
  CHECK(parse_csv("country,code,1960,1961,1962\nA,B,1,2,3\n", "t").names() ==
        Strings{"country", "code", "1960", "1961", "1962"});
  CHECK(parse_csv("1960,1961,1962\n1,2,3\n", "t").rows == 2);
  CHECK(parse_csv("a,1960,1962,1963\nb,1,2,3\n", "t").rows == 2);
  CHECK(parse_csv("a,1,2,3\nb,1,2,3\n", "t").rows == 2);
}

TEST_CASE("csv: decimal commas are read if asked for, and then a point is no decimal sign") {
  const nn::CsvOptions commas{.separator = ';', .decimal = ','};
  const auto table = parse_csv("a;b;c\n1,5;-2,5e1;x\n2;\"3,25\";7,5\n,5;0;y\n", "t", commas);
  CHECK(table.column("a").numbers == Values{1.5, 2, 0.5});
  CHECK(table.column("b").numbers == Values{-25, 3.25, 0});
  CHECK(table.column("c").levels == Strings{"7,5", "x", "y"});
  CHECK(parse_csv("3,5;4\n5,5;6\n", "t", commas).names() == Strings{"0", "1"});
  const auto marked = parse_csv(
      "a;b\n-999,0;1\n3,5;2\n", "t",
      {.separator = ';', .decimal = ',', .missing = nn::Missing::keep, .missing_texts = {"-999"}});
  CHECK(marked.column("a").missing == 1);
  CHECK(parse_csv("a,b\n\"3,5\",1\n\"4,5\",2\n", "t", {.decimal = ','}).column("a").numbers ==
        Values{3.5, 4.5});
  CHECK(error_of("a;b\n3.5;1\n4.5;2\n", commas) ==
        "t:2: column 0 ('a'): expected a number, as in 0 other rows, got '3.5' (and 1 more that "
        "are none); to read numbers with a decimal point, set CsvOptions::decimal; if the column "
        "is text, name it in CsvOptions::text");
  CHECK(error_of("a\n1\n", {.decimal = ';'}) ==
        "read_csv: the decimal sign is \";\"; expected \".\" or \",\"");
}

TEST_CASE("csv: numbers with the other decimal sign or in groups are no texts by the hundred") {
  const auto column = [](auto cell) {
    std::string text = "a;b\n";
    for (int k = 0; k < 100; ++k) text += fmt::format("{};z\n", cell(k));
    return text;
  };
  const nn::CsvOptions semicolons{.separator = ';'};
  CHECK(error_of(column([](int k) { return k == 3 ? "0,3" : std::to_string(k); }), semicolons) ==
        "t:5: column 0 ('a'): expected a number, as in 99 other rows, got '0,3'; to read numbers "
        "with a decimal comma, set CsvOptions::decimal; if the column is text, name it in "
        "CsvOptions::text");
  CHECK(error_of(column([](int k) { return fmt::format("{},{:03}", 1 + k, k); }), semicolons) ==
        "t:2: column 0 ('a'): expected a number, as in 0 other rows, got '1,000' (and 99 more that "
        "are none); numbers are read without thousands separators; if the column is text, name it "
        "in CsvOptions::text");
  CHECK(error_of(column([](int k) { return fmt::format("1.234.{:03},5", k); }),
                 {.separator = ';', .decimal = ','})
            .ends_with("numbers are read without thousands separators; if the column is text, name "
                       "it in CsvOptions::text"));
}

TEST_CASE("csv: the decimal sign is found by the numbers it makes") {
  const nn::CsvOptions find{.separator = nn::automatic_separator, .decimal = nn::automatic_decimal};
  CHECK(parse_csv("a;b\n1,5;2\n2,5;3\n", "t", find).column("a").numbers == Values{1.5, 2.5});
  CHECK(parse_csv("a;b\n1.5;x, y\n2.5;z\n", "t", find).column("a").numbers == Values{1.5, 2.5});
  CHECK(parse_csv("a,b\n1.5,2\n2.5,3\n", "t", find).column("a").numbers == Values{1.5, 2.5});
  CHECK(parse_csv("a\tb\n1\t2\n3\t4\n", "t", find).column("b").numbers == Values{2, 4});
  // Without a header commas would make more columns, which hold no numbers.
  const auto bare = parse_csv("3,5;4,5\n1,5;2,5\n", "t", find);
  CHECK(bare.column(0).numbers == Values{3.5, 1.5});
  CHECK(bare.column(1).numbers == Values{4.5, 2.5});
}

TEST_CASE("csv: blanks separate numbers if nothing else does") {
  const nn::CsvOptions find{.separator = nn::automatic_separator};
  const auto table = parse_csv("Chins Situps\n5 162\n2 110\n", "t", find);
  CHECK(table.names() == Strings{"Chins", "Situps"});
  CHECK(table.column("Situps").numbers == Values{162, 110});
  CHECK(parse_csv("59 2 32.1\n48 1 21.6\n", "t", find).cols() == 3);
  CHECK(parse_csv("full name\nAnn Lee\nBob Ray\n", "t", find).cols() == 1);
}

TEST_CASE("csv: where no separator makes lines of one length, the line that differs is named") {
  const nn::CsvOptions find{.separator = nn::automatic_separator};
  CHECK(error_of("178,13,class_0\n1,2,3,4\n5,6,7,8\n", find) == "t:2: expected 3 columns, got 4");
  CHECK(error_of("a;b;c\n1;2\n", find) == "t:2: expected 3 columns, got 2");
  CHECK(parse_csv("text\nyes, no\nfine\n", "t", find).cols() == 1);
}

TEST_CASE("csv: two columns of one name are an error that names both positions") {
  CHECK(error_of("a,b,a\n1,2,3\n") ==
        "t:1: columns 0 and 2 are both called 'a'; give one another name, or set "
        "CsvOptions::header to no if this line holds values");
  CHECK(parse_csv("a,b,a\nb,a,c\n", "t", {.header = nn::Header::no}).names() ==
        Strings{"0", "1", "2"});
  CHECK(error_of(",a,0\n1,2,3\n", {.header = nn::Header::yes}) ==
        "t:1: column 0 has no name and would be called '0', as column 2 is; give it one");
  CHECK(error_of("1,,a\n1,2,3\n", {.header = nn::Header::yes}) ==
        "t:1: column 1 has no name and would be called '1', as column 0 is; give it one");
  CHECK(message_of<DataError>([] {
          nn::csv_columns("x,x\n", "t");
        }).starts_with("t:1: columns 0 and 1 are both called 'x'"));
  CHECK(parse_csv(",a,\n1,2,3\n", "t").names() == Strings{"0", "a", "2"});
}

TEST_CASE("csv: a column that is not there is met with the likest names, three at most") {
  constexpr std::string_view text = "Body Mass (g),body_mass_kg,Mass,Sex\n1,2,3,f\n";
  CHECK(error_of(text, {.label = "body_mass_g"}) ==
        "t: no column 'body_mass_g', did you mean 'Body Mass (g)' or 'body_mass_kg'?; the columns "
        "are Body Mass (g), body_mass_kg, Mass, Sex");
  CHECK(error_of(text, {.label = "mass"}) ==
        "t: no column 'mass', did you mean 'Mass', 'Body Mass (g)' or 'body_mass_kg'?; the columns "
        "are Body Mass (g), body_mass_kg, Mass, Sex");
}
