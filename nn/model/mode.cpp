#include "thalweg/nn/model/mode.hpp"

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::nn {

Random& Mode::random() const {
  if (random_) return *random_;
  throw ValueError("Mode: evaluation has no random numbers; expected nn::training(random)");
}

}  // namespace thalweg::nn
