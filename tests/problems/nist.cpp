#include "tests/problems/nist.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

#include "tests/problems/nist_models.hpp"
#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::test_problems {
namespace {

/// Every number in the text, up to the first word that is none.
std::vector<double> numbers_in(const std::string& text) {
  std::istringstream stream(text);
  return {std::istream_iterator<double>(stream), {}};
}

/// What follows `label` in the text; nothing if it does not occur.
std::string after(const std::string& text, const std::string& label) {
  const size_t at = text.find(label);
  return at == std::string::npos ? "" : text.substr(at + label.size());
}

/// One file, by parts.
class Reader {
 public:
  explicit Reader(const std::string& path) : path_(path) {
    const std::ifstream file(path);
    if (!file) throw DataError(fmt::format("{}: cannot be opened", path));
    std::ostringstream text;
    text << file.rdbuf();
    text_ = text.str();
  }

  std::string name() const {
    std::string name;
    std::istringstream(after(text_, "Dataset Name:")) >> name;
    return name;
  }
  double number(const std::string& label) const {
    const std::vector<double> found = numbers_in(after(text_, label));
    expect(!found.empty(), fmt::format("no number after '{}'", label));
    return found.front();
  }
  /// Rows  "b1 = start1 start2 certified deviation".
  std::vector<std::vector<double>> parameters() const {
    std::vector<std::vector<double>> rows;
    while (true) {
      const std::string row = after(text_, fmt::format("\n  b{} =", rows.size() + 1));
      if (row.empty()) break;
      rows.push_back(numbers_in(row.substr(0, row.find('\n'))));
      expect(rows.back().size() == 4,
             fmt::format("expected four numbers after 'b{} ='", rows.size()));
    }
    expect(!rows.empty(), "no parameters");
    return rows;
  }
  /// The table that follows the last line of the form  "Data:   y   x".
  std::vector<double> table() const {
    const size_t title = text_.rfind("Data:");
    expect(title != std::string::npos, "no data");
    const size_t end = std::min(text_.find('\n', title), text_.size());
    return numbers_in(text_.substr(end));
  }
  void expect(bool holds, const std::string& otherwise) const {
    if (!holds) throw DataError(fmt::format("{}: {}", path_, otherwise));
  }

 private:
  std::string path_, text_;
};

template <class Model, class T>
std::vector<T> residuals(const NistProblem& p, const std::vector<T>& b) {
  const std::span<const double> x = p.x;
  std::vector<T> r;
  r.reserve(p.observations());
  for (size_t i = 0; i < p.observations(); ++i)
    r.push_back(p.y[i] - Model{}(b, x.subspan(i * p.predictors, p.predictors)));
  return r;
}

template <class Model>
NistProblem read(const std::string& name) {
  NistProblem problem = read_nist(fmt::format("{}/{}.dat", THALWEG_NIST, name));
  problem.residuals = residuals<Model, Var<double>>;
  problem.residual_values = residuals<Model, double>;
  return problem;
}

NistProblem read_nelson() {
  NistProblem problem = read<nist::Nelson>("Nelson");
  for (double& y : problem.y) y = std::log(y);
  return problem;
}

}  // namespace

NistProblem read_nist(const std::string& path) {
  const Reader file(path);
  NistProblem problem{};
  problem.name = file.name();
  for (const auto& row : file.parameters()) {
    problem.start1.push_back(row[0]);
    problem.start2.push_back(row[1]);
    problem.certified.push_back(row[2]);
    problem.standard_deviations.push_back(row[3]);
  }
  problem.residual_sum = file.number("Residual Sum of Squares:");
  problem.residual_deviation = file.number("Residual Standard Deviation:");
  const auto observations = static_cast<size_t>(file.number("Number of Observations:"));
  const std::vector<double> table = file.table();
  const size_t columns = observations ? table.size() / observations : 0;
  file.expect(
      columns >= 2 && columns * observations == table.size(),
      fmt::format("{} numbers are no table of {} observations", table.size(), observations));
  for (size_t i = 0; i < table.size(); ++i)
    (i % columns == 0 ? problem.y : problem.x).push_back(table[i]);
  problem.predictors = columns - 1;
  return problem;
}

const std::vector<NistProblem>& nist_problems() {
  using namespace nist;
  static const std::vector<NistProblem> all = {
      // Lower level of difficulty.
      read<Saturation>("Misra1a"), read<Chwirut>("Chwirut2"), read<Chwirut>("Chwirut1"),
      read<Lanczos>("Lanczos3"), read<Gauss>("Gauss1"), read<Gauss>("Gauss2"),
      read<DanWood>("DanWood"), read<Misra1b>("Misra1b"),
      // Average.
      read<Kirby2>("Kirby2"), read<Cubics>("Hahn1"), read_nelson(), read<Mgh17>("MGH17"),
      read<Lanczos>("Lanczos1"), read<Lanczos>("Lanczos2"), read<Gauss>("Gauss3"),
      read<Misra1c>("Misra1c"), read<Misra1d>("Misra1d"), read<Roszman1>("Roszman1"),
      read<Enso>("ENSO"),
      // Higher.
      read<Mgh09>("MGH09"), read<Cubics>("Thurber"), read<Saturation>("BoxBOD"),
      read<Rat42>("Rat42"), read<Mgh10>("MGH10"), read<Eckerle4>("Eckerle4"), read<Rat43>("Rat43"),
      read<Bennett5>("Bennett5")};
  return all;
}

}  // namespace thalweg::test_problems
