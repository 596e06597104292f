#include "thalweg/optim/base/csv.hpp"

#include <doctest/doctest.h>

using namespace thalweg;

TEST_CASE("csv: cells with commas, quotes or line breaks are quoted") {
  CHECK(optim::csv_line({"a", "", "c d"}) == "a,,c d\n");
  CHECK(optim::csv_line({"a,b", "say \"no\"", "x\ny"}) == "\"a,b\",\"say \"\"no\"\"\",\"x\ny\"\n");
  CHECK(optim::csv_line({}) == "\n");
}
