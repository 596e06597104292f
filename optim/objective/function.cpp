#include "thalweg/optim/objective/function.hpp"

#include <fmt/format.h>

#include <limits>

namespace thalweg::optim::detail {

std::vector<ArgumentBlock> named_blocks(std::vector<derive::Block> blocks) {
  std::vector<ArgumentBlock> named;
  for (derive::Block& block : blocks) {
    std::string name = !block.name.empty()  ? std::move(block.name)
                       : blocks.size() == 1 ? "x"
                                            : fmt::format("x{}", named.size());
    double epsilon = 0;
    visit(*block.type, [&]<class Real>(std::type_identity<Real>) {
      epsilon = static_cast<double>(std::numeric_limits<Real>::epsilon());
    });
    named.push_back({std::move(name), block.shape, epsilon});
  }
  return named;
}

}  // namespace thalweg::optim::detail
