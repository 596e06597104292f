#include "thalweg/autodiff/kernels/lapack.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/base/parallel.hpp"

// LAPACK counts in int; the lengths of its texts come last, as Fortran compilers pass them.
extern "C" void dsyevd_(const char* job, const char* triangle, const int* n, double* a,
                        const int* row, double* values, double* work, const int* work_size,
                        int* integers, const int* integers_size, int* info, std::size_t,
                        std::size_t);

namespace thalweg::kernels {

bool symmetric_eigen(Index n, double* a, double* values) {
  // dsyevd wants 1 + 6 n + 2 n² numbers to work in.
  if (n > 30'000) throw ValueError(fmt::format("symmetric_eigen: n is {}; at most 30000", n));
  if (n == 0) return true;
  if (!std::all_of(a, a + n * n, [](double x) { return std::isfinite(x); })) return false;
  const LibraryThreads one(1);
  const int size = static_cast<int>(n);
  const int work_size = 1 + 6 * size + 2 * size * size, integers_size = 3 + 5 * size;
  std::vector<double> work(work_size);
  std::vector<int> integers(integers_size);
  int info = 0;
  // A stored by rows is A stored by columns; the eigenvectors come as columns, here rows.
  dsyevd_("V", "L", &size, a, &size, values, work.data(), &work_size, integers.data(),
          &integers_size, &info, 1, 1);
  return info == 0;
}

}  // namespace thalweg::kernels
