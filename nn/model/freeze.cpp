#include "thalweg/nn/model/freeze.hpp"

#include <fmt/format.h>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/optim/rules/optimizer.hpp"

namespace thalweg::nn::detail {

void set_frozen(const StateList& state, std::string_view pattern, bool frozen) {
  Index fitting = 0;
  std::string names;
  for (const NamedState& named : state) {
    if (!named.learned()) continue;
    names += (names.empty() ? "" : ", ") + named.name;
    if (!optim::matches(pattern, named.name)) continue;
    ++fitting;
    with_parameter(named, [frozen](auto& parameter) { parameter.freeze(frozen); });
  }
  if (fitting > 0) return;
  throw ValueError(fmt::format("{}: no parameter fits {}; there is {}",
                               frozen ? "freeze" : "unfreeze", pattern,
                               names.empty() ? "none" : names));
}

}  // namespace thalweg::nn::detail
