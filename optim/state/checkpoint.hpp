#pragma once
/// Saving and restoring the state of a run, so that it continues as if it had never stopped.
///
///     Index epoch = 0;
///     optim::save("run.safetensors", parameters, adam, plateau, random, epoch);
///     optim::restore("run.safetensors", parameters, adam, plateau, random, epoch);
///
/// A part is a list of parameters, an optimizer, a method, a stateful schedule, a generator of
/// random numbers, an `Index`, or an object of a class of your own with a `kind` and `archive` or
/// `fields` (optim/state/archive.hpp). A run that continues from the file is bitwise equal to one
/// that was not interrupted.
///
/// The file is in the format safetensors, readable by any of its libraries. Part k of kind K has
/// its numbers under "k.K.…", a parameter under "k.Parameters.hidden.weight". The metadata name the
/// format ("thalweg.state": "1") and the parts ("thalweg.parts": "Parameters, Adam, Random"), and
/// hold the texts.

#include <concepts>
#include <functional>
#include <span>

#include "thalweg/autodiff/tensor/parameter.hpp"
#include "thalweg/optim/state/archive.hpp"

namespace thalweg::optim {

/// A class that says what it is, for `save`: "Adam".
template <class T>
concept Saveable = (detail::ArchivesItself<T> || HasFields<T>)&&(
    requires(const T& part) { std::string_view(part.kind); } ||
    requires(const T& part) { std::string_view(part.kind()); });

/// Any part, as `save` and `restore` see it: what it is, and how it goes to an archive and back.
class SavedPart {
 public:
  template <Saveable Part>
  SavedPart(Part& part) : SavedPart(kind_of(part), archive_of(part)) {}
  SavedPart(Random& random) : SavedPart("Random", archive_of(random)) {}
  SavedPart(Index& number) : SavedPart("Index", archive_of(number)) {}
  template <ListedNumber Real>
  SavedPart(const ParameterList<Real>& parameters);

  const std::string& kind() const { return kind_; }
  void archive(Archive& archive, std::string_view name) const { archive_(archive, name); }

 private:
  using Function = std::function<void(Archive&, std::string_view)>;
  SavedPart(std::string kind, Function archive)
      : kind_(std::move(kind)), archive_(std::move(archive)) {}

  template <class Part>
  static std::string kind_of(const Part& part) {
    if constexpr (requires { part.kind(); })
      return std::string(std::string_view(part.kind()));
    else
      return std::string(std::string_view(part.kind));
  }
  template <class Part>
  static Function archive_of(Part& part) {
    return [&part](Archive& archive, std::string_view name) { archive(name, part); };
  }

  std::string kind_;
  Function archive_;
};

/// What `save` and `restore` take.
template <class T>
concept StatePart = std::constructible_from<SavedPart, T&>;

void save_parts(const std::string& path, std::span<const SavedPart> parts);
void restore_parts(const std::string& path, std::span<const SavedPart> parts);

/// Writes all parts into one file. Atomic: the bytes go to a file beside `path` and are flushed to
/// the disk before that takes its name, so that whenever the program is killed the old or the new
/// file is there, whole. Throws DataError, naming the file, if it cannot be written; ValueError if
/// two parameters have one name or a text is not UTF-8.
template <StatePart... Parts>
void save(const std::string& path, Parts&&... parts) {
  const SavedPart all[] = {SavedPart(parts)...};
  save_parts(path, all);
}

/// Gives each part the state that was saved of it; the same kinds in the same order. Throws
/// DataError if the file is missing, damaged, of another format or of other parts, saying what it
/// holds; then no part has changed.
template <StatePart... Parts>
void restore(const std::string& path, Parts&&... parts) {
  const SavedPart all[] = {SavedPart(parts)...};
  restore_parts(path, all);
}

}  // namespace thalweg::optim
