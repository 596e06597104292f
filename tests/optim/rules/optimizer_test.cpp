#include "thalweg/optim/rules/optimizer.hpp"

#include "tests/optim/smooth/problems.hpp"
#include "thalweg/optim/rules/adam.hpp"
#include "thalweg/optim/rules/sgd.hpp"

using namespace thalweg;
using optim::problems::error_of;
using optim::problems::Two;

TEST_CASE("a rate alone stands for an optimizer's options") {
  CHECK(optim::Adam{1e-2}.rate() == 1e-2);
  CHECK(optim::Adam(1).rate() == 1);
  CHECK(optim::Adam{{.rate = 1e-2}}.options().beta2 == optim::Adam{1e-2}.options().beta2);
  CHECK(optim::Sgd(.5).rate() == .5);
  CHECK_THROWS_AS(optim::Sgd(-1), ValueError);
}

TEST_CASE("an optimizer refuses an empty list of parameters") {
  Two<double> model;
  CHECK(error_of([&] { optim::Adam().step(ParameterList<double>{}, model.gradients(1)); }) ==
        "Adam: the list of parameters is empty");
}

TEST_CASE("an optimizer refuses a parameter that is listed twice") {
  Two<double> model;
  const ParameterList<double> twice = {{"a", &model.first}, {"b", &model.first}};
  CHECK(error_of([&] { optim::Adam().step(twice, model.gradients(1)); }) ==
        "Adam: a and b are the same parameter; list it once");
}

TEST_CASE("an optimizer refuses another number of parameters than on its first step") {
  Two<double> model;
  optim::Adam adam;
  adam.step(model.parameters(), model.gradients(1));
  const ParameterList<double> one = {{"first", &model.first}};
  CHECK(error_of([&] { adam.step(one, model.gradients(1)); }) ==
        "Adam: the first step had 2 parameters, this one has 1; an optimizer goes with one list "
        "of parameters; make a new one for other parameters");
}

TEST_CASE("an optimizer refuses another model's parameters") {
  Two<double> model, other;
  optim::Adam adam;
  adam.step(model.parameters(), model.gradients(1));
  CHECK(error_of([&] { adam.step(other.parameters(), other.gradients(1)); }) ==
        "Adam: parameter 0 was first [] on the first step and is first [] of another model now; "
        "an optimizer goes with one list of parameters; make a new one for other parameters");
  CHECK(adam.steps() == 1);
}

TEST_CASE("an optimizer refuses another number type than on its first step") {
  Two<double> model;
  Two<float> narrow;
  optim::Adam adam;
  adam.step(model.parameters(), model.gradients(1));
  CHECK(error_of([&] { adam.step(narrow.parameters(), narrow.gradients(1)); }) ==
        "Adam: the first step had parameters of double, these are of float; an optimizer goes with "
        "one list of parameters; make a new one for other parameters");
}

TEST_CASE("an optimizer refuses another model's gradients") {
  Two<double> model, other;
  CHECK(error_of([&] { optim::Adam().step(model.parameters(), other.gradients(1)); }) ==
        "Adam: the gradients hold none of the 2 parameters (first, ...); the loss does not depend "
        "on them, or it is another model's");
}

TEST_CASE("an optimizer refuses saved moments that are not its own, instead of using them") {
  Two<double> model;
  optim::Adam adam;
  adam.step(model.parameters(), model.gradients(1));
  optim::Archive saved;
  adam.archive(saved);
  auto entries = saved.entries();
  entries.at("double.0.moments.count") = entries.at("float.count");  // none
  optim::Archive damaged(entries, saved.texts(), "damaged");
  CHECK(error_of([&] { optim::Adam().archive(damaged); }) ==
        "Adam: the moments of first [] are not those that Adam keeps");
}
