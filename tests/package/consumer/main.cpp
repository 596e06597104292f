/// A user's program whose own folders are called like the library's.

#include <autodiff/tape.hpp>
#include <nn/module.hpp>
#include <optim/adam.hpp>
#include <thalweg/autodiff/ops/arithmetic.hpp>
#include <thalweg/autodiff/tape/tape.hpp>
#include <thalweg/nn/layers/linear.hpp>
#include <thalweg/nn/model/module.hpp>
#include <thalweg/optim/rules/adam.hpp>

int main() {
  thalweg::Random random(1);
  thalweg::nn::Linear<float> layer(2, 1, random);
  thalweg::optim::Adam adam;
  thalweg::Tape tape;
  const thalweg::Var x = tape.variable(2.0);
  const double slope = tape.backward(x * x)[x];
  const user::Tape own;
  const bool right = slope == 4 && own.length == 3 && user::Adam{}.rate == 2 &&
                     user::Module{}.parts == 1 && thalweg::nn::parameters(layer).size() == 2 &&
                     adam.steps() == 0;
  return right ? 0 : 1;
}
