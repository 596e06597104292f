#include "thalweg/optim/training/wrapper.hpp"

#include <fmt/format.h>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::optim::detail {

void archive_inner_kind(Archive& archive, const char* wrapper, const char* inner) {
  std::string kind = inner;
  archive("inner_kind", kind);
  if (kind != inner)
    throw DataError(fmt::format("{}: this {} was around {} when it was saved and is around {} now",
                                archive.origin(), wrapper, kind, inner));
}

}  // namespace thalweg::optim::detail
