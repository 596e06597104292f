#pragma once
/// Threads: one knob for the whole library, and loops cut into contiguous parts.
///
/// The parts depend on the number of threads alone, not on who runs them: the caller takes up those
/// that no other thread has begun, so that a loop on a busy machine takes no longer than on one
/// thread. oneDNN and BLAS are called from inside them with one thread each, so that the same parts
/// are made whatever library computes them.

#include <type_traits>

#include "thalweg/autodiff/base/shape.hpp"

namespace thalweg {

/// How many threads a single call may use from now on, in every thread of the program. Results for
/// one value are bitwise reproducible; another value may change them by rounding. Throws ValueError
/// below 1.
void set_threads(int count);

/// The value set last; at first OMP_NUM_THREADS or, without it, the number of hardware threads.
int threads();

namespace kernels {

/// n items cut into `count` contiguous parts of `size` items each; the last part may be shorter.
struct Parts {
  Index count;
  Index size;
};

/// At most threads() parts, each at least `grain` items long; part sizes are multiples of
/// `multiple`. One part where the caller already runs inside a parallel loop. No parts if n = 0.
Parts split(Index n, Index grain, Index multiple = 1);

/// Items per part so that a thread has work for about ten microseconds, for loops that touch
/// `elements` contiguous numbers per item.
constexpr Index grain_of(Index elements) {
  return elements < 1 ? 32768 : elements > 32768 ? 1 : 32768 / elements;
}

/// Calls body(context, part) once for each part = 0 … count − 1, on as many threads as are free; in
/// order and in the calling thread where that already runs inside a parallel loop. An exception of
/// the first part that threw leaves after all parts have ended.
void run_parts(Index count, void (*body)(void*, Index), void* context);

/// f(begin, end, part) over 0 … n in the parts of `split`; f runs in the calling thread, with no
/// call into a library, where there is one part only. What f throws is thrown here.
template <class F>
void parallel_for(Index n, Index grain, F&& f, Index multiple = 1) {
  if (n <= 0) return;
  if (n <= grain) return f(Index{0}, n, Index{0});
  const Parts parts = split(n, grain, multiple);
  if (parts.count == 1) return f(Index{0}, n, Index{0});
  auto body = [&](Index part) {
    const Index end = (part + 1) * parts.size;
    f(part * parts.size, end < n ? end : n, part);
  };
  run_parts(
      parts.count,
      [](void* context, Index part) { (*static_cast<decltype(body)*>(context))(part); }, &body);
}

/// While it lives, OpenMP code called from this thread (oneDNN, BLAS) uses `count` threads.
class LibraryThreads {
 public:
  explicit LibraryThreads(int count);
  ~LibraryThreads();
  LibraryThreads(const LibraryThreads&) = delete;
  LibraryThreads& operator=(const LibraryThreads&) = delete;

 private:
  int before_;
  bool changed_;
};

}  // namespace kernels
}  // namespace thalweg
