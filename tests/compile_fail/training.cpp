// clang-format off
/// An observer of training has to be one, and data have to be data.
#include <vector>

#include "thalweg/autodiff/ops/cross_entropy.hpp"
#include "thalweg/nn/layers/linear.hpp"
#include "thalweg/nn/training/fit.hpp"
#include "thalweg/optim/rules/sgd.hpp"

using namespace thalweg;

int main() {
  Random random{1};
  nn::Linear<float> model{2, 2, random};
  const nn::Dataset<float> data{Tensor<float>({1, 2}, {0, 0}), IndexTensor({1}, {0})};
  const auto loss = [](const auto& scores, const IndexTensor& y) { return cross_entropy(scores, y); };
  optim::Sgd sgd;
  nn::fit(model, loss, data, sgd, {.epochs = 1}, [](const nn::Epoch&) {}, [](const nn::Step&) { return false; });

#if CASE == 1
  nn::fit(model, loss, data, sgd, {}, [](double) {});
  // expect: thalweg: an observer of training takes .const nn::Step&. or .const nn::Epoch&., or has begin
#endif

#if CASE == 2
  nn::fit(model, loss, data, sgd, {}, [](const nn::Epoch& now) { return now.loss; });
  // expect: thalweg: an observer of training returns void, or bool where true stops the run
#endif

#if CASE == 3
  nn::fit(model, loss, std::vector<double>{1}, sgd);
  // expect: thalweg: fit takes a Dataset, a DataLoader, or a source with size.. and get.rows.
#endif
}
