// README.md: a scalar.
// output: ^3\.644
// clang-format off

// [snippet]
#include <thalweg/autodiff.hpp>
using namespace thalweg;              // here, and in all that follows
int main() {
  Tape tape;                          // while it lives, this thread records
  Var x = tape.variable(2.0);
  Var y = sin(x) * exp(x) + 3;        // one statement on the tape
  double slope = tape.backward(y)[x];
  fmt::print("{:.3f}\n", slope);      // 3.644: e² (sin 2 + cos 2)
}
// [end]
