// clang-format off
/// A struct is an argument only if nothing in it is taken for a constant without a word.
#include "thalweg/autodiff/derive/differentiate.hpp"
#include "thalweg/autodiff/ops/reduce.hpp"

using namespace thalweg;

struct Line {
  double slope, offset;
};
struct Lines {
  Tensor<double> slopes;
  std::vector<std::vector<double>> offsets;
};
struct Named {
  Tensor<double> slope;
  const char* name;
};

int main() {
#if CASE == 1
  gradient([](const auto& line) { return line.slope; }, Line{1, 2});
  // expect: thalweg: this struct holds plain numbers, which cannot become variables of a tape
#endif

#if CASE == 2
  gradient([](const auto& lines) { return sum(lines.slopes); }, Lines{});
  // expect: thalweg: a member of this struct is neither numbers nor tensors nor parameters
#endif

  const Named slopes = gradient([](const Named& line) { return sum(line.slope); }, Named{Tensor{1.0}, "a"});
  return slopes.slope.item() == 1 ? 0 : 1;
}
