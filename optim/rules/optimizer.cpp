#include "thalweg/optim/rules/optimizer.hpp"

#include <algorithm>

#include "thalweg/optim/rules/parameter_list.hpp"
#include "thalweg/optim/rules/update.hpp"

namespace thalweg::optim {
namespace {

constexpr const char* cure =
    "an optimizer goes with one list of parameters; make a new one for other parameters";

template <class Real>
Tensor<Real> filled(const Shape& shape, double value) {
  Tensor<Real> result = Tensor<Real>::uninitialised(shape);
  std::fill_n(result.unshared_data(), result.size(), static_cast<Real>(value));
  return result;
}

}  // namespace

// "*p" fits if p fits here or "*p" one character further; else the first characters must agree.
bool matches(std::string_view pattern, std::string_view name) {
  if (pattern.empty()) return name.empty();
  if (pattern.front() == '*')
    return matches(pattern.substr(1), name) || (!name.empty() && matches(pattern, name.substr(1)));
  return !name.empty() && (pattern.front() == '?' || pattern.front() == name.front()) &&
         matches(pattern.substr(1), name.substr(1));
}

template <class Real>
const Tensor<Real>& ParameterState<Real>::operator[](std::string_view moment) const {
  std::string known;
  for (const Moment<Real>& kept : moments) {
    if (kept.name == moment) return kept.value;
    known += (known.empty() ? "" : ", ") + kept.name;
  }
  throw ValueError(fmt::format("state of {}: there is no moment {}; there is {}", name, moment,
                               known.empty() ? "none" : known));
}

const Group* UpdateRule::Seen::group(const std::vector<Group>& groups) const {
  for (const Group& group : groups)
    if (matches(group.pattern, name)) return &group;
  return nullptr;
}

void UpdateRule::set_groups(std::vector<Group> groups) {
  for (const Group& group : groups) {
    const std::string where = fmt::format("{}: group {}", kind(), group.pattern);
    expect_nonnegative(where.c_str(), "rate_factor", group.rate_factor);
    if (!group.weight_decay) continue;
    expect_nonnegative(where.c_str(), "weight_decay", *group.weight_decay);
    if (!weight_decay()) throw ValueError(fmt::format("{} has no weight decay", where));
  }
  groups_ = std::move(groups);
  groups_checked_ = false;
}

void UpdateRule::expect_groups_used() const {
  for (const Group& group : groups_) {
    const auto fits = [&](const Seen& seen) { return matches(group.pattern, seen.name); };
    if (std::any_of(seen_.begin(), seen_.end(), fits)) continue;
    std::string names;
    for (std::size_t k = 0; k < std::min<std::size_t>(seen_.size(), 8); ++k)
      names += (k == 0 ? "" : ", ") + seen_[k].name;
    throw ValueError(fmt::format("{}: no parameter fits the group {}; there are {}{}", kind(),
                                 group.pattern, names, seen_.size() > 8 ? ", ..." : ""));
  }
}

template <class Real>
const std::vector<ParameterState<Real>>& UpdateRule::state() const {
  return std::get<States<Real>>(states_);
}

template <class Real>
void UpdateRule::expect_same(const ParameterList<Real>& parameters) const {
  if (state<Real>().size() != seen_.size())
    throw ValueError(fmt::format("{}: the first step had parameters of {}, these are of {}; {}",
                                 kind(), type_held<States>(states_), number_type<Real>.name, cure));
  if (parameters.size() != seen_.size())
    throw ValueError(fmt::format("{}: the first step had {} parameters, this one has {}; {}",
                                 kind(), seen_.size(), parameters.size(), cure));
  for (std::size_t k = 0; k < seen_.size(); ++k) {
    const auto& [name, parameter] = parameters[k];
    const bool same =
        seen_[k].identity != 0 ? parameter->identity() == seen_[k].identity : name == seen_[k].name;
    if (same && parameter->shape() == seen_[k].shape) continue;
    throw ValueError(fmt::format(
        "{}: parameter {} was {} {} on the first step and is {} {} of another model now; {}",
        kind(), k, seen_[k].name, seen_[k].shape, name, parameter->shape(), cure));
  }
}

template <class Real>
void UpdateRule::begin(const ParameterList<Real>& parameters) {
  detail::expect_distinct(kind(), parameters);
  for (const auto& [name, parameter] : parameters) expect_fitting(name, parameter->shape());
  for (const auto& [name, parameter] : parameters) {
    seen_.push_back({name, parameter->shape(), parameter->identity()});
    ParameterState<Real> state{name, {}};
    for (const MomentStart& moment : moments(parameter->shape()))
      state.moments.push_back(
          {moment.name, moment.at_weights ? parameter->value()
                                          : filled<Real>(moment.shape.value_or(parameter->shape()),
                                                         moment.start)});
    std::get<States<Real>>(states_).push_back(std::move(state));
  }
}

// All that can be refused is refused before the first weight changes. Then t ← t + 1, and for each
// parameter that neither it nor its group freezes: the rule's formula with
//
//     g = ∂loss/∂w, zero if the loss does not depend on w
//     α = rate · the group's rate_factor
//     λ = the group's weight_decay, or else the rule's
template <class Real>
void UpdateRule::step_all(const ParameterList<Real>& parameters, const Gradients& gradients) {
  const bool first = seen_.empty();
  if (!first) expect_same(parameters);
  if (first && parameters.empty()) detail::expect_distinct(kind(), parameters);
  detail::expect_own(kind(), parameters, gradients);
  if (first) begin(parameters);
  if (!groups_checked_) expect_groups_used();
  groups_checked_ = true;
  ++steps_;
  begin_step();
  for (std::size_t k = 0; k < parameters.size(); ++k) {
    Parameter<Real>& parameter = *parameters[k].parameter;
    seen_[k].identity = parameter.identity();
    const Group* const group = seen_[k].group(groups_);
    if (parameter.frozen() || (group && group->frozen)) continue;
    const Update<Real> one{.parameter = parameter,
                           .gradient = gradients[parameter],
                           .moments = std::get<States<Real>>(states_)[k].moments,
                           .rate = rate() * (group ? group->rate_factor : 1),
                           .weight_decay = group && group->weight_decay
                                               ? *group->weight_decay
                                               : weight_decay().value_or(0)};
    update(&one);
  }
}

void UpdateRule::step_any(AnyParameters parameters, const Gradients& gradients) {
  std::visit([&](const auto* list) { step_all(*list, gradients); }, parameters);
}

void UpdateRule::archive(Archive& archive) {
  {
    const Archive::Scope scope(archive, "options");
    archive_options(archive);
  }
  archive("steps", steps_);
  archive("groups", groups_);
  archive("parameters", seen_);
  for_each_number_type([&]<class Real>(std::type_identity<Real>) {
    archive(number_type<Real>.name, std::get<States<Real>>(states_));
  });
  if (archive.restoring()) expect_whole();
}

template <class Real>
void UpdateRule::expect_whole(const States<Real>& states) const {
  for (std::size_t k = 0; k < states.size(); ++k) {
    const std::vector<MomentStart> expected = moments(seen_[k].shape);
    const auto fits = [&](const Moment<Real>& kept, const MomentStart& start) {
      return kept.name == start.name && kept.value.shape() == start.shape.value_or(seen_[k].shape);
    };
    if (!std::equal(states[k].moments.begin(), states[k].moments.end(), expected.begin(),
                    expected.end(), fits))
      throw DataError(fmt::format("{}: the moments of {} {} are not those that {} keeps", kind(),
                                  seen_[k].name, seen_[k].shape, kind()));
  }
}

void UpdateRule::expect_whole() const {
  std::apply(
      [&](const auto&... states) {
        const std::size_t kept = (states.size() + ...);
        const int types = (int{!states.empty()} + ...);
        if (kept != seen_.size() || types > 1)
          throw DataError(fmt::format("{}: there are {} parameters and the moments of {}", kind(),
                                      seen_.size(), kept));
        (expect_whole(states), ...);
      },
      states_);
}

#define THALWEG_INSTANTIATE(Real)                                          \
  template void UpdateRule::expect_same(const ParameterList<Real>&) const; \
  template struct ParameterState<Real>;                                    \
  template const std::vector<ParameterState<Real>>& UpdateRule::state() const;
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::optim
