#include "thalweg/nn/data/table_encoder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <unordered_map>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/nn/formats/gzip.hpp"
#include "thalweg/optim/state/archive.hpp"

namespace thalweg::nn {
namespace {

std::size_t unsigned_of(Index index) { return static_cast<std::size_t>(index); }

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

EncoderOptions checked(EncoderOptions options) {
  if (options.missing_numbers == Fill::zeros)
    throw ValueError("TableEncoder: missing_numbers is zeros, which is for texts");
  const Fill texts = options.missing_texts;
  if (texts != Fill::refuse && texts != Fill::most_frequent && texts != Fill::zeros)
    throw ValueError(
        "TableEncoder: missing_texts is for numbers; expected refuse, most_frequent or zeros");
  if (options.most_levels < 1)
    throw ValueError(
        fmt::format("TableEncoder: most_levels is {}; expected 1 at least", options.most_levels));
  return options;
}

/// Is there anything to tell apart?
void expect_different(const Table& table, Index position) {
  const Column& column = table.column(position);
  for (Index row = 1; row < table.rows; ++row)
    if (column.text ? column.codes[unsigned_of(row)] != column.codes[0]
                    : column.numbers[unsigned_of(row)] != column.numbers[0])
      return;
  throw DataError(fmt::format(
      "{}: the target '{}' is {} in {}: there is nothing to learn", table.source,
      detail::shortened(column.name),
      column.text ? fmt::format("'{}'", column.text_in(0)) : fmt::format("{}", column.numbers[0]),
      table.rows == 1 ? "the only row" : fmt::format("all {} rows", table.rows)));
}

/// "3", "0.5": a number as the name of a class.
std::string class_name(double number) { return fmt::format("{}", number + 0.0); }

std::string class_in(const Table& table, Index row, Index position) {
  const Column& column = table.column(position);
  if (column.missing_in(row))
    throw DataError(fmt::format("{}: the label is missing", table.place(row, position)));
  return column.text ? column.levels[unsigned_of(column.codes[unsigned_of(row)])]
                     : class_name(column.numbers[unsigned_of(row)]);
}

std::vector<std::string> classes_of(const Table& table, Index position) {
  std::vector<std::string> classes;
  const Column& column = table.column(position);
  if (column.text) {
    classes = column.levels;
  } else {
    const std::set<double> values(column.numbers.begin(), column.numbers.end());
    for (const double value : values) classes.push_back(class_name(value));
  }
  for (Index row = 0; row < table.rows; ++row)
    if (column.missing_in(row)) class_in(table, row, position);  // throws
  return classes;
}

/// A target of numbers, [rows, 1].
template <class Real>
Tensor<Real> numbers_of(const Table& table, Index position) {
  detail::expect_numbers(table, position);
  Tensor<Real> y = Tensor<Real>::uninitialised({table.rows, 1});
  for (Index row = 0; row < table.rows; ++row) {
    const double number = table.column(position).numbers[unsigned_of(row)];
    const Real rounded = static_cast<Real>(number);
    if (!std::isfinite(rounded))
      throw DataError(
          fmt::format("{}: the target is {}", table.place(row, position),
                      std::isnan(number) ? std::string("missing") : fmt::format("{}", number)));
    y.unshared_data()[row] = rounded;
  }
  return y;
}

void expect_usable(const Table& table) {
  detail::expect_consistent(table);
  std::unordered_map<std::string_view, std::size_t> known;
  for (const Column& column : table.columns)
    if (const auto [at, fresh] = known.emplace(column.name, known.size()); !fresh)
      throw DataError(fmt::format("{}: columns {} and {} are both called '{}'", table.source,
                                  at->second, known.size(), detail::shortened(column.name)));
}

}  // namespace

Task task_of(const Column& column) {
  if (column.text) return Task::classification;
  constexpr std::size_t most = 20;
  std::set<double> values;
  for (const double number : column.numbers) {
    if (!std::isfinite(number) || number != std::round(number)) return Task::regression;
    if (values.insert(number).second && values.size() > most) return Task::regression;
  }
  return 2 * values.size() <= column.numbers.size() ? Task::classification : Task::regression;
}

TableEncoder::TableEncoder(EncoderOptions options) : options_(checked(std::move(options))) {}

detail::EncoderRules TableEncoder::rules() const {
  return {options_.categories, options_.unseen, options_.missing_numbers, options_.missing_texts,
          options_.standardise};
}

bool TableEncoder::used(const std::string& name) const {
  return name != options_.target && !contains(options_.ignore, name);
}

/// What `wide` says of a column; if it is dropped, new tables may have it or not.
bool TableEncoder::takes(const Table& training, Index position) {
  if (options_.categories != Categories::one_hot) return true;
  const auto wide = detail::wide(training.column(position), options_.most_levels);
  if (!wide) return true;
  if (options_.wide == Wide::refuse)
    throw DataError(fmt::format(
        "{}: {}: as one-hot it becomes {} columns; drop it, or set EncoderOptions::wide to drop or "
        "keep such columns{}",
        training.source, to_string(*wide), wide->levels,
        wide->dates || 2 * wide->levels > wide->values ? "" : ", or most_levels"));
  wide_.push_back(*wide);
  if (options_.wide == Wide::drop) options_.ignore.push_back(wide->name);
  return options_.wide == Wide::keep;
}

void TableEncoder::fit(const Table& training) {
  expect_usable(training);
  if (training.rows < 1) throw DataError(fmt::format("{}: the table has no rows", training.source));
  TableEncoder fitted(options_);
  fitted.missing_texts_ = training.missing_texts;
  for (std::string& name : fitted.options_.ignore) name = training.column(name).name;
  if (!options_.target.empty()) {
    const Index target = training.find(options_.target);
    const Column& column = training.column(target);
    fitted.options_.target = column.name;
    if (options_.task == Task::automatic) fitted.options_.task = task_of(column);
    if (fitted.task() == Task::classification)
      fitted.classes_ = classes_of(training, target);
    else
      numbers_of<double>(training, target);  // to check them
  }
  for (Index position = 0; position < training.cols(); ++position)
    if (fitted.used(training.column(position).name) && fitted.takes(training, position))
      fitted.columns_.emplace_back(training, position, rules());
  if (fitted.columns_.empty())
    throw DataError(fmt::format("{}: there is no column to learn from{}", training.source,
                                fitted.wide_.empty()
                                    ? ""
                                    : fmt::format(": {}, and EncoderOptions::wide drops it{}",
                                                  to_string(fitted.wide_.front()),
                                                  fitted.wide_.size() == 1 ? "" : " and others")));
  if (!options_.target.empty()) expect_different(training, training.find(options_.target));
  *this = std::move(fitted);
}

void TableEncoder::expect_fitted() const {
  if (columns_.empty()) throw ValueError("TableEncoder: has not been fitted");
}

void TableEncoder::expect_task(Task task) const {
  expect_fitted();
  if (options_.target.empty()) throw ValueError("TableEncoder: has no target");
  if (options_.task != task)
    throw ValueError(fmt::format("TableEncoder: the target '{}' is one of {}", options_.target,
                                 task == Task::regression ? "classification" : "regression"));
}

/// The position in the table of each column.
std::vector<Index> TableEncoder::matched(const Table& table) const {
  expect_fitted();
  expect_usable(table);
  std::unordered_map<std::string, Index> position;
  for (const Column& column : table.columns)
    position.emplace(column.name, static_cast<Index>(position.size()));
  std::vector<Index> result;
  std::vector<std::string> missing, unexpected;
  for (const auto& column : columns_)
    if (const auto found = position.find(column.name()); found == position.end()) {
      missing.push_back(column.name());
    } else {
      result.push_back(found->second);
      position.erase(found);
    }
  for (const Column& column : table.columns)
    if (position.count(column.name) && used(column.name)) unexpected.push_back(column.name);
  if (missing.empty() && unexpected.empty()) return result;
  throw DataError(
      fmt::format("{}: the columns are not those that were fitted:{}{}{}", table.source,
                  missing.empty() ? "" : " missing " + detail::listed(missing),
                  !missing.empty() && !unexpected.empty() ? ";" : "",
                  unexpected.empty() ? "" : " unexpected " + detail::listed(unexpected)));
}

template <class Real>
Tensor<Real> TableEncoder::features(const Table& table) const {
  const std::vector<Index> positions = matched(table);
  const Index width = this->width();
  Tensor<Real> x = Tensor<Real>::uninitialised({table.rows, width});
  Real* to = x.unshared_data();
  for (std::size_t k = 0; k < columns_.size(); ++k) {
    columns_[k].encode(table, positions[k], rules(), to, width);
    to += columns_[k].width(rules());
  }
  return x;
}

std::vector<UnseenText> TableEncoder::unseen(const Table& table) const {
  const std::vector<Index> positions = matched(table);
  std::vector<UnseenText> all;
  for (std::size_t k = 0; k < columns_.size(); ++k)
    for (UnseenText& text : columns_[k].unseen(table.column(positions[k])))
      all.push_back(std::move(text));
  return all;
}

IndexTensor TableEncoder::labels(const Table& table) const {
  expect_task(Task::classification);
  detail::expect_consistent(table);
  const Index position = table.find(options_.target);
  std::unordered_map<std::string, Index> known;
  for (const std::string& name : classes_) known.emplace(name, static_cast<Index>(known.size()));
  std::vector<Index> labels;
  for (Index row = 0; row < table.rows; ++row) {
    const std::string name = class_in(table, row, position);
    const auto found = known.find(name);
    if (found == known.end())
      throw DataError(fmt::format("{}: the class '{}' was not among the training rows",
                                  table.place(row, position), detail::shortened(name)));
    labels.push_back(found->second);
  }
  return IndexTensor(labels);
}

template <class Real>
Tensor<Real> TableEncoder::targets(const Table& table) const {
  expect_task(Task::regression);
  detail::expect_consistent(table);
  return numbers_of<Real>(table, table.find(options_.target));
}

template <class Real>
Dataset<Real> TableEncoder::classification(const Table& table) const {
  return {features<Real>(table), labels(table)};
}

template <class Real>
Dataset<Real, Real> TableEncoder::regression(const Table& table) const {
  expect_task(Task::regression);
  return {features<Real>(table), targets<Real>(table)};
}

Table TableEncoder::read(const std::string& path, CsvOptions options) const {
  expect_fitted();
  options.missing = Missing::keep;
  options.missing_texts.insert(options.missing_texts.end(), missing_texts_.begin(),
                               missing_texts_.end());
  const std::string text = read_unpacked(path);
  const std::vector<std::string> names = csv_columns(text, path, options);
  for (const auto& column : columns_)
    if (contains(names, column.name()))
      (column.text() ? options.text : options.numbers).push_back(column.name());
  for (const std::string& ignored : options_.ignore)  // whatever they hold
    if (contains(names, ignored)) options.text.push_back(ignored);
  return parse_csv(text, path, options);
}

Index TableEncoder::width() const {
  Index width = 0;
  for (const auto& column : columns_) width += column.width(rules());
  return width;
}

std::vector<std::string> TableEncoder::names() const {
  std::vector<std::string> names;
  for (const auto& column : columns_)
    for (std::string& name : column.names(rules())) names.push_back(std::move(name));
  return names;
}

void TableEncoder::archive(optim::Archive& archive) {
  archive(options_);
  archive("columns", columns_);
  archive("classes", classes_);
  archive("missing_texts", missing_texts_);
}

#define THALWEG_INSTANTIATE(Real)                                          \
  template Tensor<Real> TableEncoder::features(const Table&) const;        \
  template Tensor<Real> TableEncoder::targets(const Table&) const;         \
  template Dataset<Real> TableEncoder::classification(const Table&) const; \
  template Dataset<Real, Real> TableEncoder::regression(const Table&) const;
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::nn
