#include "thalweg/autodiff/base/parallel.hpp"

#include <omp.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg {
namespace {

std::atomic<int>& thread_count() {
  static std::atomic<int> count = std::max(1, omp_get_max_threads());
  return count;
}

}  // namespace

void set_threads(int count) {
  if (count < 1)
    throw ValueError(fmt::format("set_threads: expected at least 1 thread, got {}", count));
  thread_count().store(count, std::memory_order_relaxed);
  omp_set_num_threads(count);
}

int threads() { return thread_count().load(std::memory_order_relaxed); }

namespace kernels {
namespace {

/// Keeps the exception of the lowest part: which one leaves does not depend on timing.
class FirstException {
 public:
  void keep(Index part) {
    const std::lock_guard lock(mutex_);
    if (exception_ && part_ < part) return;
    exception_ = std::current_exception();
    part_ = part;
  }
  void rethrow() const {
    if (exception_) std::rethrow_exception(exception_);
  }

 private:
  std::mutex mutex_;
  std::exception_ptr exception_;
  Index part_ = 0;
};

/// What the threads of one loop share. `order` makes the writes of each side visible to the other
/// in the language's own terms: the thread sanitizer does not see into OpenMP's fork and join.
struct Job {
  void (*body)(void*, Index);
  void* context;
  std::atomic<int> order = 0;
  FirstException first = {};

  void run(Index part) {
    order.load(std::memory_order_acquire);
    try {
      body(context, part);
    } catch (...) {
      first.keep(part);
    }
    order.fetch_add(1, std::memory_order_release);
  }
};

/// Unsanitized, since the compiler hands `job` to the threads through memory of its own.
__attribute__((no_sanitize("thread"))) void fork_and_join(Index count, Job& job) {
  // One part per iteration: all of them run even where OpenMP grants fewer threads than asked for.
#pragma omp parallel for schedule(static, 1) num_threads(static_cast <int>(count))
  for (Index part = 0; part < count; ++part) job.run(part);
}

}  // namespace

Parts split(Index n, Index grain, Index multiple) {
  if (n <= 0) return {0, 0};
  const Index wanted = std::min<Index>(threads(), n / std::max<Index>(1, grain));
  if (wanted <= 1 || omp_in_parallel()) return {1, n};
  const Index each = (n + wanted - 1) / wanted;
  const Index size = (each + multiple - 1) / multiple * multiple;
  return {(n + size - 1) / size, size};
}

void run_parts(Index count, void (*body)(void*, Index), void* context) {
  Job job{body, context};
  job.order.store(1, std::memory_order_release);
  fork_and_join(count, job);
  job.order.load(std::memory_order_acquire);
  job.first.rethrow();
}

LibraryThreads::LibraryThreads(int count)
    : before_(omp_get_max_threads()), changed_(before_ != count) {
  if (changed_) omp_set_num_threads(count);
}

LibraryThreads::~LibraryThreads() {
  if (changed_) omp_set_num_threads(before_);
}

}  // namespace kernels
}  // namespace thalweg
