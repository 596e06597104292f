#include "thalweg/optim/rules/adafactor.hpp"

#include "thalweg/optim/rules/update.hpp"

namespace thalweg::optim {
namespace {

double squared(double x) { return x * x; }

/// A parameter as `count` matrices.
struct Matrices {
  Index count, rows, columns;
  explicit Matrices(const Shape& shape) : rows(shape.at(-2)), columns(shape.at(-1)) {
    count = rows * columns == 0 ? 0 : shape.size() / (rows * columns);
  }
};

/// mean ← β mean + (1 − β) (square + ε).
template <class Real>
void gather(Real& mean, double beta, double square, double epsilon) {
  mean = static_cast<Real>(beta * static_cast<double>(mean) + (1 - beta) * (square + epsilon));
}

template <class Real>
void gather_rows(Index rows, Index columns, const Real* g, double beta, double epsilon, Real* r) {
  kernels::parallel_for(rows, kernels::grain_of(columns), [=](Index begin, Index end, Index) {
    for (Index i = begin; i < end; ++i) {
      double sum = 0;
      for (Index j = 0; j < columns; ++j) sum += squared(g[i * columns + j]);
      gather(r[i], beta, sum / static_cast<double>(columns), epsilon);
    }
  });
}

template <class Real>
void gather_columns(Index rows, Index columns, const Real* g, double beta, double epsilon,
                    Real* c) {
  kernels::parallel_for(columns, kernels::grain_of(rows), [=](Index begin, Index end, Index) {
    std::vector<double> sums(end - begin);
    for (Index i = 0; i < rows; ++i)
      for (Index j = begin; j < end; ++j) sums[j - begin] += squared(g[i * columns + j]);
    for (Index j = begin; j < end; ++j)
      gather(c[j], beta, sums[j - begin] / static_cast<double>(rows), epsilon);
  });
}

/// 1 / √(means / divisor).
template <class Real>
std::vector<Real> inverse_roots(std::span<const Real> means, double divisor) {
  std::vector<Real> result;
  for (const Real mean : means)
    result.push_back(static_cast<Real>(std::sqrt(divisor / static_cast<double>(mean))));
  return result;
}

/// U before it is clipped: g over the root of V = R C / mean R, in `values` from `at` on.
template <class Real>
struct FactoredDirection {
  const Real* g;
  Index rows, columns;
  std::vector<Real> of_row, of_column;  // of all matrices

  void operator()(Real* values, Index at, Index count) const {
    for (Index done = 0; done < count;) {
      const Index row = (at + done) / columns, from = (at + done) % columns;
      const Index here = std::min(columns - from, count - done);
      const Real* const c = of_column.data() + row / rows * columns + from;
      const Real r = of_row[row];
      for (Index j = 0; j < here; ++j) values[done + j] = g[at + done + j] * (r * c[j]);
      done += here;
    }
  }
};

// R and C, and from them 1 / √V = √(mean R / Rᵢ) · √(1 / Cⱼ): two vectors, no matrix. That V
// is the matrix of rank one nearest to the means of g², in the generalised Kullback-Leibler sense.
template <class Real>
FactoredDirection<Real> factored(const Update<Real>& update, double beta, double epsilon) {
  const auto [count, m, n] = Matrices(update.parameter.shape());
  const Real* const g = update.gradient.data();
  const std::span<Real> r = update.moments[0].value.mutable_values();
  const std::span<Real> c = update.moments[1].value.mutable_values();
  FactoredDirection<Real> direction{g, m, n, {}, {}};
  for (Index k = 0; k < count; ++k) {
    const std::span<Real> rows = r.subspan(k * m, static_cast<std::size_t>(m));
    gather_rows(m, n, g + k * m * n, beta, epsilon, rows.data());
    gather_columns(m, n, g + k * m * n, beta, epsilon, c.data() + k * n);
    const double mean = std::accumulate(rows.begin(), rows.end(), 0.0) / static_cast<double>(m);
    const std::vector<Real> roots = inverse_roots<Real>(rows, mean);
    direction.of_row.insert(direction.of_row.end(), roots.begin(), roots.end());
  }
  direction.of_column = inverse_roots<Real>(c, 1);
  return direction;
}

/// RMS(U).
template <class Real, class Direction>
double root_mean_square(Index n, const Direction& direction) {
  const double sum = sum_of_parts(n, [&](Index begin, Index end) {
    std::array<Real, block_of_weights> u;
    double part = 0;
    for (Index at = begin; at < end; at += block_of_weights) {
      const Index count = std::min(block_of_weights, end - at);
      direction(u.data(), at, count);
      for (Index i = 0; i < count; ++i) part += squared(u[i]);
    }
    return part;
  });
  return std::sqrt(sum / static_cast<double>(n));
}

}  // namespace

Adafactor::Adafactor(const Options& options) : Rule(options) {
  expect_nonnegative(kind(), "rate", options.rate);
  expect_fraction(kind(), "beta1", options.beta1);
  expect_nonnegative(kind(), "power", options.power);
  if (!(options.clip > 0))
    throw ValueError(fmt::format("Adafactor: clip is {}; expected a number above 0", options.clip));
  expect_nonnegative(kind(), "epsilon1", options.epsilon1);
  expect_nonnegative(kind(), "epsilon2", options.epsilon2);
  expect_nonnegative(kind(), "weight_decay", options.weight_decay);
}

std::vector<MomentStart> Adafactor::moments(const Shape& parameter) const {
  std::vector<MomentStart> moments;
  if (parameter.rank() < 2) {
    moments.push_back({"second"});
  } else {
    const std::span<const Index> sizes = parameter.sizes();
    Shape rows(sizes.first(sizes.size() - 1)), columns(sizes.first(sizes.size() - 2));
    columns.push_back(sizes.back());
    moments.push_back({.name = "rows", .shape = rows});
    moments.push_back({.name = "columns", .shape = columns});
  }
  if (options_.beta1 > 0) moments.push_back({"first"});
  return moments;
}

/// From the line U ← U / max(…) on. U is computed twice, block by block, rather than kept: once for
/// its root mean square, once for the step.
template <class Real, class Direction>
void Adafactor::move(const Update<Real>& update, const Direction& direction) const {
  Parameter<Real>& w = update.parameter;
  const auto t = static_cast<double>(steps()), n = static_cast<double>(w.size());
  const double factor = rate() > 0 ? update.rate / rate() : 0;
  const double rho =
      factor * (options_.relative_step ? std::min(rate(), 1 / std::sqrt(t)) : rate());
  const double size =
      options_.scale_by_weights
          ? std::max(options_.epsilon2, std::sqrt(sum_of_squares(w.size(), w.value().data()) / n))
          : 1;
  const double rms = root_mean_square<Real>(w.size(), direction);
  const auto shrink = static_cast<Real>(1 / std::max(1.0, rms / options_.clip));
  const auto step = static_cast<Real>(rho * size);
  const auto keep = static_cast<Real>(1 - rho * update.weight_decay);
  const auto beta1 = static_cast<Real>(options_.beta1);
  Real* const first =
      options_.beta1 > 0 ? update.moments.back().value.mutable_values().data() : nullptr;
  update_blocks(w, [&](Real* weights, Index at, Index count) {
    std::array<Real, block_of_weights> u;
    direction(u.data(), at, count);
    for (Index i = 0; i < count; ++i) {
      Real d = shrink * u[i];
      if (first) d = first[at + i] = beta1 * first[at + i] + (1 - beta1) * d;
      weights[i] = keep * weights[i] - step * d;
    }
  });
}

template <class Real>
void Adafactor::apply(const Update<Real>& update) {
  if (update.parameter.size() == 0) return;
  const double beta2 = 1 - std::pow(static_cast<double>(steps()), -options_.power);
  if (update.parameter.shape().rank() >= 2)
    return move(update, factored(update, beta2, options_.epsilon1));
  const Real* const g = update.gradient.data();
  const std::span<Real> v = update.moments[0].value.mutable_values();
  for (std::size_t i = 0; i < v.size(); ++i) gather(v[i], beta2, squared(g[i]), options_.epsilon1);
  move(update, [g, second = v.data()](Real* values, Index at, Index count) {
    for (Index i = 0; i < count; ++i) values[i] = g[at + i] / std::sqrt(second[at + i]);
  });
}

template class Rule<Adafactor, AdafactorOptions>;

}  // namespace thalweg::optim
