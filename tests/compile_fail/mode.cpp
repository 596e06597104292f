// clang-format off
/// Layers that behave differently in training are told so at every call.
#include "thalweg/nn/layers/activations.hpp"
#include "thalweg/nn/layers/batch_norm.hpp"
#include "thalweg/nn/layers/dropout.hpp"
#include "thalweg/nn/layers/sequential.hpp"

using namespace thalweg;

int main() {
  Random random{1};
  const Tensor<float> x = {{1, 2}};
  const nn::Dropout drop;
  const nn::BatchNorm1d<float> norm{2};
  const nn::Sequential plain{nn::ReLU{}};
  const nn::Sequential mixed{nn::ReLU{}, drop};
  drop(plain(x), nn::training(random));
  norm(mixed(x, nn::evaluation), nn::evaluation);

#if CASE == 1
  drop(x);
  // expect: in training or not[?] drop[(]x, mode[)]
#endif

#if CASE == 2
  norm(x);
  // expect: in training or not[?] norm[(]x, mode[)]
#endif

#if CASE == 3
  mixed(x);
  // expect: needs_no_mode
#endif
}
