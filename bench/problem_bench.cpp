// Which method solves which problem, and with how many evaluations of the function?
//
// Prints two tables in Markdown. A cell is the number of evaluations of f, those with a gradient
// included, until the tolerance is met; "-" says that it was not met within the limits. Smooth
// problems begin at their sources' standard start and end at a gradient norm of 1e-8; global ones
// end when f is within 1e-6 of the known minimum and count medians over seeds.

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "optim/adam.hpp"
#include "optim/minimise.hpp"
#include "optim/smooth/conjugate_gradient.hpp"
#include "optim/smooth/lbfgs.hpp"
#include "optim/smooth/lbfgs_b.hpp"
#include "optim/smooth/steepest_descent.hpp"
#include "tests/problems/objective.hpp"

namespace {

using namespace thalweg;
using test_problems::Problem;
using test_problems::ProblemObjective;

template <class Method>
std::string smooth_cell(const Problem& problem, const Method& method) {
  ProblemObjective f(problem);
  const auto result =
      optim::minimise(f, problem.start, method, {.iterations = 20'000, .gradient_norm = 1e-8});
  if (result.stop == optim::Stop::gradient_norm) return fmt::format("{}", result.evaluations);
  return fmt::format("- ({:.0e})", result.gradient_norm);
}

void smooth_table() {
  fmt::print(
      "| problem | n | L-BFGS | L-BFGS, HZ | L-BFGS-B | CG, HZ | CG, PR+ | steepest | Adam |\n"
      "| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
  const optim::StrongWolfe tight{{.c2 = 0.1}};
  for (const Problem& p : test_problems::problems()) {
    if (!p.smooth) continue;
    fmt::print(
        "| {} | {} | {} | {} | {} | {} | {} | {} | {} |\n", p.name, p.start.size(),
        smooth_cell(p, optim::Lbfgs{}), smooth_cell(p, optim::Lbfgs{{}, optim::HagerZhang{}}),
        smooth_cell(p, optim::LbfgsB{}), smooth_cell(p, optim::ConjugateGradient{}),
        smooth_cell(p, optim::ConjugateGradient{{.beta = optim::Beta::polak_ribiere}, tight}),
        smooth_cell(p, optim::SteepestDescent{}), smooth_cell(p, optim::Adam{{.rate = 0.01}}));
  }
}

}  // namespace

int main() { smooth_table(); }
