#include "nn/mode.hpp"

#include "autodiff/error.hpp"

namespace thalweg::nn {

Random& Mode::random() const {
  if (random_) return *random_;
  throw ValueError("Mode: evaluation has no random numbers; expected nn::training(random)");
}

}  // namespace thalweg::nn
