#include "thalweg/nn/training/fit.hpp"

#include <doctest/doctest.h>

#include "tests/close.hpp"
#include "tests/nn/training/training_case.hpp"
#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/nn/training/early_stopping.hpp"
#include "thalweg/nn/training/history.hpp"

using namespace thalweg;
using namespace thalweg::nn::cases;
using testing::close;

TEST_CASE("fit is the loop that one would write, bit for bit") {
  const auto data = rings(50);
  auto written = net(), fitted = net(), untrained = net();
  {
    nn::DataLoader loader{data, {.batch = 8, .shuffle = true, .seed = 5}};
    Random random{5};
    optim::Sgd sgd{{.rate = 0.1, .momentum = 0.9}};
    const auto parameters = nn::parameters(written);
    for (Index epoch = 0; epoch < 3; ++epoch)
      for (const auto& [x, y] : loader) {
        Tape tape;
        const auto loss = cross_entropy(written(x, nn::training(random)), y);
        sgd.step(parameters, tape.backward(loss));
      }
  }
  optim::Sgd sgd{{.rate = 0.1, .momentum = 0.9}};
  const auto outcome = nn::fit(fitted, Loss{}, data, sgd, {.epochs = 3, .batch = 8, .seed = 5});
  CHECK(numbers(fitted) == numbers(written));
  CHECK(numbers(fitted) != numbers(untrained));
  CHECK(outcome.stop == nn::Stop::epochs);
  CHECK(outcome.steps == 3 * 7);
  CHECK(outcome.last.epoch == 3);
}

TEST_CASE("fit learns, and measures training and validation") {
  const auto train = rings(400), test = rings(200, 8);
  auto model = plain_net();
  optim::Sgd sgd{{.rate = 0.3, .momentum = 0.9}};
  nn::History history;
  const auto outcome = nn::fit(model, Loss{}, train, sgd,
                               {.epochs = 30,
                                .batch = 40,
                                .seed = 1,
                                .validation = test,
                                .validation_batch = 33,
                                .metrics = {Hits{}}},
                               history);
  REQUIRE(history.rows().size() == 30);
  CHECK(outcome.last.validation_metrics.at(0).second > 0.9);
  CHECK(history.metric("hits").back() > 0.9);
  CHECK(history.losses().front() > history.losses().back());
  const Tensor scores = model(test.x);
  CHECK(close(outcome.last.validation_loss, cross_entropy(scores, test.y).item(),
              {.relative = 1e-5}));
  CHECK(close(outcome.last.validation_metrics.at(0).second, nn::accuracy(scores, test.y)));
}
