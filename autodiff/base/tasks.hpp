#pragma once
/// What runs the parts of a loop on several threads: oneTBB, behind one function.

#include "thalweg/autodiff/base/shape.hpp"

namespace thalweg::kernels {

/// Calls run(context, k) once for each k = 0 … count − 1, count ≥ 1, k = 0 in the calling thread,
/// and returns when all calls have. `run` must not throw.
///
/// Threads that idle take up what none has begun, and so does the caller, in order: it waits for
/// calls only that another thread is in the middle of, however busy the machine is, and finishes
/// alone where no other thread comes, as after fork() in the child. Meanwhile it takes up nothing
/// else. Threads spin for some hundred microseconds and then sleep. Any number of threads may call
/// at once.
void run_tasks(Index count, void (*run)(void*, Index), void* context);

}  // namespace thalweg::kernels
