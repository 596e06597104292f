#include "thalweg/nn/data/table_encoder.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>

#include "tests/close.hpp"
#include "tests/message_of.hpp"
#include "tests/temporary_folder.hpp"
#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/files/files.hpp"
#include "thalweg/optim/state/checkpoint.hpp"

using namespace thalweg;
using nn::Fill;
using nn::TableEncoder;
using nn::Task;
using test::message_of;
using testing::same;
using Strings = std::vector<std::string>;
using Values = std::vector<float>;

namespace {

nn::Table table(std::string_view text) {
  return nn::parse_csv(text, "t", {.missing = nn::Missing::keep});
}

TableEncoder fitted(const nn::EncoderOptions& options, std::string_view text) {
  TableEncoder encoder{options};
  encoder.fit(table(text));
  return encoder;
}

Values encoded(const TableEncoder& encoder, std::string_view text) {
  return encoder(table(text)).to_vector();
}

constexpr std::string_view people = "age,city\n1,Rome\n3,Oslo\n";

}  // namespace

TEST_CASE("TableEncoder: numbers are standardised by the training rows, levels become columns") {
  const TableEncoder encoder = fitted({}, people);
  CHECK(encoder.names() == Strings{"age", "city=Oslo", "city=Rome"});
  CHECK(encoder.width() == 3);
  CHECK(encoded(encoder, people) == Values{-1, 0, 1, 1, 1, 0});
  CHECK(encoded(encoder, "age,city\n5,Oslo\n") == Values{3, 1, 0});
  CHECK(encoded(fitted({.standardise = false}, people), people) == Values{1, 0, 1, 3, 1, 0});
  CHECK(encoded(fitted({}, "a,b\n7,1\n7,3\n"), "a,b\n8,2\n") == Values{0, 0});
}

TEST_CASE("TableEncoder: columns are matched by name; missing and unexpected ones are named") {
  const TableEncoder encoder = fitted({.target = "y", .ignore = {"id"}},
                                      "id,age,city,y\n1,1,Rome,0.5\n2,3,Oslo,1\n3,1,Rome,2\n");
  CHECK(encoded(encoder, "city,age\nRome,1\n") == encoded(encoder, "age,y,city,id\n1,2,Rome,9\n"));
  CHECK(message_of<Error>([&] { encoded(encoder, "Age,city,town\n1,Rome,a\n"); }) ==
        "t: the columns are not those that were fitted: missing age; unexpected Age, town");
  const nn::Column age{.name = "age", .numbers = {1}};
  CHECK(message_of<Error>([&] {
          encoder(nn::Table{.source = "t", .columns = {age, age}, .rows = 1});
        }) == "t: columns 0 and 1 are both called 'age'");
}

TEST_CASE("TableEncoder: a level that was not seen is an error that names the cell, or zeros") {
  CHECK(message_of<Error>([] { encoded(fitted({}, people), "age,city\n1,Rome\n1,Bonn\n"); }) ==
        "t:3: column 1 ('city'): 'Bonn' was not among the training rows");
  const TableEncoder zeros = fitted({.unseen = nn::Unseen::zeros}, people);
  CHECK(encoded(zeros, "age,city\n1,Bonn\n") == Values{-1, 0, 0});
  const TableEncoder codes =
      fitted({.categories = nn::Categories::codes, .unseen = nn::Unseen::zeros}, people);
  CHECK(codes.names() == Strings{"age", "city"});
  CHECK(encoded(codes, "age,city\n1,Rome\n1,Bonn\n") == Values{-1, 1, -1, 2});
}

TEST_CASE("TableEncoder: missing numbers are refused, or stand for what the training rows say") {
  constexpr std::string_view rows = "x,y\n1,0\n1,0\n2,0\n,0\n8,0\n9,0\n";
  constexpr std::string_view one = "x,y\n,0\n";
  CHECK(message_of<Error>([&] { fitted({}, rows); }) ==
        "t:5: column 0 ('x'): the value is missing; EncoderOptions say what may stand for it");
  CHECK(message_of<Error>([&] { encoded(fitted({}, "x,y\n1,2\n"), one); }) ==
        "t:2: column 0 ('x'): the value is missing; EncoderOptions say what may stand for it");
  const auto fill = [&](Fill kind) {
    return encoded(fitted({.missing_numbers = kind, .standardise = false}, rows), one)[0];
  };
  CHECK(fill(Fill::mean) == doctest::Approx(4.2));
  CHECK(fill(Fill::median) == 2);
  const auto even = fitted({.missing_numbers = Fill::median, .standardise = false},
                           "x,y\n9,0\n1,0\n4,0\n2,0\n,0\n");
  CHECK(encoded(even, one)[0] == 3);
  CHECK(fill(Fill::most_frequent) == 1);
  CHECK(std::isnan(fill(Fill::nan)));
  const auto scaled = encoded(fitted({.missing_numbers = Fill::mean}, rows), rows);
  CHECK(scaled[6] == doctest::Approx(0));
}

TEST_CASE("TableEncoder: missing texts are refused, or the most frequent one, or none") {
  constexpr std::string_view rows = "c,x\na,1\nb,1\n,1\nb,1\n";
  CHECK(message_of<Error>([&] { fitted({}, rows); }) ==
        "t:4: column 0 ('c'): the value is missing; EncoderOptions say what may stand for it");
  const auto third = [&](Fill kind) {
    const Values x = encoded(fitted({.missing_texts = kind}, rows), rows);
    return Values{x[6], x[7]};
  };
  CHECK(third(Fill::most_frequent) == Values{0, 1});
  CHECK(third(Fill::zeros) == Values{0, 0});
  CHECK(message_of<Error>([] { TableEncoder{{.missing_texts = Fill::mean}}; }) ==
        "TableEncoder: missing_texts is for numbers; expected refuse, most_frequent or zeros");
  CHECK(message_of<Error>([] { TableEncoder{{.missing_numbers = Fill::zeros}}; }) ==
        "TableEncoder: missing_numbers is zeros, which is for texts");
}

TEST_CASE("task_of: text and few whole numbers are classes, other numbers are to be met") {
  const auto task = [](std::string_view text) { return nn::task_of(table(text).columns[0]); };
  CHECK(task("x\na\nb\n") == Task::classification);
  CHECK(task("0\n1\n1\n0\n") == Task::classification);
  CHECK(task("0\n1\n2\n") == Task::regression);
  CHECK(task("0.5\n0.5\n1\n1\n") == Task::regression);
  std::string many;
  for (int k = 0; k < 21; ++k) many += std::to_string(k) + "\n" + std::to_string(k) + "\n";
  CHECK(task(many) == Task::regression);
  CHECK(task(many.substr(0, many.size() - 6)) == Task::classification);
}

TEST_CASE("TableEncoder: classes are found, kept and compared; the task can be forced") {
  const TableEncoder text = fitted({.target = "k"}, "x,k\n1,no\n2,yes\n3,no\n");
  CHECK(text.classes() == Strings{"no", "yes"});
  const auto data = text.classification<float>(table("k,x\nyes,2\nno,1\n"));
  CHECK(data.y.to_vector() == std::vector<Index>{1, 0});
  CHECK(data.x.shape() == Shape{2, 1});
  CHECK(message_of<Error>([&] { text.labels(table("x,k\n1,maybe\n")); }) ==
        "t:2: column 1 ('k'): the class 'maybe' was not among the training rows");
  CHECK(message_of<Error>([&] { text.labels(table("x,k\n1,\n2,no\n")); }) ==
        "t:2: column 1 ('k'): the label is missing");
  CHECK(message_of<Error>([&] { text.regression<float>(table("x,k\n1,no\n")); }) ==
        "TableEncoder: the target 'k' is one of classification");

  constexpr std::string_view whole = "x,k\n1,10\n2,9\n3,10\n4,9\n";
  CHECK(fitted({.target = "-1"}, whole).classes() == Strings{"9", "10"});
  const TableEncoder forced = fitted({.target = "k", .task = Task::regression}, whole);
  const auto numbers = forced.regression<double>(table(whole));
  CHECK(numbers.y.shape() == Shape{4, 1});
  CHECK(numbers.y.to_vector() == std::vector<double>{10, 9, 10, 9});
  CHECK(message_of<Error>([&] {
          fitted({.target = "k", .task = Task::regression}, "x,k\n1,2\n3,\n");
        }) == "t:3: column 1 ('k'): the target is missing");
}

TEST_CASE("TableEncoder: saved beside a model and restored it encodes a new file alike") {
  const TemporaryFolder folder;
  TableEncoder encoder =
      fitted({.target = "k", .missing_numbers = Fill::median}, "x,code,k\n1,01,a\n,1,b\n5,x,a\n");
  Index steps = 7;
  optim::save(folder / "m.safetensors", steps, encoder);
  TableEncoder restored;
  optim::restore(folder / "m.safetensors", steps, restored);
  CHECK(restored.names() == encoder.names());
  CHECK(restored.classes() == Strings{"a", "b"});
  // All codes are numbers here; they were text when fitted.
  write_file(folder / "new.csv", "code,x\n01,2\n1,\n");
  const auto x = restored(restored.read(folder / "new.csv"));
  CHECK(x.to_vector() == encoder(encoder.read(folder / "new.csv")).to_vector());
  CHECK(x(0, 1).value() == 1);
  CHECK(x(1, 2).value() == 1);
  CHECK(message_of<Error>([&] { encoded(restored, "code,x\n1,2\n"); }) ==
        "t: column 'code' was read as numbers; expected text: see CsvOptions::text and "
        "TableEncoder::read");
  CHECK(message_of<Error>([&] { encoded(restored, "code,x\n1,two\n"); }) ==
        "t:2: column 1 ('x'): expected a number, got 'two'");
}

TEST_CASE("TableEncoder: what stood for missing values in training does so in new files") {
  const TemporaryFolder folder;
  TableEncoder encoder{{.missing_numbers = Fill::nan, .missing_texts = Fill::zeros}};
  encoder.fit(nn::parse_csv("x,c\n1,a\n-999,b\n3,?\n", "t",
                            {.missing = nn::Missing::keep, .missing_texts = {"-999", "?"}}));
  Index steps = 7;
  optim::save(folder / "m.safetensors", steps, encoder);
  TableEncoder restored;
  optim::restore(folder / "m.safetensors", steps, restored);
  write_file(folder / "new.csv", "x,c\n-999.0,b\n3,-999\n-1,a\n");
  for (const TableEncoder& each : {encoder, restored})
    CHECK(same(each(each.read(folder / "new.csv", {.missing_texts = {"-1"}})),
               {NAN, 0, 1, 1, 0, 0, NAN, 1, 0}));
}

TEST_CASE("TableEncoder: statistics are those of the values that are there, and are finite") {
  const TableEncoder kept = fitted({.missing_numbers = Fill::nan}, "x,y\n1,0\n,0\n3,0\n");
  CHECK(same(kept(table("x,y\n1,0\n,5\n3,0\n")), {-1, 0, NAN, 0, 1, 0}));
  const auto mean = [](std::string_view rows) {
    return encoded(fitted({.missing_numbers = Fill::mean, .standardise = false}, rows),
                   "x,y\n,0\n")[0];
  };
  CHECK(mean("x,y\n1e38,0\n2e38,0\n3e38,0\n,0\n") == 2e38f);
  CHECK(mean("x,y\n0.1,0\n0.1,0\n0.1,0\n,0\n") == 0.1f);
  const TableEncoder large = fitted({}, "x,y\n1e300,0\n3e300,0\n");
  CHECK(encoded(large, "x,y\n1e300,0\n3e300,0\n") == Values{-1, 0, 1, 0});
  const TableEncoder equal =
      fitted({.missing_numbers = Fill::mean}, "x,y\n0.1,0\n0.1,0\n0.1,0\n,0\n");
  CHECK(encoded(equal, "x,y\n0.1,0\n7,0\n,0\n") == Values{0, 0, 0, 0, 0, 0});
  const auto infinite = [](const nn::EncoderOptions& options) {
    return message_of<Error>([&] {
      TableEncoder{options}.fit(nn::parse_csv("x,y\n1,0\n-inf,0\n", "t", {.nonfinite = true}));
    });
  };
  CHECK(infinite({.target = "y"}) == "t:3: column 0 ('x'): expected a finite number, got -inf");
  CHECK(infinite({.target = "x"}) == "t:3: column 0 ('x'): the target is -inf");
}

TEST_CASE("TableEncoder: a column of text may be wholly missing in another table") {
  const TableEncoder encoder =
      fitted({.missing_texts = Fill::most_frequent}, "x,c\n1,a\n2,b\n3,b\n");
  CHECK(encoded(encoder, "x,c\n2,\n2,NA\n") == Values{0, 0, 1, 0, 0, 1});
}

TEST_CASE("TableEncoder: before it is fitted, and on tables without a column, it says so") {
  CHECK(message_of<Error>([] { TableEncoder{}(table(people)); }) ==
        "TableEncoder: has not been fitted");
  CHECK(message_of<Error>([] { fitted({.target = "x"}, "x\n1\n2\n"); }) ==
        "t: there is no column to learn from");
  CHECK(message_of<Error>([] { fitted({.target = "cty"}, people); }) ==
        "t: no column 'cty', did you mean 'city'?; the columns are age, city");
  CHECK(message_of<Error>([] { fitted({.missing_numbers = Fill::mean}, "x,y\n,1\n,2\n"); }) ==
        "t: column 'x' has no value in any row");
  CHECK(message_of<Error>([] { fitted({}, people).labels(table(people)); }) ==
        "TableEncoder: has no target");
}

TEST_CASE("TableEncoder: a table made by hand that contradicts itself is refused") {
  const nn::Column x{.name = "x", .numbers = {1, 2}};
  const nn::Column k{.name = "k", .text = true, .codes = {0, 2}, .levels = {"a", "b"}};
  CHECK(message_of<Error>([&] { TableEncoder{}.fit({.columns = {x}, .rows = 3}); }) ==
        "Table: column 'x' has 2 values; expected 3");
  CHECK(message_of<Error>([&] {
          TableEncoder{}.fit({.columns = {x, k}, .rows = 2});
        }) == "Table: column 'k' has the code 2; expected -1 to 1");
}

namespace {

/// 100 rows: an identifier, a day, one of 3 places, a number that is the target.
std::string sightings() {
  std::string text = "id,day,place,n\n";
  for (int k = 0; k < 100; ++k)
    text += fmt::format("N{}A{},2007-11-{:02},{},{}\n", k / 2, k % 2 + 1, 1 + k % 25,
                        k % 3 == 0   ? "Dream"
                        : k % 3 == 1 ? "Biscoe"
                                     : "Torgersen",
                        k + 0.5);
  return text;
}

std::string wide_error(const nn::EncoderOptions& options, const std::string& text) {
  return message_of<DataError>([&] { fitted(options, text); });
}

}  // namespace

TEST_CASE("TableEncoder: identifiers and dates do not become columns by the dozen without a word") {
  CHECK(wide_error({.target = "n"}, sightings()) ==
        "t: column 'id' holds 100 different texts in 100 rows, as 'N0A1': as one-hot it becomes "
        "100 columns; drop it, or set EncoderOptions::wide to drop or keep such columns");
  CHECK(wide_error({.target = "n", .ignore = {"id"}}, sightings())
            .starts_with("t: column 'day' holds 25 different dates in 100 rows, as '2007-11-01'"));
  const TableEncoder dropped = fitted({.target = "n", .wide = nn::Wide::drop}, sightings());
  CHECK(dropped.names() == Strings{"place=Biscoe", "place=Dream", "place=Torgersen"});
  REQUIRE(dropped.wide().size() == 2);
  CHECK(to_string(dropped.wide()[0]) ==
        "column 'id' holds 100 different texts in 100 rows, as 'N0A1'");
  CHECK(dropped.wide()[1].dates);
  // New tables may have them or not.
  CHECK(encoded(dropped, "place,id\nDream,7\n") == encoded(dropped, "place\nDream\n"));
  CHECK(wide_error({.target = "n", .ignore = {"place"}, .wide = nn::Wide::drop}, sightings()) ==
        "t: there is no column to learn from: column 'id' holds 100 different texts in 100 rows, "
        "as 'N0A1', and EncoderOptions::wide drops it and others");
  const TableEncoder kept = fitted({.target = "n", .wide = nn::Wide::keep}, sightings());
  CHECK(kept.width() == 100 + 25 + 3);
  CHECK(kept.wide().size() == 2);
  const TableEncoder codes =
      fitted({.target = "n", .categories = nn::Categories::codes}, sightings());
  CHECK(codes.width() == 3);
}

TEST_CASE("TableEncoder: a column of text is wide above most_levels, or if most rows differ") {
  const auto levels = [](int count, int rows) {
    std::string text = "c,x\n";
    for (int k = 0; k < rows; ++k) text += fmt::format("c{},1\n", k % count);
    return text;
  };
  CHECK(fitted({}, levels(50, 200)).width() == 51);
  CHECK(wide_error({}, levels(51, 200)) ==
        "t: column 'c' holds 51 different texts in 200 rows, as 'c0': as one-hot it becomes 51 "
        "columns; drop it, or set EncoderOptions::wide to drop or keep such columns, or "
        "most_levels");
  CHECK(fitted({.most_levels = 51}, levels(51, 200)).width() == 52);
  CHECK(wide_error({.most_levels = 2}, levels(3, 200)).starts_with("t: column 'c' holds 3"));
  CHECK(fitted({}, levels(10, 10)).width() == 11);
  CHECK(fitted({}, levels(11, 22)).width() == 12);
  CHECK(wide_error({}, levels(11, 21)).starts_with("t: column 'c' holds 11"));
  CHECK(message_of<ValueError>([] { TableEncoder{{.most_levels = 0}}; }) ==
        "TableEncoder: most_levels is 0; expected 1 at least");
}

TEST_CASE("TableEncoder: dates are three numbers with one sign between them, perhaps a time") {
  const auto dates = [](const char* form) {
    std::string text = "d,x\n";
    for (int k = 0; k < 60; ++k)
      text += fmt::format(fmt::runtime(form), fmt::arg("d", 10 + k % 12)) + ",1\n";
    return wide_error({}, text).find("12 different dates") != std::string::npos;
  };
  for (const char* form :
       {"2007-11-{d}", "{d}.11.2007", "11/{d}/07", "2007-11-{d}T14:30:00Z", "{d}-Nov-2007",
        "march-{d}-1995", "2007/11/{d} 9:05 PM", "2007-11-{d} 10:00:00.5+01:00"}) {
    CAPTURE(form);
    CHECK(dates(form));
  }
  for (const char* form : {"2007-11 {d}", "1.2.3.{d}", "a-b-{d}", "555-0{d}-1234", "11:{d}:00",
                           "2007-2008-20{d}", "ABC-{d}-1995", "Nov-Dec-{d}", "2007-11-{d} noon"}) {
    CAPTURE(form);
    CHECK_FALSE(dates(form));
  }
}

TEST_CASE("TableEncoder: what was dropped, and what is unseen, stays so in a file") {
  const TemporaryFolder folder;
  TableEncoder encoder =
      fitted({.target = "n", .unseen = nn::Unseen::zeros, .wide = nn::Wide::drop}, sightings());
  optim::save(folder / "m.safetensors", encoder);
  TableEncoder restored;
  optim::restore(folder / "m.safetensors", restored);
  // Nine numbers of ten would be an error in a column that is used.
  std::string text = "day,place,id\n";
  for (int k = 0; k < 10; ++k)
    text += fmt::format("x,{},{}\n",
                        k < 3    ? "Rome"
                        : k == 3 ? "Bonn"
                                 : "Dream",
                        k == 5 ? "N1" : std::to_string(k));
  write_file(folder / "new.csv", text);
  const nn::Table table = restored.read(folder / "new.csv");
  const auto unseen = restored.unseen(table);
  REQUIRE(unseen.size() == 2);
  CHECK(to_string(unseen[0], table) ==
        "column 'place': 'Rome' was not among the training rows (3 rows, the first in line 2)");
  CHECK(to_string(unseen[1], table) ==
        "column 'place': 'Bonn' was not among the training rows (line 5)");
  CHECK(unseen[0].rows == 3);
  CHECK(restored(table).size(1) == 3);
  CHECK(restored.unseen(restored.read(folder / "new.csv").take(std::vector<Index>{9})).empty());
}

TEST_CASE("TableEncoder: a target that is the same in all rows, or a table without any, is told") {
  CHECK(wide_error({.target = "k"}, "x,k\n1,a\n2,a\n") ==
        "t: the target 'k' is 'a' in all 2 rows: there is nothing to learn");
  CHECK(wide_error({.target = "k"}, "x,k\n1,0.5\n2,0.5\n") ==
        "t: the target 'k' is 0.5 in all 2 rows: there is nothing to learn");
  CHECK(wide_error({.target = "k"}, "x,k\n1,0.5\n") ==
        "t: the target 'k' is 0.5 in the only row: there is nothing to learn");
  CHECK(message_of<DataError>([] {
          TableEncoder{}.fit(table(people).where([](Index) { return false; }));
        }) == "t: the table has no rows");
}
