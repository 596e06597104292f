#include "thalweg/nn/training/interrupt.hpp"

#include <atomic>
#include <mutex>

namespace thalweg::nn::detail {
namespace {

// Signals belong to the process, so this does, too. Only lock-free atomics and sigaction are
// touched in the handler, as POSIX asks.
std::mutex guard;
int living = 0;
struct sigaction before;
std::atomic<bool> came = false;
static_assert(std::atomic<bool>::is_always_lock_free);

void note(int) {
  came.store(true);
  sigaction(SIGINT, &before, nullptr);
}

}  // namespace

Interrupt::Interrupt(bool active) : active_(active) {
  if (!active_) return;
  const std::lock_guard lock(guard);
  if (living++ > 0) return;
  came.store(false);
  sigaction(SIGINT, nullptr, &before);
  if (before.sa_handler == SIG_IGN) return;  // who started the program wants no interruption
  struct sigaction mine {};
  mine.sa_handler = note;
  sigemptyset(&mine.sa_mask);
  mine.sa_flags = SA_RESTART;
  sigaction(SIGINT, &mine, nullptr);
}

Interrupt::~Interrupt() {
  if (!active_) return;
  const std::lock_guard lock(guard);
  if (--living == 0) sigaction(SIGINT, &before, nullptr);
}

bool Interrupt::asked() const { return active_ && came.load(std::memory_order_relaxed); }

}  // namespace thalweg::nn::detail
