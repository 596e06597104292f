#pragma once
/// Saving and restoring the state of a run, so that it continues as if it had never stopped.
///
///     optim::save("run.safetensors", parameters, adam, plateau, random);
///     optim::restore("run.safetensors", parameters, adam, plateau, random);
///
/// A part is a list of parameters, an optimizer, a method, a stateful schedule, a generator of
/// random numbers, or a class of your own with a `kind` and `archive` (optim/archive.hpp). A run
/// that continues from the file is bitwise equal to one that was not interrupted.
///
/// The file is in the format safetensors, readable by any of its libraries; its metadata name the
/// format ("thalweg.state": "1"), the kind of each part, and texts.

#include "autodiff/parameter.hpp"
#include "optim/archive.hpp"

namespace thalweg::optim {

/// What `save` takes.
template <class T>
concept Saveable = Archivable<T> && requires(const T& part) {
  std::string_view(part.kind);
} || Archivable<T> && requires(const T& part) {
  std::string_view(part.kind());
};

/// Writes all parts into one file. Atomic: the bytes go to a file beside `path` and are flushed to
/// the disk before that takes its name, so that whenever the program is killed the old or the new
/// file is there, whole. Throws DataError, naming the file, if it cannot be written.
template <class... Parts>
void save(const std::string& path, Parts&... parts);

/// Gives each part the state that was saved of it; the same kinds in the same order. Throws
/// DataError if the file is missing, damaged, of another format or of other parts, saying what it
/// holds; then no part has changed.
template <class... Parts>
void restore(const std::string& path, Parts&... parts);

}  // namespace thalweg::optim
