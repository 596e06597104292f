/// Values and gradients that PyTorch computed, compared at 1e-12.

#include "cases.hpp"

using namespace reference;

TEST_CASE("reference: every op of the file is checked, and every op of the tables has a case") {
  std::map<std::string, int> unknown, unused;
  for (const Ops* table :
       {&exponential_ops(), &trigonometric_ops(), &activation_ops(), &binary_ops(), &tensor_ops(),
        &image_ops(), &losses(), &normalisations(), &attention_ops(), &recurrent_ops()})
    for (const auto& [op, function] : *table) unused[op] = 0;
  const std::map<std::string, int> known = unused;
  for (const Json& json : read_cases()) {
    const std::string op = json.at("op");
    if (known.contains(op))
      unused.erase(op);
    else
      ++unknown[op];
  }
  CHECK(list(unknown) == "none");
  CHECK(list(unused) == "none");
}
