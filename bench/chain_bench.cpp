// What does a fused tensor statement cost beside the loop that one would write by hand?
//
// mean(sigmoid(a b + sin c) exp(-a a)), one thread: through the library, without a tape and with
// recording and backward pass, beside plain loops that call the same SIMD functions and store the
// three gradients. The ratio is the yardstick; at n = 10 it is the price of recording.

#include <benchmark/benchmark.h>

#include "thalweg/autodiff.hpp"

namespace {

using namespace thalweg;

template <class Real>
struct Data {
  explicit Data(Index n) : size(n) {
    for (Index i = 0; i < padded(); ++i) {
      a.push_back(static_cast<Real>(i * 37 % 100) / 100);
      b.push_back(static_cast<Real>(i * 17 % 100) / 50 - 1);
      c.push_back(static_cast<Real>(i * 7 % 100) / 20 - 2);
    }
  }
  Index padded() const {
    constexpr Index width = Lanes<Real>::width;
    return (size + width - 1) / width * width;
  }
  Tensor<Real> tensor(const std::vector<Real>& values) const {
    return Tensor<Real>(std::span<const Real>(values.data(), static_cast<std::size_t>(size)));
  }
  Index size;
  std::vector<Real> a, b, c;
};

template <class Real>
auto chain(const Tensor<Real>& a, const Tensor<Real>& b, const Tensor<Real>& c) {
  return mean(sigmoid(a * b + sin(c)) * exp(-a * a));
}

template <class Real>
void forward(benchmark::State& state) {
  const Data<Real> data(state.range(0));
  const auto a = data.tensor(data.a), b = data.tensor(data.b), c = data.tensor(data.c);
  for (auto _ : state) benchmark::DoNotOptimize(chain(a, b, c).data());
}

template <class Real>
void forward_backward(benchmark::State& state) {
  const Data<Real> data(state.range(0));
  const auto a0 = data.tensor(data.a), b0 = data.tensor(data.b), c0 = data.tensor(data.c);
  for (auto _ : state) {
    Tape tape;
    const auto a = tape.variable(a0), b = tape.variable(b0), c = tape.variable(c0);
    const Gradients gradients = tape.backward(chain(a, b, c));
    benchmark::DoNotOptimize(gradients[a].data());
    benchmark::DoNotOptimize(gradients[b].data());
    benchmark::DoNotOptimize(gradients[c].data());
  }
}

template <class Real>
struct PlainLoop {
  using T = Lanes<Real>;
  explicit PlainLoop(Index n) : data(n), da(data.a.size()), db(data.a.size()), dc(data.a.size()) {}

  Real forward() const {
    T total(0);
    for (Index i = 0; i < data.padded(); i += T::width) {
      const T a = T::load(&data.a[at(i)]), b = T::load(&data.b[at(i)]), c = T::load(&data.c[at(i)]);
      total += T(1) / (T(1) + exp(-(a * b + sin(c)))) * exp(-a * a);
    }
    return sum(total) / static_cast<Real>(data.size);
  }
  void backward() {
    const T seed(1 / static_cast<Real>(data.size));
    for (Index i = 0; i < data.padded(); i += T::width) {
      const T a = T::load(&data.a[at(i)]), b = T::load(&data.b[at(i)]), c = T::load(&data.c[at(i)]);
      const T p = T(1) / (T(1) + exp(-(a * b + sin(c)))), e = exp(-a * a);
      const T du = seed * e * p * (T(1) - p);
      (du * b - T(2) * seed * p * e * a).store(&da[at(i)]);
      (du * a).store(&db[at(i)]);
      (du * cos(c)).store(&dc[at(i)]);
    }
  }
  static std::size_t at(Index i) { return static_cast<std::size_t>(i); }

  Data<Real> data;
  std::vector<Real> da, db, dc;
};

template <class Real>
void plain_forward(benchmark::State& state) {
  const PlainLoop<Real> loop(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(loop.forward());
}

template <class Real>
void plain_forward_backward(benchmark::State& state) {
  PlainLoop<Real> loop(state.range(0));
  for (auto _ : state) {
    benchmark::DoNotOptimize(loop.forward());
    loop.backward();
    benchmark::DoNotOptimize(loop.da.data());
    benchmark::ClobberMemory();
  }
}

void sizes(benchmark::internal::Benchmark* bench) { bench->Arg(10)->Arg(1000)->Arg(1000000); }

BENCHMARK(forward<float>)->Apply(sizes);
BENCHMARK(plain_forward<float>)->Apply(sizes);
BENCHMARK(forward_backward<float>)->Apply(sizes);
BENCHMARK(plain_forward_backward<float>)->Apply(sizes);
BENCHMARK(forward<double>)->Apply(sizes);
BENCHMARK(plain_forward<double>)->Apply(sizes);
BENCHMARK(forward_backward<double>)->Apply(sizes);
BENCHMARK(plain_forward_backward<double>)->Apply(sizes);

}  // namespace

int main(int argc, char** argv) {
  set_threads(1);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
