/// Laws of groups, of every rule.

#include "tests/close.hpp"
#include "tests/optim/rules/every_rule.hpp"
#include "thalweg/autodiff/ops/reduce.hpp"

using namespace thalweg;
using optim::Group;
using optim::UpdateRule;
using optim::problems::error_of;
using optim::problems::every_rule;
using optim::problems::RuleCase;
using optim::problems::TwoMatrices;
using testing::close;

namespace {

using Moments = std::vector<double>;

std::vector<double> after(int steps, UpdateRule& rule, std::vector<Group> groups) {
  TwoMatrices<double> model;
  rule.set_groups(std::move(groups));
  for (int k = 0; k < steps; ++k) rule.step(model.parameters(), model.gradients(k));
  return model.values();
}

void check_close(const Moments& a, const Moments& b) {
  for (std::size_t k = 0; k < a.size(); ++k) CHECK(close(a[k], b[k]));
}

Moments moments_of(const UpdateRule& rule) {
  Moments all;
  for (const auto& state : rule.state<double>())
    for (const auto& moment : state.moments)
      for (const double value : moment.value.values()) all.push_back(value);
  return all;
}

}  // namespace

TEST_CASE("groups: at rate factor 0 the weights keep still, the moments go on") {
  for (const RuleCase& each : every_rule()) {
    UpdateRule* const rule = each.rule.get();
    CAPTURE(rule->kind());
    TwoMatrices<double> model;
    rule->set_groups({{.pattern = "*", .rate_factor = 0}});
    rule->step(model.parameters(), model.gradients(0));
    const Moments moments = moments_of(*rule);
    rule->step(model.parameters(), model.gradients(1));
    CHECK(model.values() == TwoMatrices<double>().values());
    // Asgd's only moment is an average of the weights.
    if (!moments.empty() && rule->kind() != std::string("Asgd"))
      CHECK(moments_of(*rule) != moments);
  }
}

TEST_CASE("groups: frozen, neither weights nor moments change, and the others are not concerned") {
  for (const RuleCase& each : every_rule()) {
    UpdateRule* const rule = each.rule.get();
    CAPTURE(rule->kind());
    TwoMatrices<double> model;
    rule->step(model.parameters(), model.gradients(0));
    const Moments weights = model.values(), moments = moments_of(*rule);
    rule->set_groups({{.pattern = "*", .frozen = true}});
    rule->step(model.parameters(), model.gradients(1));
    CHECK(model.values() == weights);
    CHECK(moments_of(*rule) == moments);
    rule->set_groups({{.pattern = "first", .frozen = true}});
    rule->step(model.parameters(), model.gradients(1));
    CHECK(model.first.value().to_vector() == Moments(weights.begin(), weights.end() - 2));
    CHECK(model.values()[7] != weights[7]);
  }
}

TEST_CASE("groups: a rate factor of the whole is a factor of the rate") {
  for (const RuleCase& each : every_rule()) {
    UpdateRule* const rule = each.rule.get();
    CAPTURE(rule->kind());
    const auto slower = rule->clone();
    slower->set_rate(rule->rate() / 2);
    check_close(after(4, *rule, {{.pattern = "*", .rate_factor = 0.5}}),
                after(4, dynamic_cast<UpdateRule&>(*slower), {}));
  }
}

TEST_CASE("groups: a group's weight decay is used instead of the optimizer's") {
  for (const RuleCase& each : every_rule()) {
    UpdateRule* const rule = each.rule.get();
    CAPTURE(rule->kind());
    if (each.weight_decay == 0) {
      CHECK(error_of([&] { rule->set_groups({{.pattern = "*", .weight_decay = 0.1}}); }) ==
            std::string(rule->kind()) + ": group * has no weight decay");
      continue;
    }
    const Moments decayed = after(4, *rule, {});
    CHECK(after(4, *each.undecayed, {{.pattern = "*", .weight_decay = each.weight_decay}}) ==
          decayed);
  }
}

TEST_CASE("groups: the first group that fits decides") {
  TwoMatrices<double> model;
  optim::GradientDescent descent{{.rate = 0.5}};
  descent.set_groups({{.pattern = "f*", .rate_factor = 0}, {.pattern = "*t", .rate_factor = 9}});
  descent.step(model.parameters(), model.gradients(0));
  CHECK(model.first.value().to_vector() == TwoMatrices<double>().first.value().to_vector());
}

TEST_CASE("groups: they are part of what is saved") {
  for (const RuleCase& each : every_rule()) {
    CAPTURE(each.rule->kind());
    each.rule->set_groups({{.pattern = "first", .rate_factor = 0.25, .frozen = true}});
    optim::Archive archive;
    each.rule->archive(archive);
    each.rule->set_groups({});
    optim::Archive saved = archive.reversed();
    each.rule->archive(saved);
    REQUIRE(each.rule->groups().size() == 1);
    CHECK(each.rule->groups()[0].pattern == "first");
    CHECK(each.rule->groups()[0].rate_factor == 0.25);
    CHECK(each.rule->groups()[0].frozen);
  }
}

TEST_CASE("groups: a pattern that fits no parameter is refused, naming those there are") {
  TwoMatrices<double> model;
  optim::Adam adam;
  adam.set_groups({{.pattern = "*.bias", .weight_decay = 0}});
  CHECK(error_of([&] { adam.step(model.parameters(), model.gradients(0)); }) ==
        "Adam: no parameter fits the group *.bias; there are first, second");
  CHECK(adam.steps() == 0);
}

TEST_CASE("groups: options out of range are refused") {
  optim::Adam adam;
  CHECK(error_of([&] { adam.set_groups({{.pattern = "w", .rate_factor = -1}}); }) ==
        "Adam: group w: rate_factor is -1; expected a finite number, at least 0");
  CHECK(error_of([&] { adam.set_groups({{.pattern = "w", .weight_decay = -1}}); }) ==
        "Adam: group w: weight_decay is -1; expected a finite number, at least 0");
}

TEST_CASE("every rule refuses a rate below zero, by its own name") {
  for (const RuleCase& each : every_rule())
    CHECK(error_of([&] { each.rule->set_rate(-2); }) ==
          std::string(each.rule->kind()) + ": rate is -2; expected a finite number, at least 0");
}

TEST_CASE("after a step of any rule a tape that holds the weights refuses them, until clear") {
  for (RuleCase& each : every_rule()) {
    INFO(each.rule->kind());
    TwoMatrices<double> model;
    Tape tape;
    const auto loss = [&] {
      return sum(model.first * model.first) + sum(model.second * model.second);
    };
    const Tensor<double> first = loss();
    const Gradients gradients = tape.backward(first);
    const auto recorded = gradients[model.second].to_vector();
    each.rule->step(model.parameters(), gradients);
    CHECK(error_of(loss) ==
          "Parameter: its value has changed while the tape holds it; a tape lasts one step: make "
          "it anew for the next one, or call clear()");
    CHECK(tape.backward(first)[model.second].to_vector() == recorded);
    tape.clear();
    CHECK(tape.backward(loss())[model.second].to_vector() != recorded);
  }
}

TEST_CASE("every rule makes the same of floats as of doubles") {
  for (const RuleCase& each : every_rule()) {
    UpdateRule* const rule = each.rule.get();
    CAPTURE(rule->kind());
    const auto of_narrow = rule->clone();
    TwoMatrices<double> wide;
    TwoMatrices<float> narrow;
    for (int k = 0; k < 5; ++k) {
      rule->step(wide.parameters(), wide.gradients(k));
      of_narrow->step(narrow.parameters(), narrow.gradients(k));
    }
    for (std::size_t k = 0; k < 8; ++k)
      CHECK(close(narrow.values()[k], wide.values()[k], {.relative = 1e-4}));
  }
}
