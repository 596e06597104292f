/// An activation, a layer and a loss of one's own, checked and trained.
///
///     custom
///     custom --epochs 400 --units 32 --seed 7
///
/// Draws points from y = sin 3x + (0.1 + 0.3 x²) noise and learns their quantiles: curves below
/// which a tenth, a half and nine tenths of the points lie. Prints the gradient check of each part
/// and the share of fresh points between the outer curves, which should be 80 %, and writes
/// custom.html.

#include <CLI/CLI.hpp>
#include <cmath>
#include <thalweg/autodiff.hpp>
#include <thalweg/nn.hpp>
#include <thalweg/optim.hpp>

using namespace thalweg;

namespace {

// ---- An activation: a rule of one argument. It fuses with what is around it and runs on SIMD
// registers, for scalars and tensors, because value and slope are templates. ----

/// y = x + sin² x.     dy/dx = 1 + sin 2x.
/// Source: L. Ziyin et al., "Neural networks fail to learn periodic functions", NeurIPS 2020.
struct Snake {
  static constexpr auto name = "snake";
  template <class T>
  static T value(const T& x) {
    const T s = sin(x);
    return x + s * s;
  }
  template <class T>
  static T slope(Input<T> x) {
    return T(1) + sin(T(2) * x);
  }
};

template <Arguments X>
auto snake(X&& x) {
  return apply(Snake{}, std::forward<X>(x));
}

// ---- A layer: parameters as members, the forward pass as a call. ----

/// Distances to learned centres, as bells: yⱼ = exp(−wⱼ² ‖x − cⱼ‖²).
///
///     x [batch, in]    c [units, in]    w [units]    y [batch, units]
template <class Real>
struct Bells {
  Bells(Index in, Index units, Random& random)
      : centres(normal<Real>({units, in}, random)), width(full<Real>({units}, Real(2))) {}

  auto operator()(const Tensor<Real>& x) const {
    // ‖x − c‖² = ‖x‖² − 2 x·c + ‖c‖²
    auto products = linear(x, centres);
    auto squares = sum(square(centres), 1);
    return exp(-square(width) * (sum(square(x), 1, KeepAxes::yes) - 2 * products + squares));
  }

  Parameter<Real> centres, width;
  static constexpr auto fields = nn::named("centres", &Bells::centres, "width", &Bells::width);
};

// ---- A model: a plain struct of layers, the library's and one's own. ----

template <class Real>
struct Quantiles {
  Bells<Real> bells;
  nn::Linear<Real> hidden, output;
  auto operator()(const Tensor<Real>& x) const { return output(snake(hidden(bells(x)))); }
};

// ---- A loss: any function that ends in one number. ----

/// The pinball loss, whose minimum over a constant p is the q-quantile of the targets:
///
///     ℓ = max(q d, (q − 1) d),  d = y − p
///
///     p [batch, quantiles]    y [batch, 1]    q [quantiles]
template <class P, class Real>
auto pinball_loss(const P& prediction, const Tensor<Real>& target, const Tensor<Real>& q) {
  auto d = target - prediction;
  return mean(maximum(q * d, (q - 1) * d));
}

struct Options {
  std::uint64_t seed = 1;
  Index epochs = 200;
  Index units = 24;
};

/// q: of the three curves.
template <class Real>
Tensor<Real> levels() {
  return {Real(0.1), Real(0.5), Real(0.9)};
}

template <class Real>
nn::Dataset<Real, Real> sample(Index count, Random& random) {
  const auto x = uniform<Real>({count, 1}, random, -1, 1);
  const auto noise = normal<Real>({count, 1}, random);
  return {x, Tensor<Real>(sin(3 * x) + (Real(0.1) + Real(0.3) * square(x)) * noise)};
}

bool report(const char* part, const GradientReport& check) {
  fmt::print("{}: {}\n", part, check);
  return bool(check);
}

/// Each part alone and all together, against central differences.
bool check_parts(Random& random) {
  const auto data = sample<double>(20, random);
  Bells<double> bells{1, 5, random};
  Quantiles<double> model{{1, 5, random}, {5, 4, random}, {4, 3, random}};
  const auto at = normal<double>({10}, random);
  bool good = report("activation", check_gradient([](auto x) { return snake(x); }, at));
  good &= report("layer", nn::check_gradient(bells, [&] { return mean(bells(data.x)); }));
  good &= report("model and loss", nn::check_gradient(model, [&] {
                   return pinball_loss(model(data.x), data.y, levels<double>());
                 }));
  return good;
}

void train(Quantiles<float>& model, const nn::Dataset<float, float>& data, const Options& options,
           Random& random) {
  const auto q = levels<float>();
  const auto parameters = nn::parameters(model);
  const auto batches = nn::batches(data, 64);
  const auto rate = optim::cosine({.from = 1e-2, .steps = options.epochs});
  optim::Adam adam;
  for (Index epoch = 0; epoch < options.epochs; ++epoch) {
    adam.set_rate(rate(epoch));
    double total = 0;
    for (const auto& [x, y] : nn::batches(data, 64, random)) {
      Tape tape;
      const auto loss = pinball_loss(model(x), y, q);
      adam.step(parameters, tape.backward(loss));
      total += loss.item();
    }
    if ((epoch + 1) % (options.epochs / 4) == 0)
      fmt::print("epoch {:>4}   loss {:.4f}\n", epoch + 1, total / double(batches.size()));
  }
}

/// The share of points between the outer curves.
double coverage(const Quantiles<float>& model, const nn::Dataset<float, float>& data) {
  const Tensor curves = model(data.x);
  Index inside = 0;
  for (Index i = 0; i < data.size(); ++i) {
    const float y = data.y.data()[i];
    inside += curves.data()[3 * i] <= y && y <= curves.data()[3 * i + 2];
  }
  return double(inside) / double(data.size());
}

void draw(const Quantiles<float>& model) {
  const Tensor<float> x = linspace<float>(-1, 1, 101);
  const Tensor curves = model(unsqueeze(x, 1));
  nn::Report page{"Quantiles of a noisy sine"};
  nn::Chart chart{.title = "Below which a tenth, a half and nine tenths of the points lie"};
  for (Index k = 0; k < 3; ++k) {
    std::vector<double> heights;
    for (Index i = 0; i < x.size(); ++i) heights.push_back(curves.data()[3 * i + k]);
    chart.series.push_back({fmt::format("{:.0f} %", 100 * levels<float>().data()[k]), heights});
  }
  page.chart(chart);
  page.write("custom.html");
}

int run(const Options& options) {
  Random random{options.seed};
  if (!check_parts(random)) return 1;
  const auto data = sample<float>(2048, random);
  Quantiles<float> model{{1, options.units, random}, {options.units, 16, random}, {16, 3, random}};
  train(model, data, options, random);
  const double share = coverage(model, sample<float>(10'000, random));
  fmt::print("{:.1f} % of fresh points lie between the outer curves; 80 % is right\n", 100 * share);
  draw(model);
  return share > 0.75 && share < 0.85 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"An activation, a layer and a loss of one's own, checked and trained."};
  app.option_defaults()->always_capture_default();
  app.add_option("--seed", options.seed, "Of the points, the weights and their order");
  app.add_option("--epochs", options.epochs, "Passes over the points")
      ->check(CLI::Range(4, 100'000));
  app.add_option("--units", options.units, "Bells")->check(CLI::Range(1, 10'000));
  CLI11_PARSE(app, argc, argv);
  return run(options);
}
