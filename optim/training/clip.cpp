#include "thalweg/optim/training/clip.hpp"

#include "thalweg/optim/rules/update.hpp"

namespace thalweg::optim {
namespace {

void expect_limit(const char* function, double limit) {
  if (limit > 0) return;
  throw ValueError(fmt::format("{}: limit is {}; expected a number above 0", function, limit));
}

/// Assigns change(g) of every g of the gradient of a parameter that has one.
template <class Real, class Change>
void change_each(Gradients& gradients, const Parameter<Real>& parameter, const Change& change) {
  if (!gradients.contains(parameter)) return;
  const Tensor<Real> before = gradients[parameter];
  const Tensor<Real> after = Tensor<Real>::uninitialised(before.shape());
  const Real* const from = before.data();
  Real* const to = after.unshared_data();
  kernels::parallel_for(before.size(), kernels::grain_of(1), [=](Index begin, Index end, Index) {
    for (Index i = begin; i < end; ++i) to[i] = change(from[i]);
  });
  gradients.assign(parameter, after);
}

template <class Real>
double norm(const Gradients& gradients, const Parameter<Real>& parameter) {
  if (!gradients.contains(parameter)) return 0;
  const Tensor<Real> g = gradients[parameter];
  return norm_of(g.size(), g.data());
}

template <class Real>
void scale(Gradients& gradients, const Parameter<Real>& parameter, double factor) {
  change_each(gradients, parameter,
              [factor](Real g) { return static_cast<Real>(factor * static_cast<double>(g)); });
}

}  // namespace

template <class Real>
double global_norm(const Gradients& gradients, const ParameterList<Real>& parameters) {
  std::vector<double> norms;
  for (const auto& [_, parameter] : parameters) norms.push_back(norm(gradients, *parameter));
  return norm_of(static_cast<Index>(norms.size()), norms.data());
}

template <class Real>
void clip_by_value(Gradients& gradients, const ParameterList<Real>& parameters, double limit) {
  expect_limit("clip_by_value", limit);
  const auto most = static_cast<Real>(limit);
  for (const auto& [_, parameter] : parameters)
    change_each(gradients, *parameter, [most](Real g) {
      return g > most ? most : g < -most ? -most : g;
    });
}

template <class Real>
void clip_by_norm(Gradients& gradients, const ParameterList<Real>& parameters, double limit) {
  expect_limit("clip_by_norm", limit);
  for (const auto& [_, parameter] : parameters) {
    const double size = norm(gradients, *parameter);
    if (size > limit && std::isfinite(size)) scale(gradients, *parameter, limit / size);
  }
}

template <class Real>
double clip_by_global_norm(Gradients& gradients, const ParameterList<Real>& parameters,
                           double limit) {
  expect_limit("clip_by_global_norm", limit);
  const double norm = global_norm(gradients, parameters);
  if (norm > limit && std::isfinite(norm))
    for (const auto& [_, parameter] : parameters) scale(gradients, *parameter, limit / norm);
  return norm;
}

namespace detail {

void expect_limits(const ClipOptions& options) {
  const auto expect = [](const char* name, const std::optional<double>& limit) {
    if (limit && !(*limit > 0))
      throw ValueError(fmt::format("Clipped: {} is {}; expected a number above 0", name, *limit));
  };
  expect("value", options.value);
  expect("norm", options.norm);
  expect("global_norm", options.global_norm);
}

void archive_limits(Archive& archive, ClipOptions& options) { archive(options); }

template <class Real>
Gradients clipped(Gradients gradients, const ParameterList<Real>& parameters,
                  const ClipOptions& options) {
  if (options.value) clip_by_value(gradients, parameters, *options.value);
  if (options.norm) clip_by_norm(gradients, parameters, *options.norm);
  if (options.global_norm) clip_by_global_norm(gradients, parameters, *options.global_norm);
  return gradients;
}

#define THALWEG_INSTANTIATE(Real) \
  template Gradients clipped(Gradients, const ParameterList<Real>&, const ClipOptions&);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)
#undef THALWEG_INSTANTIATE

}  // namespace detail

#define THALWEG_INSTANTIATE(Real)                                              \
  template double global_norm(const Gradients&, const ParameterList<Real>&);   \
  template void clip_by_value(Gradients&, const ParameterList<Real>&, double); \
  template void clip_by_norm(Gradients&, const ParameterList<Real>&, double);  \
  template double clip_by_global_norm(Gradients&, const ParameterList<Real>&, double);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)
#undef THALWEG_INSTANTIATE

}  // namespace thalweg::optim
