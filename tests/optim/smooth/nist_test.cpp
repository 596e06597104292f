#include "tests/problems/nist.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "tests/close.hpp"
#include "tests/optim/smooth/problems.hpp"
#include "thalweg/autodiff/tape/tape.hpp"

using namespace thalweg;
using optim::problems::error_of;
using test_problems::nist_problems;
using test_problems::NistProblem;
using test_problems::read_nist;
using testing::close;
using Numbers = std::vector<double>;

namespace {

double residual_sum(const NistProblem& p, const Numbers& b) {
  double sum = 0;
  for (const double r : p.residual_values(p, b)) sum += r * r;
  return sum;
}

/// What `read_nist` says to a file of this text, from "NAME:" on.
std::string error_in(const std::string& text) {
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / fmt::format("thalweg-nist-{}", ::getpid());
  std::ofstream(path) << text;
  const std::string error = error_of([&] { read_nist(path.string()); });
  std::filesystem::remove(path);
  return error.starts_with(path.string()) ? "NAME" + error.substr(path.string().size()) : error;
}

}  // namespace

TEST_CASE("NIST: the certified parameters leave the certified sum of squares") {
  CHECK(nist_problems().size() == 27);
  for (const NistProblem& p : nist_problems()) {
    CAPTURE(p.name);
    // Parameters of eleven digits cannot reach Lanczos1's 1.4e-25.
    CHECK(std::fabs(residual_sum(p, p.certified) - p.residual_sum) <=
          1e-10 * p.residual_sum + 1e-20);
    const auto freedom = static_cast<double>(p.observations() - p.parameters());
    CHECK(close(std::sqrt(p.residual_sum / freedom), p.residual_deviation, {.relative = 1e-9}));
  }
}

TEST_CASE("NIST: a parameter moved by a thousandth of its standard deviation fits worse") {
  for (const NistProblem& p : nist_problems()) {
    CAPTURE(p.name);
    const double least = residual_sum(p, p.certified);
    CHECK(residual_sum(p, p.start1) > least);
    CHECK(residual_sum(p, p.start2) > least);
    if (least > 10 * p.residual_sum) continue;  // Lanczos1 again
    for (std::size_t i = 0; i < p.parameters(); ++i)
      for (const double sign : {-1.0, 1.0}) {
        Numbers b = p.certified;
        b[i] += sign * 1e-3 * p.standard_deviations[i];
        CHECK(residual_sum(p, b) > least);
      }
  }
}

TEST_CASE("NIST: the tape's slope of the sum of squares is that of central differences") {
  for (const NistProblem& p : nist_problems()) {
    CAPTURE(p.name);
    Tape tape;
    const std::vector<Var<double>> b = tape.variable(p.start2);
    Var<double> sum = 0;
    for (const Var<double>& r : p.residuals(p, b)) sum += r * r;
    const Numbers slope = tape.backward(sum)[b];
    for (std::size_t i = 0; i < b.size(); ++i) {
      const double h = 1e-5 * std::fabs(p.start2[i]);
      Numbers above = p.start2, below = p.start2;
      above[i] += h;
      below[i] -= h;
      const double difference = (residual_sum(p, above) - residual_sum(p, below)) / (2 * h);
      CHECK(std::fabs(difference - slope[i]) <=
            1e-6 * std::fabs(slope[i]) + 1e-14 * sum.value() / h);
    }
  }
}

TEST_CASE("NIST: a file that is none is refused") {
  CHECK(error_of([] { read_nist("no/such.dat"); }) == "no/such.dat: cannot be opened");
  const std::string rows = "Dataset Name: Line\n  b1 =  1  2  3.5E0  0.1\n";
  const std::string sums =
      "Residual Sum of Squares: 4\nResidual Standard Deviation: 2\nNumber of Observations: 2\n";
  CHECK(error_in(rows + sums + "Data: y x\n 1 2\n .3E1 4\n") == "no error");
  CHECK(error_in(sums) == "NAME: no parameters");
  CHECK(error_in("\n  b1 = 1 2 3\n") == "NAME: expected four numbers after 'b1 ='");
  CHECK(error_in(rows) == "NAME: no number after 'Residual Sum of Squares:'");
  CHECK(error_in(rows + sums) == "NAME: no data");
  CHECK(error_in(rows + sums + "Data: y x\n 1 2\n 3\n") ==
        "NAME: 3 numbers are no table of 2 observations");
}
