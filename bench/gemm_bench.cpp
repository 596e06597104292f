/// What share of what the libraries can do reaches a user of our matrix products?
///
/// The products of the training steps (batches of 64 and 256; layers 784→128→10 and 784→512→512→10)
/// in the forward form NN and the backward forms NT and TN, float and double, beside plain calls of
/// OpenBLAS and oneDNN with the same number of threads. Yardstick: GFLOP/s against the largest in
/// the table, which is close to the machine's peak.
///
///     gemm_bench --benchmark_filter=f32/1      one thread, floats
///
/// Run without OPENBLAS_CORETYPE in the environment: a core type of another machine halves every
/// BLAS.

#include <benchmark/benchmark.h>
#include <cblas.h>
#include <fmt/core.h>
#include <oneapi/dnnl/dnnl.h>

#include <cstdlib>
#include <string>
#include <type_traits>
#include <vector>

#include "thalweg/autodiff/base/parallel.hpp"
#include "thalweg/autodiff/kernels/matmul.hpp"

namespace {

using thalweg::Index;
using thalweg::kernels::Use;

struct Form {
  const char* name;
  Use a, b;
};
constexpr Form nn{"NN", Use::plain, Use::plain};
constexpr Form nt{"NT", Use::plain, Use::transposed};
constexpr Form tn{"TN", Use::transposed, Use::plain};

struct Size {
  Form form;
  Index m, n, k;
};

/// Forward, data gradient and weight gradient of each layer; then sizes around our thresholds.
const std::vector<Size> sizes = {{nn, 64, 10, 784},   {tn, 784, 10, 64},                         //
                                 {nn, 64, 128, 784},  {tn, 784, 128, 64},                        //
                                 {nn, 64, 10, 128},   {nt, 64, 128, 10},   {tn, 128, 10, 64},    //
                                 {nn, 256, 512, 784}, {nt, 256, 784, 512}, {tn, 784, 512, 256},  //
                                 {nn, 256, 512, 512}, {nt, 256, 512, 512}, {tn, 512, 512, 256},  //
                                 {nn, 256, 10, 512},  {nt, 256, 512, 10},  {tn, 512, 10, 256},   //
                                 {nn, 4, 4, 4},       {nn, 5, 5, 5},       {nn, 8, 8, 8},        //
                                 {nn, 16, 16, 16},    {nn, 64, 64, 64},    {nt, 64, 64, 64},     //
                                 {nn, 8, 512, 784},   {nn, 1, 512, 784},   {nn, 1024, 1024, 1024}};

CBLAS_TRANSPOSE cblas(Use use) { return use == Use::plain ? CblasNoTrans : CblasTrans; }
char letter(Use use) { return use == Use::plain ? 'N' : 'T'; }

struct Ours {
  template <class Real>
  static void run(const Size& s, const Real* a, const Real* b, Real* c) {
    thalweg::kernels::gemm(s.form.a, s.form.b, s.m, s.n, s.k, a, b, false, c);
  }
};

struct OpenBlas {
  template <class Real>
  static void run(const Size& s, const Real* a, const Real* b, Real* c) {
    const int m = static_cast<int>(s.m), n = static_cast<int>(s.n), k = static_cast<int>(s.k);
    const int row_a = s.form.a == Use::plain ? k : m, row_b = s.form.b == Use::plain ? n : k;
    if constexpr (std::is_same_v<Real, float>)
      cblas_sgemm(CblasRowMajor, cblas(s.form.a), cblas(s.form.b), m, n, k, 1, a, row_a, b, row_b,
                  0, c, n);
    else
      cblas_dgemm(CblasRowMajor, cblas(s.form.a), cblas(s.form.b), m, n, k, 1, a, row_a, b, row_b,
                  0, c, n);
  }
};

struct OneDnn {
  static void run(const Size& s, const float* a, const float* b, float* c) {
    const Index row_a = s.form.a == Use::plain ? s.k : s.m;
    const Index row_b = s.form.b == Use::plain ? s.n : s.k;
    dnnl_sgemm(letter(s.form.a), letter(s.form.b), s.m, s.n, s.k, 1, a, row_a, b, row_b, 0, c, s.n);
  }
};

template <class Library, class Real>
void product(benchmark::State& state, Size s, int threads) {
  thalweg::set_threads(threads);
  const auto count = [](Index rows, Index columns) { return static_cast<size_t>(rows * columns); };
  const std::vector<Real> a(count(s.m, s.k), Real(0.5)), b(count(s.k, s.n), Real(0.25));
  std::vector<Real> c(count(s.m, s.n));
  for (auto _ : state) {
    Library::run(s, a.data(), b.data(), c.data());
    benchmark::ClobberMemory();
  }
  const double flops = 2.0 * static_cast<double>(s.m) * static_cast<double>(s.n * s.k);
  state.counters["GFLOP/s"] = benchmark::Counter(
      flops * 1e-9, benchmark::Counter::kIsIterationInvariantRate, benchmark::Counter::kIs1000);
}

template <class Library, class Real>
void add(const char* library, const char* type, const Size& s, int threads) {
  const std::string name =
      fmt::format("{}/{}/{}/{}x{}x{}/{}", type, threads, s.form.name, s.m, s.n, s.k, library);
  benchmark::RegisterBenchmark(
      name.c_str(), [=](benchmark::State& state) { product<Library, Real>(state, s, threads); })
      ->Unit(benchmark::kMicrosecond)
      ->UseRealTime();
}

}  // namespace

int main(int count, char** arguments) {
  if (const char* core = std::getenv("OPENBLAS_CORETYPE"))
    fmt::print(stderr, "OPENBLAS_CORETYPE={} is set: unset it for a fair comparison\n", core);
  for (int threads : {1, 2})
    for (const Size& s : sizes) {
      add<Ours, float>("ours", "f32", s, threads);
      add<OpenBlas, float>("openblas", "f32", s, threads);
      add<OneDnn, float>("onednn", "f32", s, threads);
      add<Ours, double>("ours", "f64", s, threads);
      add<OpenBlas, double>("openblas", "f64", s, threads);
    }
  benchmark::Initialize(&count, arguments);
  benchmark::RunSpecifiedBenchmarks();
}
