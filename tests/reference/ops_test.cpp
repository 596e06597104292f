/// Values and gradients that PyTorch computed, compared at 1e-12; what is not compared is named.

#include "cases.hpp"

using namespace reference;

namespace {

bool known(const std::string& op) {
  for (const Ops* ops : {&exponential_ops(), &trigonometric_ops(), &activation_ops(), &binary_ops(),
                         &tensor_ops(), &losses(), &composed_losses(), &composed_layers()})
    if (ops->contains(op)) return true;
  return false;
}

}  // namespace

TEST_CASE("reference: ops of the file that this library does not have are named") {
  std::map<std::string, int> skipped;
  int cases = 0, checked = 0;
  for (const Json& json : read_cases()) {
    const std::string op = json.at("op");
    ++cases;
    if (known(op))
      ++checked;
    else
      ++skipped[op];
  }
  CHECK(checked > 0);
  std::string list;
  for (const auto& [op, count] : skipped)
    list += fmt::format("{}{} ({})", list.empty() ? "" : ", ", op, count);
  fmt::print("reference: {} of {} cases checked; skipped: {}\n", checked, cases,
             list.empty() ? "none" : list);
}
