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

/// Windows of the series from these starts on, and the value that follows each of their steps: x
/// and y [count, window, 1].
nn::Dataset<float, float> windows(const Tensor<float>& series, const std::vector<Index>& starts,
                                  Index window) {
  std::vector<Tensor<float>> x, next;
  for (const Index start : starts) {
    x.push_back(slice(series, 0, {start, start + window}));
    next.push_back(slice(series, 0, {start + 1, start + window + 1}));
  }
  return {stack(x), stack(next)};
}

/// begin, begin + 1, …, end − 1
std::vector<Index> range(Index begin, Index end) { return arange<Index>(begin, end).to_vector(); }

/// The root of the mean square of the differences.
double rms(const Tensor<float>& a, const Tensor<float>& b) {
  return std::sqrt(static_cast<double>(mean(square(a - b)).item()));
}

/// A column of values with mean 0 and variance 1 in its part to learn from.
struct Scaled {
  nn::Scaling<float> scaling;
  Tensor<float> values;

  Scaled(const Tensor<float>& series, Index known)
      : scaling(nn::standardising(slice(series, 0, 0, known))), values(scaling(series)) {}
  Tensor<float> back(const Tensor<float>& scaled) const {
    return scaled * scaling.deviation[0] + scaling.mean[0];
  }
};

/// The forecasts of the values begin … end − 1, each from the `window` values before it.
Tensor<float> forecasts(const Forecaster& model, const Scaled& series, Index begin, Index end,
                        Index window) {
  const auto data = windows(series.values, range(begin - window, end - window), window);
  return series.back(at(model(data.x, nn::evaluation), 1, -1));  // no tape, nothing recorded
}

/// The values themselves, `lag` steps late.
Tensor<float> late(const Tensor<float>& series, Index begin, Index end, Index lag) {
  return slice(series, 0, begin - lag, end - lag);
}

/// A metric: the root of the mean square error of each window's last forecast, which is the one
/// that the model is for.
struct LastForecast {
  static constexpr auto name = "error";
  void add(const Tensor<float>& forecast, const Tensor<float>& next) {
    squares += sum(square(at(forecast, 1, -1) - at(next, 1, -1))).item();
    count += forecast.size(0);
  }
  double value() const { return std::sqrt(squares / static_cast<double>(count)); }
  void reset() { *this = {}; }
  double squares = 0;
  Index count = 0;
};

/// Learns from the values before `known`; ends with the parameters of the epoch whose forecasts of
/// the values known … tested − 1 were best.
nn::History fit(Forecaster& model, const Tensor<float>& scaled, Index known, Index tested,
                const Options& options) {
  nn::History history;
  optim::Adam adam{{.rate = options.rate}};
  const Index window = options.window;
  nn::fit(model, nn::MSELoss{}, windows(scaled, range(0, known - window), window), adam,
          {.epochs = options.epochs,
           .batch = options.batch,
           .seed = options.seed,
           .validation = windows(scaled, range(known - window, tested - window), window),
           .metrics = {LastForecast{}}},
          history, nn::KeepBest{"", {.restore = true, .metric = "error", .higher = false}});
  return history;
}

std::vector<double> heights(const Tensor<float>& x) {
  return {x.values().begin(), x.values().end()};
}

void write_report(const Options& options, const std::string& result, const nn::History& history,
                  const Tensor<float>& truth, const Tensor<float>& forecast, Index begin) {
  const auto time =
      heights(arange<float>(static_cast<float>(begin), static_cast<float>(begin + truth.size())));
  nn::Report page{"One step ahead"};
  page.text(result);
  page.chart({.title = "Test: not learned from, each forecast from the values before it",
              .series = {{"truth", heights(truth), time}, {"forecast", heights(forecast), time}},
              .x_label = "row",
              .y_label = options.column});
  page.chart({.title = "Training: the epoch with the least validation error is kept",
              .series = {{"training", history.metric("error")},
                         {"validation", history.validation_metric("error")}},
              .y_label = "error, in deviations"});
  page.write(options.report);
}

/// A column [count, 1].
Tensor<float> read_series(const Options& options) {
  const nn::Table table = nn::read_csv(options.data);
  const auto& series = table.column(table.find(options.column)).numbers;
  if (series.empty())
    throw DataError(fmt::format("{}: column {} holds no numbers", options.data, options.column));
  const auto needed = 5 * std::max(options.window, options.season) + 10;
  if (static_cast<Index>(series.size()) < needed)
    throw ValueError(fmt::format("{} values; a window of {} and a season of {} need {}",
                                 series.size(), options.window, options.season, needed));
  const std::vector<float> values(series.begin(), series.end());
  return Tensor<float>({static_cast<Index>(values.size()), 1}, values);
}

/// True if the model beat both forecasts without learning.
bool run(const Options& options) {
  Random random{options.seed};
  const auto series = read_series(options);
  const Index count = series.size();
  const Index known = count * 6 / 10, tested = count * 8 / 10;
  const Scaled scaled(series, known);
  Forecaster model{{1, options.hidden, random}, {options.hidden, 1, random}};
  fmt::print("{} values: {} to learn from, {} to choose the epoch, {} to test; {} parameters\n",
             count, known, tested - known, count - tested, nn::parameter_count(model));

  const auto history = fit(model, scaled.values, known, tested, options);

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
