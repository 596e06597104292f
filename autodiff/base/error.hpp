#pragma once
/// The library's exceptions. Each message names the op or file, what was expected and what came.

#include <stdexcept>

namespace thalweg {

/// Base of everything the library throws.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Shapes, axes or sizes do not fit together.
class ShapeError : public Error {
 public:
  using Error::Error;
};

/// An index or a label lies outside its range.
class IndexError : public Error {
 public:
  using Error::Error;
};

/// A variable meets a tape that it does not belong to, or a tape is missing.
class TapeError : public Error {
 public:
  using Error::Error;
};

/// An argument or an option is out of its domain.
class ValueError : public Error {
 public:
  using Error::Error;
};

/// A file is missing, malformed or truncated.
class DataError : public Error {
 public:
  using Error::Error;
};

/// A NaN or an infinity was made while `Tape::trap_nonfinite()` was on.
class NonfiniteError : public Error {
 public:
  using Error::Error;
};

}  // namespace thalweg
