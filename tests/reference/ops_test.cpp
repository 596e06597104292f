/// Values and gradients that PyTorch computed, compared at 1e-12; what is not compared is named.

#include "cases.hpp"

using namespace reference;

namespace {

bool has_any(std::initializer_list<const Ops*> tables, const std::string& op) {
  for (const Ops* table : tables)
    if (table->contains(op)) return true;
  return false;
}

/// "det (1), conv2d (7)".
std::string list(const std::map<std::string, int>& counts) {
  std::string text;
  for (const auto& [op, count] : counts)
    text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", op, count);
  return text.empty() ? "none" : text;
}

}  // namespace

TEST_CASE("reference: ops of the file that this library does not have are named") {
  std::map<std::string, int> checked, skipped;
  for (const Json& json : read_cases()) {
    const std::string op = json.at("op");
    if (has_any({&exponential_ops(), &trigonometric_ops(), &activation_ops(), &binary_ops(),
                 &tensor_ops(), &image_ops(), &losses(), &normalisations(), &attention_ops(),
                 &recurrent_ops()},
                op))
      ++checked[op];
    else
      ++skipped[op];
  }
  CHECK(!checked.empty());
  fmt::print("reference: {} ops checked; skipped: {}\n", checked.size(), list(skipped));
}
