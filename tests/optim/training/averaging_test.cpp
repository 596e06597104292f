#include "thalweg/optim/training/averaging.hpp"

#include <cmath>

#include "tests/close.hpp"
#include "tests/optim/smooth/problems.hpp"

using namespace thalweg;
using optim::WeightAverage;
using optim::WeightAverageOptions;
using optim::problems::error_of;
using optim::problems::Two;
using testing::close;

namespace {

/// The average of the first weight after it was each of these.
double average_of(const std::vector<double>& weights, const WeightAverageOptions& options) {
  Two<double> model;
  WeightAverage average(options);
  for (const double w : weights) {
    model.first.assign(Tensor<double>(w));
    average.update(model.parameters());
  }
  CHECK(average.updates() == static_cast<Index>(weights.size()));
  return average.average<double>()[0].value.item();
}

}  // namespace

TEST_CASE("WeightAverage: the mean weighs all alike") {
  CHECK(close(average_of({3, 5, -2, 8}, {.mean = true}), 3.5, {.relative = 1e-14}));
}

TEST_CASE("WeightAverage: the exponential average starts at the first weights") {
  CHECK(close(average_of({3, 5, -2}, {.decay = 0.75}), 0.75 * (0.75 * 3 + 0.25 * 5) + 0.25 * -2,
              {.relative = 1e-14}));
}

TEST_CASE("WeightAverage: bias-corrected, the weights count as powers of the decay") {
  const double b = 0.75;
  CHECK(close(average_of({3, 5, -2}, {.decay = b, .bias_correction = true}),
              (b * b * 3 + b * 5 - 2) / (b * b + b + 1), {.relative = 1e-14}));
}

TEST_CASE("WeightAverage: weights that do not change are their own average, to the bit") {
  for (const bool corrected : {false, true})
    CHECK(average_of({0.1, 0.1, 0.1}, {.bias_correction = corrected}) == 0.1);
  CHECK(average_of({0.1, 0.1, 0.1}, {.mean = true}) == 0.1);
}

TEST_CASE("WeightAverage: decay 0 is the last weights") {
  CHECK(average_of({3, 5, 0.1}, {.decay = 0}) == 0.1);
}

TEST_CASE("WeightAverage: swapping twice changes nothing, and once gives the average") {
  Two<float> model;
  WeightAverage average{{.mean = true}};
  average.update(model.parameters());
  model.second.assign(Tensor<float>({1, 2}, {3, 0}));
  average.update(model.parameters());
  average.swap(model.parameters());
  CHECK(average.swapped());
  CHECK(model.values() == std::vector<float>{3, 1, 2});
  CHECK(error_of([&] { average.update(model.parameters()); }) ==
        "WeightAverage: the parameters hold the average; call swap(parameters) first");
  CHECK(error_of([&] { average.copy_to(model.parameters()); }) ==
        "WeightAverage: the parameters hold the average; call swap(parameters) first");
  average.swap(model.parameters());
  CHECK(model.values() == std::vector<float>{3, 3, 0});
  CHECK(average.average<float>()[1].value.to_vector() == std::vector<float>{1, 2});
}

TEST_CASE("WeightAverage: another model can take the average, which goes on by itself") {
  Two<double> model, judged;
  WeightAverage average{{.decay = 0.5}};
  average.update(model.parameters());
  average.copy_to(judged.parameters());
  judged.first.mutable_values()[0] = 100;
  model.first.mutable_values()[0] = 5;
  average.update(model.parameters());
  CHECK(average.average<double>()[0].value.item() == 4);
  CHECK(judged.values() == std::vector<double>{100, -1, 4});
}

TEST_CASE("WeightAverage: it goes on from its archive, bit for bit, also while swapped") {
  Two<double> model;
  WeightAverage average{{.decay = 0.7, .bias_correction = true}}, fresh;
  const auto move = [&](double to) { model.first.assign(Tensor<double>(to)); };
  for (const double w : {0.1, 0.7}) move(w), average.update(model.parameters());
  average.swap(model.parameters());
  optim::Archive archive;
  average.archive(archive);
  optim::Archive saved = archive.reversed();
  fresh.archive(saved);
  CHECK(fresh.swapped());
  Two<double> second;
  second.first = model.first;
  average.swap(model.parameters());
  fresh.swap(second.parameters());
  CHECK(second.values() == model.values());
  move(0.3);
  average.update(model.parameters());
  fresh.update(model.parameters());
  CHECK(fresh.average<double>()[0].value.item() == average.average<double>()[0].value.item());
  CHECK(fresh.updates() == 3);
}

TEST_CASE("WeightAverage: lists that do not fit and options out of range are refused") {
  Two<double> model;
  Two<float> narrow;
  WeightAverage average;
  CHECK(error_of([&] { average.swap(model.parameters()); }) ==
        "WeightAverage: there is no average before the first update");
  CHECK(error_of([&] { average.update(ParameterList<double>{}); }) ==
        "WeightAverage: the list of parameters is empty");
  average.update(model.parameters());
  CHECK(error_of([&] { average.update(narrow.parameters()); }) ==
        "WeightAverage: it goes with a list of 2 parameters of double; this one has 2 of float");
  CHECK(error_of([&] {
          average.copy_to(ParameterList<double>{{"first", &model.first}});
        }) ==
        "WeightAverage: it goes with a list of 2 parameters of double; this one has 1 of double");
  const ParameterList<double> renamed{{"first", &model.first}, {"third", &model.second}};
  CHECK(error_of([&] { average.update(renamed); }) ==
        "WeightAverage: parameter 1 was second [1, 2] at first and is third [1, 2] now");
  CHECK(average.updates() == 1);
  CHECK(error_of([] { WeightAverage{{.decay = 1}}; }) ==
        "WeightAverage: decay is 1; expected a number in [0, 1)");
}
