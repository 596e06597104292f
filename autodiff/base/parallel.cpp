#include "thalweg/autodiff/base/parallel.hpp"

#include <omp.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <utility>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/base/tasks.hpp"

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

/// True in a thread that runs a part.
thread_local bool in_part = false;

/// In a part of a loop, or in a parallel region of the user's own OpenMP.
bool nested() { return in_part || omp_in_parallel(); }

/// What the threads of one loop share. `order` makes the writes of each side visible to the other
/// in the language's own terms: the thread sanitizer does not see into oneTBB.
struct Job {
  void (*body)(void*, Index);
  void* context;
  std::atomic<int> order = 0;
  FirstException first = {};

  void run(Index part) {
    order.load(std::memory_order_acquire);
    const LibraryThreads one(1);
    const bool outer = std::exchange(in_part, true);
    try {
      body(context, part);
    } catch (...) {
      first.keep(part);
    }
    in_part = outer;
    order.fetch_add(1, std::memory_order_release);
  }
};

}  // namespace

Parts split(Index n, Index grain, Index multiple) {
  if (n <= 0) return {0, 0};
  const Index wanted = std::min<Index>(threads(), n / std::max<Index>(1, grain));
  if (wanted <= 1 || nested()) return {1, n};
  const Index each = (n + wanted - 1) / wanted;
  const Index size = (each + multiple - 1) / multiple * multiple;
  return {(n + size - 1) / size, size};
}

void run_parts(Index count, void (*body)(void*, Index), void* context) {
  if (count == 1) return body(context, 0);
  Job job{body, context};
  job.order.store(1, std::memory_order_release);
  if (count == 0 || nested())
    for (Index part = 0; part < count; ++part) job.run(part);
  else
    run_tasks(
        count, [](void* all, Index part) { static_cast<Job*>(all)->run(part); }, &job);
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
