#include "thalweg/optim/training/skip_nonfinite.hpp"

#include "thalweg/optim/rules/update.hpp"

namespace thalweg::optim {

template <class Real>
bool all_finite(const Gradients& gradients, const ParameterList<Real>& parameters) {
  for (const auto& [_, parameter] : parameters) {
    if (!gradients.contains(*parameter)) continue;
    const Tensor<Real> g = gradients[*parameter];
    // x − x is 0 for a finite x, NaN else; no early end, so that the loop runs in registers.
    const double bad = sum_of_parts(g.size(), [x = g.data()](Index begin, Index end) {
      Index count = 0;
      for (Index i = begin; i < end; ++i) count += !(x[i] - x[i] == 0);
      return static_cast<double>(count);
    });
    if (bad > 0) return false;
  }
  return true;
}

#define THALWEG_INSTANTIATE(Real) \
  template bool all_finite(const Gradients&, const ParameterList<Real>&);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::optim
