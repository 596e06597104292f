// clang-format off
/// A warm-up is no schedule before it knows what to rise to.
#include "thalweg/optim/schedule/schedule.hpp"

using namespace thalweg::optim;

int main() {
  const Schedule schedule = warmup(500) | constant(0.1);

#if CASE == 1
  const Schedule alone = warmup(500);
  // expect: thalweg: a warm-up rises to the schedule after it
#endif

#if CASE == 2
  const Schedule last = constant(0.1).first(10) | warmup(500);
  // expect: thalweg: a warm-up rises to the schedule after it
#endif

#if CASE == 3
  const double rate = warmup(500)(3);
  // expect: no match for call to|does not provide a call operator
#endif

#if CASE == 4
  const Schedule rates = constant(0.1) | 0.2;
  // expect: no match for .operator\|.|invalid operands to binary expression
#endif

  return schedule(0) == 0 ? 0 : 1;
}
