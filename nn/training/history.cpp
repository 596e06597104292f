#include "thalweg/nn/training/history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/files/files.hpp"
#include "thalweg/optim/base/csv.hpp"

namespace thalweg::nn {

namespace detail {

MetricValues numbers_of(const Epoch& epoch) {
  MetricValues numbers{{"loss", epoch.loss}, {"validation_loss", epoch.validation_loss}};
  for (const auto& metric : epoch.metrics) numbers.push_back(metric);
  for (const auto& [name, value] : epoch.validation_metrics)
    numbers.emplace_back("validation_" + name, value);
  return numbers;
}

}  // namespace detail

namespace {

using Metrics = MetricValues Epoch::*;

std::vector<double> column(const std::vector<Epoch>& rows, double Epoch::*member) {
  std::vector<double> values;
  for (const Epoch& row : rows) values.push_back(row.*member);
  return values;
}

[[noreturn]] void refuse(std::string_view name, const MetricValues& metrics) {
  std::string known;
  for (const auto& [metric, _] : metrics) known += (known.empty() ? "" : ", ") + metric;
  throw ValueError(fmt::format("History: there is no metric {}; there are: {}", name,
                               known.empty() ? "none" : known));
}

std::vector<double> column(const std::vector<Epoch>& rows, Metrics member, std::string_view name) {
  std::vector<double> values;
  for (const Epoch& row : rows) {
    const auto found = std::find_if((row.*member).begin(), (row.*member).end(),
                                    [&](const auto& metric) { return metric.first == name; });
    if (found == (row.*member).end()) refuse(name, row.*member);
    values.push_back(found->second);
  }
  return values;
}

std::string csv_cell(double value) {
  return std::isnan(value) ? std::string() : fmt::format("{}", value);
}

std::string json(double value) {
  return std::isfinite(value) ? fmt::format("{}", value) : std::string("null");
}

std::string json(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text)
    if (c == '"' || c == '\\')
      quoted += {'\\', c};
    else if (static_cast<unsigned char>(c) < 0x20)
      quoted += fmt::format("\\u{:04x}", static_cast<int>(c));
    else
      quoted += c;
  return quoted + '"';
}

}  // namespace

void History::epoch(const Epoch& now) {
  if (now.epoch == 1) rows_.clear();
  rows_.push_back(now);
}

std::vector<double> History::losses() const { return column(rows_, &Epoch::loss); }

std::vector<double> History::validation_losses() const {
  return column(rows_, &Epoch::validation_loss);
}

std::vector<double> History::metric(std::string_view name) const {
  return column(rows_, &Epoch::metrics, name);
}

std::vector<double> History::validation_metric(std::string_view name) const {
  return column(rows_, &Epoch::validation_metrics, name);
}

std::string History::csv() const {
  std::vector<std::string> heading = {"epoch", "step", "seconds", "rate"};
  for (const auto& [name, _] : detail::numbers_of(rows_.empty() ? Epoch{} : rows_.front()))
    heading.push_back(name);
  std::string text = optim::csv_line(heading);
  for (const Epoch& row : rows_) {
    std::vector<std::string> cells = {std::to_string(row.epoch), std::to_string(row.step),
                                      fmt::format("{}", row.seconds), fmt::format("{}", row.rate)};
    for (const auto& [_, value] : detail::numbers_of(row)) cells.push_back(csv_cell(value));
    text += optim::csv_line(cells);
  }
  return text;
}

std::string History::json_lines() const {
  std::string text;
  for (const Epoch& row : rows_) {
    text += fmt::format("{{\"epoch\": {}, \"step\": {}, \"seconds\": {}, \"rate\": {}", row.epoch,
                        row.step, json(row.seconds), json(row.rate));
    for (const auto& [name, value] : detail::numbers_of(row))
      text += fmt::format(", {}: {}", json(name), json(value));
    text += "}\n";
  }
  return text;
}

void History::write_csv(const std::string& path) const { write_file(path, csv()); }

void History::write_json_lines(const std::string& path) const { write_file(path, json_lines()); }

}  // namespace thalweg::nn
