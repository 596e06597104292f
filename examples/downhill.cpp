/// Draws what lessons on gradient descent draw, and writes the pictures to one page.
///
///     downhill                          writes downhill.html
///     downhill --out lesson.html --seed 7
///
/// Step sizes that are right, too small and too large; momentum in a ravine; the noise of
/// stochastic descent and how annealing calms it; the loss summed and averaged over batches of two
/// sizes, and a loss that stops changing; restarts out of local minima, of the place and of the
/// rate; random search and a genetic algorithm on the same surface. Every number in the text is
/// measured by the run that draws it.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <thalweg/autodiff.hpp>
#include <thalweg/optim.hpp>
#include <vector>

using namespace thalweg;
namespace plot = optim::plot;

namespace {

/// A run on a function of two numbers, ready to be drawn.
struct Way {
  std::string name;
  std::vector<plot::PlanePoint> points;
  std::vector<double> values;
  optim::Result<std::vector<double>> result;
};

/// Minimises f from `start` and keeps every iterate.
template <class F, class Method>
Way follow(std::string name, const F& f, std::vector<double> start, const Method& method,
           const optim::Limits& limits) {
  optim::History history{{.points = true}};
  Way way{std::move(name), {}, {}, optim::minimise(f, start, method, limits, history)};
  for (const auto& row : history.rows()) way.points.push_back({row.x[0], row.x[1]});
  way.values = history.values();
  return way;
}

/// f as a plain function of two numbers.
template <class F>
auto plain(const F& f) {
  return [f](double x, double y) { return Var<double>(f(std::vector<Var<double>>{x, y})).value(); };
}

template <class F>
std::string surface_of(const F& f, plot::SurfaceOptions options, const std::vector<Way>& ways) {
  plot::Surface surface{plain(f), std::move(options)};
  for (const Way& way : ways) surface.trajectory(way.name, way.points);
  return surface.svg();
}

std::string values_of(std::string title, const std::vector<Way>& ways) {
  plot::Chart chart{.title = std::move(title), .x_label = "iterate", .y_label = "f", .log_y = true};
  for (const Way& way : ways) chart.series.push_back({way.name, way.values});
  return plot::to_svg(chart);
}

/// ½ (x² + κ y²): a bowl for κ = 1, a ravine for large κ.
struct Ravine {
  double kappa;
  template <class X>
  auto operator()(const X& x) const {
    return 0.5 * (x[0] * x[0] + kappa * (x[1] * x[1]));
  }
};

void step_size(plot::Page& page) {
  const Ravine f{6};
  const auto run = [&](std::string name, double rate) {
    return follow(std::move(name), f, {-3.5, 1.6}, optim::GradientDescent{{.rate = rate}},
                  {.iterations = 40, .gradient_norm = 1e-6});
  };
  // The curvature is at most L = 6: descent converges below 2 / L = 0.333 and is safe at 1 / L.
  const std::vector<Way> ways = {run("rate 0.28: right", 0.28), run("rate 0.02: too small", 0.02),
                                 run("rate 0.34: too large", 0.34)};
  page.heading("The step size");
  page.text(fmt::format(
      "f = ½ (x² + 6 y²) has curvature 6 across its valley, so that steps of more than 2/6 = 0.333 "
      "times the gradient climb the other side higher than they came from. After 40 steps f is "
      "{:.1e} "
      "at rate 0.28, {:.2f} at rate 0.02 and {:.1f} at rate 0.34.",
      ways[0].values.back(), ways[1].values.back(), ways[2].values.back()));
  page.figure(surface_of(f,
                         {.title = "Three step sizes",
                          .x = {-4, 4},
                          .y = {-2.4, 2.4},
                          .minima = {{0, 0}},
                          .height = 360},
                         ways),
              "Too small a step creeps; too large a step climbs.");
  page.figure(values_of("f, iterate by iterate", ways));
}

void momentum(plot::Page& page) {
  const Ravine f{40};
  const optim::Limits limits{.iterations = 1000, .gradient_norm = 1e-6};
  const std::vector<double> start{-3.5, 0.8};
  const std::vector<Way> ways = {
      follow("gradient descent", f, start, optim::GradientDescent{{.rate = 2.0 / 41}}, limits),
      follow("momentum 0.55", f, start, optim::Sgd{{.rate = 0.07, .momentum = 0.55}}, limits),
      follow("Nesterov 0.73", f, start,
             optim::Sgd{{.rate = 0.025, .momentum = 0.73, .nesterov = true}}, limits),
      follow("L-BFGS", f, start, optim::Lbfgs{}, limits),
  };
  page.heading("Momentum in a ravine");
  std::string text =
      "f = ½ (x² + 40 y²): the gradient points across the ravine, the way leads along it. Momentum "
      "adds up what steps agree on and cancels what they do not. Iterations to a gradient norm of "
      "1e-6:";
  for (const Way& way : ways) text += fmt::format(" {} {},", way.name, way.result.iterations);
  text.back() = '.';
  page.text(text);
  page.figure(surface_of(f,
                         {.title = "Condition number 40",
                          .x = {-4, 2},
                          .y = {-1.1, 1.1},
                          .minima = {{0, 0}},
                          .height = 340},
                         ways),
              "Plain descent, at its best rate, zigzags; momentum swings along.");
  page.figure(values_of("f, iterate by iterate", ways));
}

/// Least squares: a line y = a + b x through noisy points, in batches.
struct Line {
  std::vector<double> x, y;

  Line(std::size_t count, Random& random) : x(count), y(count) {
    for (std::size_t i = 0; i < count; ++i) {
      x[i] = random.uniform(-1, 1);
      y[i] = 0.5 - 1.2 * x[i] + 0.6 * random.normal();
    }
  }
  /// Mean of ½ (a + b x − y)² over the examples `batch`.
  template <class P>
  auto loss(const P& p, std::span<const std::int64_t> batch) const {
    typename P::value_type sum = 0.0;
    for (const std::int64_t i : batch) {
      auto r = p[0] + p[1] * x[static_cast<std::size_t>(i)] - y[static_cast<std::size_t>(i)];
      sum += 0.5 * (r * r);
    }
    return sum / static_cast<double>(batch.size());
  }
};

/// Batches of `size` in random order, `epochs` times; the rate follows the schedule.
Way stochastic(std::string name, const Line& data, std::size_t size, int epochs,
               const optim::Schedule& rate, Random random) {
  Parameter<double> p(Tensor<double>{-1.5, 1.5});
  const ParameterList<double> parameters{{"p", &p}};
  optim::Sgd sgd;
  Way way{std::move(name), {}, {}, {}};
  const std::vector<std::int64_t> all =
      random.permutation(static_cast<std::int64_t>(data.x.size()));
  const auto note = [&] {
    const std::vector<double> now = p.value().to_vector();
    way.points.push_back({now[0], now[1]});
    way.values.push_back(data.loss(now, all));
  };
  note();
  for (int epoch = 0; epoch < epochs; ++epoch) {
    const auto order = random.permutation(static_cast<std::int64_t>(data.x.size()));
    for (std::size_t at = 0; at + size <= order.size(); at += size) {
      Tape tape;
      const auto loss = data.loss(Tensor<double>(p).scalars(), std::span(order).subspan(at, size));
      sgd.set_rate(rate(sgd.steps()));
      sgd.step(parameters, tape.backward(loss));
      note();
    }
  }
  return way;
}

/// How far above the minimum the last quarter of a run is, on average.
double excess(const Way& way, double minimum) {
  const std::size_t from = way.values.size() * 3 / 4;
  double sum = 0;
  for (std::size_t k = from; k < way.values.size(); ++k) sum += way.values[k] - minimum;
  return sum / static_cast<double>(way.values.size() - from);
}

void noise(plot::Page& page, Random& random) {
  const std::size_t count = 200;
  const Line data(count, random);
  const std::vector<std::int64_t> all = random.permutation(count);
  const auto f = [&](const auto& p) { return data.loss(p, all); };
  const auto best = optim::minimise(f, {0.0, 0.0}, optim::Lbfgs{});
  const optim::Schedule steady = optim::constant(0.3);
  const optim::Schedule annealed = optim::inverse_time({.rate = 0.3, .decay = 0.05});
  const std::vector<Way> ways = {
      stochastic("full batch", data, count, 60, steady, random),
      stochastic("mini-batches of 10", data, 10, 6, steady, random),
      stochastic("single examples", data, 1, 1, steady, random),
      stochastic("single examples, annealed", data, 1, 1, annealed, random),
  };
  page.heading("Batches, mini-batches, single examples, annealing");
  page.text(fmt::format(
      "A line is fitted to {} noisy points. Each step uses the gradient of all of them, of 10, or "
      "of "
      "one, always at rate 0.3; the fourth run anneals it by {}. The full batch sees {} examples, "
      "mini-batches {}, the others {}. Above the minimum, mean of the last quarter: {:.1e} full "
      "batch, {:.1e} mini-batches, {:.1e} single examples, {:.1e} annealed.",
      count, annealed, 60 * count, 6 * count, count, excess(ways[0], best.value),
      excess(ways[1], best.value), excess(ways[2], best.value), excess(ways[3], best.value)));
  page.figure(surface_of(f,
                         {.title = "The same loss by four kinds of batches",
                          .x = {-2, 2},
                          .y = {-2.4, 2.2},
                          .x_label = "a",
                          .y_label = "b",
                          .minima = {{best.x[0], best.x[1]}}},
                         ways),
              "The fewer examples a step sees, the more it wanders, and the sooner it is there.");
  std::vector<Way> above = ways;
  for (Way& way : above)
    for (double& value : way.values) value -= best.value;
  page.figure(values_of("Loss above its minimum, by step", above));
}

/// Descent on the mean loss or on the sum over each batch: the loss over all examples, step by
/// step.
std::vector<double> losses_of(const Line& data, std::size_t size, double rate, bool summed,
                              int steps) {
  Parameter<double> p(Tensor<double>{-1.5, 1.5});
  optim::GradientDescent descent{{.rate = rate}};
  std::vector<std::int64_t> all(data.x.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::int64_t>(i);
  std::vector<double> values = {data.loss(p.value().to_vector(), all)};
  for (int k = 0; k < steps; ++k) {
    const std::span batch =
        std::span(all).subspan(static_cast<std::size_t>(k) * size % all.size(), size);
    Tape tape;
    const double factor = summed ? static_cast<double>(size) : 1;
    const Var<double> loss = factor * data.loss(Tensor<double>(p).scalars(), batch);
    descent.step({{"p", &p}}, tape.backward(loss));
    values.push_back(data.loss(p.value().to_vector(), all));
  }
  return values;
}

void batch_size(plot::Page& page, Random& random) {
  const Line data(512, random);
  const double rate = 0.6;
  const auto summed = [&](std::size_t size, double of) {
    return losses_of(data, size, of, true, 40);
  };
  plot::Chart chart{
      .title = "Loss over all 512 examples", .x_label = "step", .y_label = "loss", .log_y = true};
  for (const std::size_t size : {32, 128})
    chart.series.push_back(
        {fmt::format("mean of {}, rate {}", size, rate), losses_of(data, size, rate, false, 40)});
  chart.series.push_back({fmt::format("sum of 32, rate {}/32", rate), summed(32, rate / 32)});
  chart.series.push_back({fmt::format("sum of 128, rate {}/32", rate), summed(128, rate / 32)});
  page.heading("Averaged over the batch");
  page.text(fmt::format(
      "The sum of a loss over n examples has a gradient n times that of the mean. Averaged, one "
      "rate "
      "serves every batch size: after 40 steps the loss is {:.4f} on batches of 32 and {:.4f} on "
      "batches of 128, both at rate {}. Summed, the rate must be divided by n: {}/32 gives the "
      "same "
      "{:.4f} on batches of 32, and {:.1e} on batches of 128, each step four times as long.",
      chart.series[0].y.back(), chart.series[1].y.back(), rate, rate, chart.series[2].y.back(),
      chart.series[3].y.back()));
  std::vector<double>& grown = chart.series.back().y;
  while (grown.back() > 1e3) grown.pop_back();
  page.figure(plot::to_svg(chart),
              "The same rate for batches of 32 and of 128; the sum of 128 is drawn until it leaves "
              "the chart.");

  std::vector<std::int64_t> all(512);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::int64_t>(i);
  const auto f = [&](const auto& p) { return data.loss(p, all); };
  const auto best = optim::minimise(f, {0.0, 0.0}, optim::Lbfgs{});
  std::string text =
      "When to stop? When the loss stops changing: here once a step of gradient descent at rate "
      "0.1 "
      "changes it by at most the given share.";
  for (const double share : {1e-2, 1e-4, 1e-6}) {
    const auto result = optim::minimise(f, {-1.5, 1.5}, optim::GradientDescent{{.rate = 0.1}},
                                        {.gradient_norm = {}, .relative_value_change = share});
    text += fmt::format(" A share of {:g} stops after {} steps, {:.1e} above the minimum.", share,
                        result.iterations, result.value - best.value);
  }
  page.text(text);
}

/// A bowl with ripples: many local minima, the lowest at (1, −0.5).
struct Ripples {
  template <class X>
  auto operator()(const X& v) const {
    using std::cos;
    auto x = v[0] - 1;
    auto y = v[1] + 0.5;
    constexpr double waves = 1.5 * std::numbers::pi;
    return 2 + 0.35 * (x * x + y * y) - cos(waves * x) - cos(waves * y);
  }
};
const plot::SurfaceOptions ripples_map{
    .title = "A bowl with ripples", .x = {-4, 4}, .y = {-4, 4}, .minima = {{1, -0.5}}};

void restarts(plot::Page& page, Random& random) {
  const Ripples f;
  const optim::Limits limits{.iterations = 200, .gradient_norm = 1e-8};
  const optim::GradientDescent descent{{.rate = 0.03}};
  std::vector<Way> ways = {follow("one descent", f, {-3.3, 3.2}, descent, limits)};
  Way best = ways[0];
  int starts = 0;
  for (; starts < 60 && best.result.value > 1e-6; ++starts) {
    const std::vector<double> start{random.uniform(-4, 4), random.uniform(-4, 4)};
    Way way = follow(fmt::format("restart {}", starts + 1), f, start, descent, limits);
    if (way.result.value < best.result.value) {
      best = way;
      if (ways.size() < 5) ways.push_back(way);
    }
  }
  if (ways.back().name != best.name) ways.push_back(best);
  page.heading("Restarts out of local minima");
  page.text(fmt::format(
      "Descent ends in the hollow that it begins in: from (−3.3, 3.2) at f = {:.3f}. Begun again "
      "from random places and keeping the best, it finds the lowest hollow, f = {:.1e}, at restart "
      "{}. "
      "Drawn are the restarts that were better than all before. optim::Multistart does the same "
      "with "
      "any method.",
      ways[0].result.value, best.result.value, starts));
  page.figure(surface_of(f, ripples_map, ways), "The first descent, and restarts.");
}

/// The lower of two parabolas, rounded off where they meet: −log(e^(−a) + e^(−b)). A wide valley at
/// −2 with the curvature 1, and a narrow one at 1.5 with the curvature 8, which is less deep.
template <class X>
auto two_valleys(const X& x) {
  using std::exp, std::log;
  auto a = 0.5 * (x + 2) * (x + 2);
  auto b = 4 * (x - 1.5) * (x - 1.5) + 0.8;
  return a - log(1 + exp(a - b));
}
double valleys_at(double x) { return two_valleys(Var<double>(x)).value(); }

/// Where descent from `start` comes, step by step.
std::vector<double> descend(double start, const optim::Schedule& rate, Index steps) {
  Parameter<double> x{Tensor<double>(start)};
  optim::GradientDescent descent;
  std::vector<double> at = {start};
  for (Index t = 0; t < steps; ++t) {
    Tape tape;
    const auto gradients = tape.backward(two_valleys(x));
    descent.set_rate(rate(t));
    descent.step({{"x", &x}}, gradients);
    at.push_back(x.value().item());
  }
  return at;
}

void restarts_of_the_rate(plot::Page& page) {
  const optim::Schedule small = optim::constant(0.03);
  const optim::Schedule restarted =
      small.first(40) | optim::cosine_restarts({.from = 0.6, .to = 0.005, .period = 30});
  const Index steps = 100;
  const std::vector<double> plain = descend(2.6, small, steps),
                            sgdr = descend(2.6, restarted, steps);
  plot::Chart curve{.title = "A curve with two minima", .x_label = "x", .y_label = "f"};
  plot::Series f{"f", {}, {}};
  for (int k = 0; k <= 300; ++k) {
    f.x.push_back(-4.2 + 7.2 * k / 300);
    f.y.push_back(valleys_at(f.x.back()));
  }
  curve.series.push_back(f);
  const auto way = [&](const std::string& name, std::span<const double> at) {
    plot::Series series{name, {}, {}};
    for (const double x : at) series.x.push_back(x), series.y.push_back(valleys_at(x));
    curve.series.push_back(series);
  };
  way("plain descent", plain);
  way("from the first restart on", std::span(sgdr).subspan(40));
  page.heading("Restarts of the rate");
  page.text(fmt::format(
      "A gentler restart leaves the place as it is and raises the rate (SGDR): very large, then "
      "annealed, and again. Descent at rate 0.03 from 2.6 is caught in the right-hand valley, at "
      "{:.3f} after {} steps, where f = {:.3f}. Its curvature is 8, so that a rate above 2/8 "
      "leaves "
      "it; the left-hand valley, wider, holds rates up to 2. With restarts after step 40, {}, the "
      "descent ends at {:.3f}, f = {:.1e}.",
      plain.back(), steps, valleys_at(plain.back()), restarted, sgdr.back(),
      valleys_at(sgdr.back())));
  page.figure(plot::to_svg(curve),
              "The first restart swings wider and wider, out of the right-hand valley and into the "
              "left-hand one.");
  plot::Chart places{.title = "x, step by step", .x_label = "step", .y_label = "x"};
  places.series = {{"plain descent", plain}, {"with restarts of the rate", sgdr}};
  page.figure(plot::to_svg(places), "Restarts at steps 40 and 70.");

  const optim::Schedule schedule =
      optim::cosine_restarts({.from = 0.1, .to = 0.001, .period = 50, .growth = 2});
  const optim::Schedule warmed = optim::warmup(40) | optim::cosine({.from = 0.1, .steps = 310});
  plot::Chart chart{.title = "Rates over time", .x_label = "step", .y_label = "rate"};
  for (const optim::Schedule* rate : {&schedule, &warmed}) {
    plot::Series series{fmt::format("{}", *rate), {}, {}};
    for (Index t = 0; t < 350; ++t) {
      series.x.push_back(static_cast<double>(t));
      series.y.push_back((*rate)(t));
    }
    chart.series.push_back(series);
  }
  page.figure(plot::to_svg(chart),
              "The rate jumps back up and anneals again, each time for longer, beside a warm-up "
              "followed by one long annealing.");
}

void other_searches(plot::Page& page, std::uint64_t seed) {
  const Ripples f;
  const std::vector<double> start{-3.3, 3.2};
  const optim::Limits limits{.evaluations = 2000, .value = 1e-8};
  const optim::Bounds bounds{-4, 4};
  const std::vector<Way> ways = {
      follow("gradient descent", f, start, optim::GradientDescent{{.rate = 0.03}}, limits),
      follow("random search", f, start, optim::RandomSearch{{.bounds = bounds, .seed = seed}},
             limits),
      follow("genetic algorithm", f, start,
             optim::Genetic{{.bounds = bounds, .population = 40, .seed = seed}}, limits),
      follow("CMA-ES", f, start, optim::CmaEs{{.bounds = bounds, .sigma = 2, .seed = seed}},
             limits),
  };
  page.heading("Searches without a gradient");
  std::string text =
      "The same surface from the same start, at most 2,000 evaluations each. Where "
      "they end:";
  for (const Way& way : ways)
    text += fmt::format(" {} f = {:.1e} after {} evaluations,", way.name, way.result.value,
                        way.result.evaluations);
  text.back() = '.';
  page.text(text);
  page.figure(surface_of(f, ripples_map, ways), "Best points so far, or of each generation.");
}

void run(const std::string& out, std::uint64_t seed) {
  Random random{seed};
  plot::Page page{"Going downhill"};
  page.text(
      "Gradient descent takes steps against the gradient. What can go wrong, and what helps.");
  step_size(page);
  momentum(page);
  noise(page, random);
  batch_size(page, random);
  restarts(page, random);
  restarts_of_the_rate(page);
  other_searches(page, seed);
  page.write(out);
  fmt::print("wrote {}\n", out);
}

}  // namespace

int main(int argc, char** argv) {
  std::string out = "downhill.html";
  std::uint64_t seed = 1;
  CLI::App app{"Draws what lessons on gradient descent draw."};
  app.option_defaults()->always_capture_default();
  app.add_option("--out", out, "The page that is written");
  app.add_option("--seed", seed, "Of the data and of every random choice");
  try {
    app.parse(argc, argv);
    run(out, seed);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 1;  // 0 after --help
  } catch (const std::exception& error) {
    fmt::print(stderr, "downhill: {}\n", error.what());
    return 1;
  }
}
