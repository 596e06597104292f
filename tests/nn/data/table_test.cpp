#include "thalweg/nn/data/table.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "tests/close.hpp"
#include "tests/message_of.hpp"
#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/base/random.hpp"
#include "thalweg/nn/data/csv.hpp"
#include "thalweg/nn/data/dataset.hpp"
#include "thalweg/nn/data/folds.hpp"
#include "thalweg/nn/data/table_encoder.hpp"

using namespace thalweg;
using nn::Table;
using test::message_of;
using testing::same;
using Codes = std::vector<std::int32_t>;
using Rows = std::vector<Index>;
using Strings = std::vector<std::string>;
using Values = std::vector<double>;

namespace {

Table table(std::string_view text, const std::string& label = {}) {
  return nn::parse_csv(text, "t", {.label = label, .missing = nn::Missing::keep});
}

constexpr std::string_view penguins =
    "id,island,mass\n"
    "a,Dream,3000\n"
    "b,Biscoe,5000\n"
    "\n"
    "c,,4000\n"
    "d,Biscoe,NA\n"
    "e,Dream,3500\n";

Index count(const nn::Column& column, std::string_view text) {
  Index found = 0;
  for (Index row = 0; row < static_cast<Index>(column.codes.size()); ++row)
    found += column.text_in(row) == text ? 1 : 0;
  return found;
}

}  // namespace

TEST_CASE("Table: rows by condition are those for which it is true, in order") {
  const Table all = table(penguins);
  const nn::Column& mass = all.column("mass");
  const nn::Column& island = all.column("island");
  const Table some = all.where(
      [&](Index row) { return mass.numbers[row] < 4500 && island.text_in(row) != "Biscoe"; });
  CHECK(some.rows == 3);
  CHECK(some.column("id").levels == Strings{"a", "c", "e"});
  CHECK(some.column("id").codes == Codes{0, 1, 2});
  CHECK(some.column("mass").numbers == Values{3000, 4000, 3500});
  CHECK(some.column("mass").missing == 0);
  CHECK(some.column("island").missing == 1);
  CHECK(all.where([](Index) { return false; }).rows == 0);
  CHECK(island.text_in(2).empty());
  CHECK(message_of<DataError>([&] { mass.text_in(0); }) ==
        "Column 'mass' is one of numbers; expected text: see `numbers`");
}

TEST_CASE("Table: rows that are taken come in the order asked for, and know their lines") {
  const Table some = table(penguins).take(Rows{4, 2, 2});
  CHECK(some.column("mass").numbers == Values{3500, 4000, 4000});
  CHECK(some.line(0) == 7);
  CHECK(some.place(1, 2) == "t:5: column 2 ('mass')");
  CHECK(message_of<IndexError>([] { table(penguins).take(Rows{5}); }) ==
        "t: row 5 is out of range; there are 5");
}

TEST_CASE("Table: levels that no chosen row has are gone, so that none becomes a column") {
  const Table dream = table(penguins).take(Rows{0, 4});
  CHECK(dream.column("island").levels == Strings{"Dream"});
  nn::TableEncoder encoder{{.ignore = {"id"}}};
  encoder.fit(dream);
  CHECK(encoder.names() == Strings{"island=Dream", "mass"});
}

TEST_CASE("Table: a row's labels go with it; classes keep their numbers") {
  const Table all = table("x,k\n1,a\n2,b\n3,c\n", "k");
  const Table some = all.take(Rows{2, 1});
  CHECK(some.labels == Rows{2, 1});
  CHECK(some.classes == Strings{"a", "b", "c"});
  CHECK(nn::labelled<float>(some).y.to_vector() == Rows{2, 1});
}

TEST_CASE("Table: a text among numbers is met where it stands after rows are chosen, too") {
  const Table all = table("x,y\n1,1\nred,2\n3,3\nblue,4\n");
  nn::TableEncoder numbers{};
  numbers.fit(table("x,y\n1,1\n2,2\n"));
  CHECK(message_of<DataError>([&] {
          numbers(all.take(Rows{2, 3}));
        }) == "t:5: column 0 ('x'): expected a number, got 'blue'");
  CHECK(message_of<DataError>([&] {
          numbers(all.take(Rows{0, 2}));
        }) == "t: column 'x' is one of text; expected numbers");
}

TEST_CASE("Table: rows without a value in the named columns, or in any, are left out") {
  const Table all = table(penguins);
  CHECK(all.without_missing({"mass"}).column("mass").numbers == Values{3000, 5000, 4000, 3500});
  CHECK(all.without_missing({"mass", "island"}).rows == 3);
  CHECK(all.without_missing().rows == 3);
  CHECK(table("x,y\n,1\n,2\n").without_missing({"x"}).rows == 0);
  CHECK(message_of<DataError>([&] { all.without_missing({"Mass (g)"}); }) ==
        "t: no column 'Mass (g)', did you mean 'mass'?; the columns are id, island, mass");
}

TEST_CASE("Table: columns are dropped and kept by name or position, and know their place") {
  const Table all = table(penguins);
  CHECK(all.drop({"id"}).names() == Strings{"island", "mass"});
  CHECK(all.drop({"-1", "id"}).names() == Strings{"island"});
  CHECK(all.drop({}).cols() == 3);
  const Table kept = all.keep({"mass", "id"});
  CHECK(kept.names() == Strings{"mass", "id"});
  CHECK(kept.rows == 5);
  CHECK(kept.place(3, 0) == "t:6: column 2 ('mass')");
  CHECK(kept.take(Rows{3}).place(0, 0) == "t:6: column 2 ('mass')");
  CHECK(message_of<ValueError>([&] {
          all.keep({"mass", "2"});
        }) == "t: keep: column 'mass' is named twice");
  CHECK(message_of<DataError>([&] { all.drop({"islnd"}); }) ==
        "t: no column 'islnd', did you mean 'island'?; the columns are id, island, mass");
  const Table by_hand{.columns = {{.name = "x", .numbers = {1}}, {.name = "y", .numbers = {2}}},
                      .rows = 1};
  CHECK(by_hand.drop({"x"}).column("y").position == 1);
}

TEST_CASE("Table: a split deals every row out once, as the generator's seed says") {
  std::string text = "x\n";
  for (int k = 0; k < 10; ++k) text += std::to_string(k) + "\n";
  const Table all = table(text);
  Random random{3}, again{3};
  const auto [train, test] = nn::split(all, 0.7, random);
  CHECK(train.rows == 7);
  CHECK(test.rows == 3);
  CHECK(train.column("x").numbers == nn::split(all, 0.7, again).train.column("x").numbers);
  Values both = train.column("x").numbers;
  both.insert(both.end(), test.column("x").numbers.begin(), test.column("x").numbers.end());
  CHECK(both != Values{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  std::sort(both.begin(), both.end());
  CHECK(both == Values{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  CHECK(message_of<ValueError>([&] { nn::split(all, 1.5, random); }) ==
        "split: the share is 1.5; expected a number in (0, 1)");
  CHECK(message_of<ValueError>([&] { nn::split(all.take(Rows{0}), 0.5, random); }) ==
        "split: a share of 0.5 of 1 examples leaves 1 for training and 0 for testing; both need "
        "one at least");
}

TEST_CASE("Table: a split by class has the whole's mixture in both parts") {
  std::string text = "k,n,c\n";
  for (int k = 0; k < 40; ++k)
    text += std::string(k % 4 == 0 ? "rare" : "often") + (k % 2 == 0 ? ",1," : ",2.5,") +
            (k % 10 == 0 ? "" : "z") + "\n";
  const Table all = table(text);
  Random random{1};
  const auto by_text = nn::split_by_class(all, "k", 0.8, random);
  CHECK(count(by_text.train.column("k"), "rare") == 8);
  CHECK(count(by_text.train.column("k"), "often") == 24);
  CHECK(count(by_text.test.column("k"), "rare") == 2);
  const auto by_number = nn::split_by_class(all, "n", 0.5, random);
  const Values& numbers = by_number.train.column("n").numbers;
  CHECK(std::count(numbers.begin(), numbers.end(), 2.5) == 10);
  CHECK(by_number.train.rows == 20);
  const auto by_missing = nn::split_by_class(all, "c", 0.75, random);
  CHECK(by_missing.train.column("c").missing == 3);
  CHECK(by_missing.test.column("c").missing == 1);
  const auto by_label = nn::split_by_class(table(text, "k"), "k", 0.8, random);
  CHECK(std::count(by_label.test.labels.begin(), by_label.test.labels.end(), 1) == 2);
}

TEST_CASE("Table: the rows of a fold are a table") {
  Random random{1};
  const Table all = table("x\n0\n1\n2\n3\n");
  Index rows = 0;
  for (const nn::Fold& fold : nn::kfold(all.rows, 2, random)) {
    CHECK(all.take(fold.train).rows == 2);
    rows += all.take(fold.test).rows;
  }
  CHECK(rows == 4);
}
