#include "thalweg/optim/run/method.hpp"

#include "thalweg/optim/base/vectors.hpp"

namespace thalweg::optim {

void evaluate_with_gradient(Objective& f, Point& point) {
  point.gradient.resize(point.x.size());
  point.value = f.value_and_gradient(point.x, point.gradient);
  point.gradient_norm = detail::norm(point.gradient);
}

}  // namespace thalweg::optim
