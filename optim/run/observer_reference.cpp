#include "thalweg/optim/run/observer_reference.hpp"

#include <fmt/format.h>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::optim::detail {

void archive_observers(Archive& archive, std::span<const SavedPart> observers) {
  std::vector<std::string> kinds;
  for (const SavedPart& observer : observers) kinds.push_back(observer.kind());
  std::vector<std::string> stored = kinds;
  archive("observers", stored);
  if (stored != kinds)
    throw DataError(fmt::format("{}: was watched by [{}]; expected [{}]", archive.origin(),
                                fmt::join(stored, ", "), fmt::join(kinds, ", ")));
  for (std::size_t k = 0; k < observers.size(); ++k)
    observers[k].archive(archive, fmt::format("observer.{}", k));
}

}  // namespace thalweg::optim::detail
