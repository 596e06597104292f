#include "tests/problems/nist.hpp"

#include <cmath>
#include <cstdio>
#include <fstream>

#include "autodiff/tape.hpp"
#include "tests/optim/problems.hpp"

using namespace thalweg;
using optim::problems::error_of;
using test_problems::nist_problems;
using test_problems::NistProblem;
using test_problems::read_nist;
using Numbers = std::vector<double>;

namespace {

double residual_sum(const NistProblem& p, const Numbers& b) {
  double sum = 0;
  for (const double r : p.residual_values(p, b)) sum += r * r;
  return sum;
}

/// A file of this text, while it lives.
struct TextFile {
  std::string path = "nist_test.dat";
  explicit TextFile(const std::string& text) { std::ofstream(path) << text; }
  ~TextFile() { std::remove(path.c_str()); }
};

}  // namespace

TEST_CASE("NIST: the certified parameters leave the certified sum of squares") {
  CHECK(nist_problems().size() == 27);
  for (const NistProblem& p : nist_problems()) {
    CAPTURE(p.name);
    // Parameters of eleven digits cannot reach Lanczos1's 1.4e-25.
    CHECK(std::fabs(residual_sum(p, p.certified) - p.residual_sum) <=
          1e-10 * p.residual_sum + 1e-20);
    const auto freedom = static_cast<double>(p.observations() - p.parameters());
    CHECK(std::sqrt(p.residual_sum / freedom) ==
          doctest::Approx(p.residual_deviation).epsilon(1e-9));
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
  const auto error_in = [](const std::string& text) {
    const TextFile file(text);
    return error_of([&] { read_nist(file.path); });
  };
  CHECK(error_in(rows + sums + "Data: y x\n 1 2\n .3E1 4\n") == "no error");
  CHECK(error_in(sums) == "nist_test.dat: no parameters");
  CHECK(error_in("\n  b1 = 1 2 3\n") == "nist_test.dat: expected four numbers after 'b1 ='");
  CHECK(error_in(rows) == "nist_test.dat: no number after 'Residual Sum of Squares:'");
  CHECK(error_in(rows + sums) == "nist_test.dat: no data");
  CHECK(error_in(rows + sums + "Data: y x\n 1 2\n 3\n") ==
        "nist_test.dat: 3 numbers are no table of 2 observations");
}
