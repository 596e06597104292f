/// Learns to forecast a time series one step ahead, and says whether that was worth it.
///
///     series                                      the yearly sunspots that come with the library
///     series --data sales.csv --column units --season 12
///     series --window 48 --hidden 32 --epochs 100 --seed 7
///
/// The series is cut by time: the first 60 % are learned from, the next 20 % choose the best epoch,
/// the last 20 % are the test. Prints the test error beside those of two forecasts that need no
/// learning, the value before and the value a season before, and writes series.html. Fails if the
/// model does not beat both.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <exception>
#include <string>
#include <thalweg/autodiff.hpp>
#include <thalweg/autodiff/base/parallel.hpp>
#include <thalweg/nn.hpp>
#include <thalweg/nn/layers/lstm.hpp>
#include <thalweg/optim.hpp>
#include <vector>

using namespace thalweg;

namespace {

struct Options {
  std::string data = THALWEG_SUNSPOTS;
  std::string column = "-1";  // the last one
  std::string report = "series.html";
  std::uint64_t seed = 1;
  Index season = 11;  // years between two maxima of the sun
  Index window = 22;
  Index epochs = 80;
  Index hidden = 16;
  Index batch = 32;
  double rate = 5e-3;
};

/// Forecasts, after each step, the next value: the value now and a change that is learned. A model
/// that knows nothing yet forecasts that nothing changes.
struct Forecaster {
  nn::LSTM<float> lstm;
  nn::Linear<float> change;

  /// x [batch, time, 1]: forecasts [batch, time, 1].
  Tensor<float> operator()(const Tensor<float>& x, nn::Mode mode) const {
    return x + change(lstm(x, mode).output);
  }
};

/// Windows of the series, and the value that follows each of their steps.
struct Windows {
  Tensor<float> x, next;  // [count, window, 1]
};

Windows windows(const std::vector<double>& series, const std::vector<Index>& starts, Index window) {
  std::vector<float> x, next;
  for (const Index start : starts)
    for (Index t = start; t < start + window; ++t) {
      x.push_back(static_cast<float>(series[static_cast<std::size_t>(t)]));
      next.push_back(static_cast<float>(series[static_cast<std::size_t>(t) + 1]));
    }
  const Shape shape{static_cast<Index>(starts.size()), window, 1};
  return {Tensor<float>(shape, x), Tensor<float>(shape, next)};
}

/// begin, begin + 1, …, end − 1
std::vector<Index> range(Index begin, Index end) { return arange<Index>(begin, end).to_vector(); }

/// The root of the mean square of the differences.
double rms(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t k = 0; k < a.size(); ++k) sum += (a[k] - b[k]) * (a[k] - b[k]);
  return std::sqrt(sum / static_cast<double>(a.size()));
}

/// A series with mean 0 and variance 1 in its part to learn from.
struct Scaled {
  std::vector<double> values;
  double mean = 0, deviation = 1;

  Scaled(const std::vector<double>& series, Index known) {
    const auto count = static_cast<double>(known);
    for (Index t = 0; t < known; ++t) mean += series[static_cast<std::size_t>(t)] / count;
    const std::vector<double> part(series.begin(), series.begin() + known);
    deviation = std::max(1e-12, rms(part, std::vector<double>(part.size(), mean)));
    for (const double value : series) values.push_back((value - mean) / deviation);
  }
};

/// The forecasts of the values begin … end − 1, each from the `window` values before it.
std::vector<double> forecasts(const Forecaster& model, const Scaled& series, Index begin, Index end,
                              Index window) {
  const auto data = windows(series.values, range(begin - window, end - window), window);
  const Tensor last = at(model(data.x, nn::evaluation), 1, -1);  // no tape, nothing recorded
  std::vector<double> result;
  for (const float value : last.values()) result.push_back(value * series.deviation + series.mean);
  return result;
}

/// The values themselves, `lag` steps late.
std::vector<double> late(const std::vector<double>& series, Index begin, Index end, Index lag) {
  return {series.begin() + begin - lag, series.begin() + end - lag};
}

struct History {
  std::vector<double> train, validation;
};

/// Learns from the values before `known`; ends with the parameters of the epoch whose forecasts of
/// the values known … tested − 1 were best.
History fit(Forecaster& model, const std::vector<double>& series, const Scaled& scaled, Index known,
            Index tested, const Options& options, Random& random) {
  History history;
  optim::Adam adam{{.rate = options.rate}};
  const auto parameters = nn::parameters(model);
  const auto truth = late(series, known, tested, 0);
  Forecaster best = model;
  for (Index epoch = 0; epoch < options.epochs; ++epoch) {
    auto order = random.permutation(known - options.window);
    double sum = 0;
    Index steps = 0;
    for (std::size_t k = 0; k < order.size();
         k += static_cast<std::size_t>(options.batch), ++steps) {
      const auto end = std::min(order.size(), k + static_cast<std::size_t>(options.batch));
      const auto data =
          windows(scaled.values, {order.data() + k, order.data() + end}, options.window);
      Tape tape;
      const Tensor loss = mean(square(model(data.x, nn::training(random)) - data.next));
      adam.step(parameters, tape.backward(loss));
      sum += loss.item();
    }
    history.train.push_back(std::sqrt(sum / static_cast<double>(steps)) * scaled.deviation);
    history.validation.push_back(
        rms(forecasts(model, scaled, known, tested, options.window), truth));
    if (history.validation.back() <= std::ranges::min(history.validation)) best = model;
  }
  nn::copy_parameters(best, model);
  return history;
}

void write_report(const Options& options, const std::string& result, const History& history,
                  const std::vector<double>& truth, const std::vector<double>& forecast,
                  Index begin) {
  std::vector<double> time;
  for (std::size_t k = 0; k < truth.size(); ++k)
    time.push_back(static_cast<double>(begin) + static_cast<double>(k));
  optim::plot::Page page{"One step ahead"};
  page.text(result);
  page.figure(optim::plot::to_svg({.title = "Test",
                                   .series = {{"truth", truth, time}, {"forecast", forecast, time}},
                                   .x_label = "row",
                                   .y_label = options.column}),
              "Values that the model has not learned from, each forecast from those before it.");
  page.figure(optim::plot::to_svg(
                  {.title = "Training",
                   .series = {{"training", history.train}, {"validation", history.validation}},
                   .x_label = "epoch",
                   .y_label = "error"}),
              "The epoch with the least validation error is kept.");
  page.write(options.report);
}

std::vector<double> read_series(const Options& options) {
  const nn::Table table = nn::read_csv(options.data);
  const auto& series = table.column(table.find(options.column)).numbers;
  if (series.empty())
    throw DataError(fmt::format("{}: column {} holds no numbers", options.data, options.column));
  const auto needed = 5 * std::max(options.window, options.season) + 5;
  if (static_cast<Index>(series.size()) < needed)
    throw ValueError(fmt::format("{} values; a window of {} and a season of {} need {}",
                                 series.size(), options.window, options.season, needed));
  return series;
}

/// True if the model beat both forecasts without learning.
bool run(const Options& options) {
  Random random{options.seed};
  const auto series = read_series(options);
  const auto count = static_cast<Index>(series.size());
  const Index known = count * 6 / 10, tested = count * 8 / 10;
  const Scaled scaled(series, known);
  Forecaster model{{1, options.hidden, random}, {options.hidden, 1, random}};
  fmt::print("{} values: {} to learn from, {} to choose the epoch, {} to test; {} parameters\n",
             count, known, tested - known, count - tested, nn::parameter_count(model));

  const auto history = fit(model, series, scaled, known, tested, options, random);

  const auto truth = late(series, tested, count, 0);
  const auto forecast = forecasts(model, scaled, tested, count, options.window);
  const double error = rms(forecast, truth);
  const double before = rms(late(series, tested, count, 1), truth);
  const double season = rms(late(series, tested, count, options.season), truth);
  const std::string result = fmt::format(
      "test error (rms):  model {:.3g},  value before {:.3g},  value {} steps before {:.3g}", error,
      before, options.season, season);
  fmt::print("{}\n", result);
  write_report(options, result, history, truth, forecast, tested);
  fmt::print("wrote {}\n", options.report);
  return error < std::min(before, season);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"Learns to forecast a time series one step ahead."};
  app.option_defaults()->always_capture_default();
  app.add_option("--data", options.data, "CSV file, plain or gzipped; one step per row");
  app.add_option("--column", options.column, "Column of the values: its name or position");
  const CLI::Range count(1, 1'000'000);
  app.add_option("--season", options.season, "Steps after which the series is alike")->check(count);
  app.add_option("--window", options.window, "Steps that a forecast looks back on")->check(count);
  app.add_option("--epochs", options.epochs, "Passes over the windows")->check(count);
  app.add_option("--hidden", options.hidden, "Units of the LSTM")->check(count);
  app.add_option("--batch", options.batch, "Windows per step of training")->check(count);
  app.add_option("--rate", options.rate, "Learning rate of Adam")->check(CLI::Range(1e-6, 10.0));
  app.add_option("--seed", options.seed, "Of the weights and the order of windows");
  app.add_option("--report", options.report, "Where the report goes");
  try {
    app.parse(argc, argv);
    set_threads(1);  // so small a model has no work for more
    if (run(options)) return 0;
    fmt::print(stderr, "series: a forecast without learning is as good\n");
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 1;  // 0 after --help
  } catch (const std::exception& error) {
    fmt::print(stderr, "series: {}\n", error.what());
  }
  return 1;
}
