// Compiled without the thread sanitizer (CMakeLists.txt), which does not see into oneTBB's library
// and would take a task that moves from one thread to another through it for a race.

#include "thalweg/autodiff/base/tasks.hpp"

#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>

namespace thalweg::kernels {

void run_tasks(Index count, void (*run)(void*, Index), void* context) {
  // A context of its own: where the caller runs within a task that is cancelled, ours go on.
  tbb::task_group_context apart(tbb::task_group_context::isolated);
  tbb::task_group group(apart);
  tbb::this_task_arena::isolate([&] {
    // The caller takes up the task spawned last, other threads the one spawned first.
    for (Index k = count - 1; k > 0; --k) group.run([=] { run(context, k); });
    run(context, 0);
    group.wait();
  });
}

}  // namespace thalweg::kernels
