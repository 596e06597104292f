// clang-format off
/// A method and the function it is given have to fit, and an observer has to be one.
#include <vector>

#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/optim/line_search/armijo.hpp"
#include "thalweg/optim/minimise.hpp"
#include "thalweg/optim/smooth/gauss_newton.hpp"
#include "thalweg/optim/smooth/lbfgs.hpp"
#include "thalweg/optim/rules/adam.hpp"
#include "thalweg/optim/smooth/newton.hpp"

using namespace thalweg;

int main() {
  const auto number = [](const auto& x) { return x[0] * x[0]; };
  const auto residuals = [](const auto& x) { return std::vector{Var(x[0] - 1), Var(x[0] + 1)}; };
  const auto watch = [](const optim::Iterate&) {};
  optim::minimise(number, {1.0}, optim::Newton{}, {}, watch);
  optim::minimise(residuals, {1.0}, optim::GaussNewton{}, {}, watch);
  optim::minimise(number, {1.0}, optim::Lbfgs{{}, optim::StrongWolfe{}}, {}, watch);

#if CASE == 1
  optim::minimise(residuals, {1.0}, optim::Newton{});
  // expect: thalweg: this method minimises one number, and f gives another type
#endif

#if CASE == 2
  optim::minimise(number, {1.0}, optim::GaussNewton{});
  // expect: thalweg: this method minimises the sum of squared residuals, and f does not give residuals
#endif

#if CASE == 3
  optim::minimise(number, {1.0}, optim::Newton{}, {}, [](double value) { return value < 1; });
  // expect: thalweg: an observer takes .const optim::Iterate&. and returns void, or bool
#endif

#if CASE == 4
  optim::minimise(number, {1.0}, optim::Newton{}, {}, [](const optim::Iterate& now) { return now.value; });
  // expect: thalweg: an observer returns void, or bool where true stops the run
#endif

#if CASE == 5
  optim::minimise(number, std::vector<int>{1}, optim::Newton{});
  // expect: thalweg: minimise starts at a number
#endif

#if CASE == 6
  optim::minimise(number, {1.0}, optim::Lbfgs{{}, optim::Armijo{}});
  // expect: deleted function .*Lbfgs|deleted constructor of .*Lbfgs
#endif

#if CASE == 7
  optim::Adam adam{1e-3};
  adam.lr = 1e-4;
  // expect: thalweg: the learning rate is called rate: write optimizer.set_rate
#endif

#if CASE == 8
  optim::Adam adam{1e-3};
  adam.zero_grad();
  // expect: thalweg: gradients are values of one backward pass, so there is nothing to set to zero
#endif

  return 0;
}
