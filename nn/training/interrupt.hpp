#pragma once
/// Ctrl-C as a wish, for a while.

#include <csignal>

namespace thalweg::nn::detail {

/// While one lives, the first SIGINT is noted and nothing more; the next one does what it did
/// before, as does every one after the last of these has ended.
class Interrupt {
 public:
  explicit Interrupt(bool active);
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;

  /// Has a signal come since the first of these was made?
  bool asked() const;

 private:
  bool active_;
};

}  // namespace thalweg::nn::detail
