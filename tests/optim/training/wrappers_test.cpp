/// SkipNonfinite and Scheduled, and how wrappers nest.

#include <cmath>
#include <limits>

#include "tests/close.hpp"
#include "tests/optim/smooth/problems.hpp"
#include "thalweg/optim/rules/adam.hpp"
#include "thalweg/optim/rules/gradient_descent.hpp"
#include "thalweg/optim/schedule/cosine.hpp"
#include "thalweg/optim/training/clip.hpp"
#include "thalweg/optim/training/lookahead.hpp"
#include "thalweg/optim/training/scheduled.hpp"
#include "thalweg/optim/training/skip_nonfinite.hpp"

using namespace thalweg;
using optim::Adam;
using optim::GradientDescent;
using optim::Scheduled;
using optim::SkipNonfinite;
using optim::problems::error_of;
using optim::problems::Two;
using testing::close;

TEST_CASE("SkipNonfinite: a step with one bad number changes nothing and is counted") {
  for (const float bad : {NAN, INFINITY, -INFINITY}) {
    Two<float> skipping, plain;
    SkipNonfinite optimizer{Adam{{.rate = 0.1}}};
    Adam adam{{.rate = 0.1}};
    for (int k = 0; k < 4; ++k) {
      Gradients g = skipping.gradients(1, 0.5f);
      if (k == 2) g.assign(skipping.second, Tensor<float>({1, 2}, {1, bad}));
      optimizer.step(skipping.parameters(), g);
      if (k != 2) adam.step(plain.parameters(), plain.gradients(1, 0.5f));
    }
    CHECK(skipping.values() == plain.values());
    CHECK(optimizer.skipped() == 1);
    CHECK(optimizer.steps() == 3);
  }
}

TEST_CASE("SkipNonfinite: large numbers are finite, and others' gradients do not count") {
  Two<double> model, other;
  SkipNonfinite optimizer{GradientDescent{{.rate = 0}}};
  Gradients g = model.gradients(std::numeric_limits<double>::max() / 8);
  g += optim::problems::given<double>(other.first, {NAN});
  optimizer.step(model.parameters(), g);
  CHECK(optimizer.skipped() == 0);
}

TEST_CASE("Scheduled: step k is made at schedule(k)") {
  Two<double> model;
  Scheduled optimizer{GradientDescent{}, [](Index k) { return k < 2 ? 0.5 : 0.25; }};
  CHECK(optimizer.rate() == 0.5);
  for (const double expected : {2.5, 2.0, 1.75}) {
    optimizer.step(model.parameters(), model.gradients(0, 1));
    CHECK(model.values()[0] == expected);
  }
  CHECK(optimizer.rate() == 0.25);
}

TEST_CASE("Scheduled: a Schedule is one") {
  const optim::Schedule cosine = optim::cosine({.from = 1, .steps = 10});
  Two<double> model;
  Scheduled optimizer{GradientDescent{}, cosine};
  for (Index k = 0; k < 4; ++k) {
    CHECK(optimizer.rate() == cosine(k));
    optimizer.step(model.parameters(), model.gradients(0, 1));
    CHECK(optimizer.inner().rate() == cosine(k));
  }
}

TEST_CASE("Scheduled: rates come from the schedule alone, and have to be rates") {
  Two<double> model;
  Scheduled optimizer{Adam{}, [](Index) { return -1.0; }};
  CHECK(error_of([&] { optimizer.set_rate(0.5); }) ==
        "Scheduled: the schedule sets the rate, it cannot be set to 0.5");
  CHECK(error_of([&] { optimizer.step(model.parameters(), model.gradients(1)); }) ==
        "Adam: rate is -1; expected a finite number, at least 0");
  CHECK(error_of([] { Scheduled empty(Adam{}, nullptr); }) == "Scheduled: the schedule is empty");
}

TEST_CASE("wrappers nest: rate and steps are the innermost's, the kind is the outermost's") {
  Two<double> model;
  SkipNonfinite optimizer{
      optim::Lookahead{optim::Clipped{Adam{{.rate = 0.25}}, {.global_norm = 1}}, {.k = 2}}};
  optimizer.set_rate(0.125);
  optimizer.step(model.parameters(), model.gradients(1));
  optimizer.step(model.parameters(), model.gradients(NAN));
  CHECK(optimizer.kind() == std::string("SkipNonfinite"));
  CHECK(optimizer.steps() == 1);
  CHECK(optimizer.rate() == 0.125);
  const Adam& adam = optimizer.inner().inner().inner();
  CHECK(adam.rate() == 0.125);
  CHECK(
      close(adam.state<double>()[0]["first"].item(), 0.1 * 3 / std::sqrt(26), {.relative = 1e-14}));
}

TEST_CASE("wrappers: groups are the inner optimizer's") {
  Two<double> model;
  SkipNonfinite optimizer{GradientDescent{{.rate = 0.5}}};
  optimizer.inner().set_groups({{.pattern = "second", .frozen = true}});
  optimizer.step(model.parameters(), model.gradients(0, 1));
  CHECK(model.values() == std::vector<double>{2.5, -1, 4});
}
