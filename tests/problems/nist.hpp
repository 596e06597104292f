#pragma once
/// The nonlinear regression problems of NIST's Statistical Reference Datasets, with certified
/// answers: least Σ rᵢ²,  rᵢ = yᵢ − f(b, xᵢ).
///
///     for (const NistProblem& p : nist_problems()) {
///       auto b = fit([&](const auto& b) { return p.residuals(p, b); }, p.start2);
///       // Σ r(b)² = p.residual_sum,  b = p.certified to about eleven digits
///     }
///
/// The formulas are in nist_models.hpp, the data and their origin in nist/.

#include <cstddef>
#include <string>
#include <vector>

namespace thalweg {
template <class Real>
class Var;
}

namespace thalweg::test_problems {

struct NistProblem {
  std::string name;                         ///< "Misra1a"
  std::vector<double> start1, start2;       ///< far from the solution, and nearer
  std::vector<double> certified;            ///< b, to 11 digits
  std::vector<double> standard_deviations;  ///< of b: √diag(s² (JᵀJ)⁻¹)
  double residual_sum;                      ///< Σ r²
  double residual_deviation;                ///< s = √(Σ r² / (observations − parameters))
  std::size_t predictors;                   ///< per observation: 2 in Nelson, elsewhere 1
  std::vector<double> x;                    ///< predictors, one observation after the other
  std::vector<double> y;                    ///< responses; of Nelson their logarithms

  std::size_t parameters() const { return certified.size(); }
  std::size_t observations() const { return y.size(); }

  /// r(b), recorded if a tape records.
  std::vector<Var<double>> (*residuals)(const NistProblem& problem,
                                        const std::vector<Var<double>>& b);
  std::vector<double> (*residual_values)(const NistProblem& problem, const std::vector<double>& b);
};

/// All 27, from lower to higher difficulty. Throws DataError if a file is missing or malformed.
const std::vector<NistProblem>& nist_problems();

/// What a file in NIST's layout says; without functions. Throws DataError naming the file.
NistProblem read_nist(const std::string& path);

}  // namespace thalweg::test_problems
