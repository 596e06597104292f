#include "thalweg/optim/objective/function.hpp"

#include <fmt/format.h>

namespace thalweg::optim::detail {

std::vector<ArgumentBlock> named_blocks(std::vector<derive::Block> blocks) {
  std::vector<ArgumentBlock> named;
  for (derive::Block& block : blocks) {
    std::string name = !block.name.empty()  ? std::move(block.name)
                       : blocks.size() == 1 ? "x"
                                            : fmt::format("x{}", named.size());
    named.push_back({std::move(name), block.shape});
  }
  return named;
}

}  // namespace thalweg::optim::detail
