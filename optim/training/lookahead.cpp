#include "thalweg/optim/training/lookahead.hpp"

#include "thalweg/optim/rules/update.hpp"

namespace thalweg::optim::detail {

SlowWeights::SlowWeights(const LookaheadOptions& options) : options_(options) {
  if (options.k < 1)
    throw ValueError(fmt::format("Lookahead: k is {}; expected at least 1", options.k));
  if (!(options.alpha > 0 && options.alpha <= 1))
    throw ValueError(
        fmt::format("Lookahead: alpha is {}; expected a number in (0, 1]", options.alpha));
}

template <class Real>
void SlowWeights::pull(const ParameterList<Real>& parameters) {
  for (std::size_t k = 0; k < parameters.size(); ++k) {
    Parameter<Real>& parameter = *parameters[k].parameter;
    if (parameter.frozen()) continue;
    Tensor<Real>& slow = arrays_.of<Real>()[k].value;
    move_towards(slow, parameter.value(), options_.alpha);
    parameter.assign(slow);
  }
}

void SlowWeights::archive(Archive& archive) {
  archive(options_);
  archive("arrays", arrays_);
}

#define THALWEG_INSTANTIATE(Real) template void SlowWeights::pull(const ParameterList<Real>&);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::optim::detail
