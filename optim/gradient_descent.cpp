#include "optim/gradient_descent.hpp"

#include "optim/update.hpp"

namespace thalweg::optim {
namespace {
constexpr auto name = "GradientDescent";

template <class Real>
void descend(Index n, Real rate, const Real* __restrict g, Real* __restrict w) {
  for (Index i = 0; i < n; ++i) w[i] -= rate * g[i];
}
}  // namespace

GradientDescent::GradientDescent(const GradientDescentOptions& options) : options_(options) {
  set_rate(options.rate);
}

void GradientDescent::set_rate(double rate) {
  expect_nonnegative(name, "rate", rate);
  options_.rate = rate;
}

template <class Real>
void GradientDescent::step(const ParameterList<Real>& parameters, const Gradients& gradients) {
  check_.first_step(name, parameters, gradients);
  ++steps_;
  for (const auto& [_, parameter] : parameters) {
    const Tensor<Real> gradient = gradients[*parameter];
    update_each(*parameter, [&](Real* w, Index at, Index count) {
      descend(count, static_cast<Real>(options_.rate), gradient.data() + at, w);
    });
  }
}

template void GradientDescent::step(const ParameterList<float>&, const Gradients&);
template void GradientDescent::step(const ParameterList<double>&, const Gradients&);

}  // namespace thalweg::optim
