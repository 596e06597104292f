#include "thalweg/optim/state/archive.hpp"

#include <fmt/format.h>

#include <cstring>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::optim {

namespace {

/// An entry that owns a copy of the numbers.
template <class Number>
Archive::Entry entry_of(const Shape& shape, const std::vector<Number>& numbers) {
  const auto owner = std::make_shared<const std::vector<Number>>(numbers);
  return {.type = stored_type<Number>,
          .shape = shape,
          .bytes = {reinterpret_cast<const char*>(owner->data()), numbers.size() * sizeof(Number)},
          .owner = owner};
}

template <class Number>
std::vector<Number> numbers_of(const Archive::Entry& entry) {
  std::vector<Number> numbers(entry.bytes.size() / sizeof(Number));
  if (!numbers.empty()) std::memcpy(numbers.data(), entry.bytes.data(), entry.bytes.size());
  return numbers;
}

}  // namespace

Archive::Archive(std::map<std::string, Entry> entries, std::map<std::string, std::string> texts,
                 std::string origin)
    : entries_(std::move(entries)),
      texts_(std::move(texts)),
      origin_(std::move(origin)),
      restoring_(true) {}

std::string Archive::place(std::string_view name) const {
  return fmt::format("{}: entry \"{}\"", origin_, full(name));
}

void Archive::put(std::string_view name, Entry entry) {
  if (!entries_.emplace(full(name), std::move(entry)).second)
    throw ValueError(fmt::format("{} is stored twice", place(name)));
}

const Archive::Entry& Archive::get(std::string_view name) const {
  const auto found = entries_.find(full(name));
  if (found == entries_.end()) throw DataError(fmt::format("{} is missing", place(name)));
  return found->second;
}

std::vector<std::string> Archive::names() const {
  std::vector<std::string> names;
  for (auto entry = entries_.lower_bound(prefix_);
       entry != entries_.end() && entry->first.starts_with(prefix_); ++entry)
    names.push_back(entry->first.substr(prefix_.size()));
  return names;
}

template <class Number>
void Archive::number(std::string_view name, Number& value) {
  if (!restoring_) return put(name, entry_of<Number>(Shape{}, {value}));
  const Entry& entry = get(name);
  if (entry.type != stored_type<Number> || entry.shape != Shape{})
    throw DataError(fmt::format("{} is {} {}; expected {} []", place(name), entry.type, entry.shape,
                                stored_type<Number>));
  std::memcpy(&value, entry.bytes.data(), sizeof(Number));
}

template <class Number>
void Archive::list(std::string_view name, std::vector<Number>& values) {
  if (!restoring_) return put(name, entry_of({static_cast<Index>(values.size())}, values));
  const Entry& entry = get(name);
  if (entry.type != stored_type<Number> || entry.shape.rank() != 1)
    throw DataError(fmt::format("{} is {} {}; expected {} [n]", place(name), entry.type,
                                entry.shape, stored_type<Number>));
  values = numbers_of<Number>(entry);
}

template <class Number>
void Archive::tensor(std::string_view name, Tensor<Number>& value) {
  if (restoring_)
    value = to_tensor<Number>(get(name), place(name));
  else
    put(name, to_stored(value));
}

Index Archive::stored_count(Index count) {
  (*this)("count", count);
  if (count < 0) throw DataError(fmt::format("{} is {}", place("count"), count));
  return count;
}

void Archive::choice(std::string_view name, Index& choice, Index count, Index least) {
  Index stored = choice;
  number(name, stored);
  if (stored < least || stored >= count)
    throw DataError(
        fmt::format("{} is {}; expected {} to {}", place(name), stored, least, count - 1));
  choice = stored;
}

void Archive::operator()(std::string_view name, bool& value) {
  std::uint8_t byte = value;
  number(name, byte);
  if (byte > 1) throw DataError(fmt::format("{} is {}; expected 0 or 1", place(name), byte));
  value = byte == 1;
}

void Archive::operator()(std::string_view name, float& value) { number(name, value); }
void Archive::operator()(std::string_view name, double& value) { number(name, value); }
void Archive::operator()(std::string_view name, Index& value) { number(name, value); }
void Archive::operator()(std::string_view name, std::uint64_t& value) { number(name, value); }
void Archive::operator()(std::string_view name, std::vector<float>& values) { list(name, values); }
void Archive::operator()(std::string_view name, std::vector<double>& values) { list(name, values); }
void Archive::operator()(std::string_view name, std::vector<Index>& values) { list(name, values); }
void Archive::operator()(std::string_view name, Tensor<float>& value) { tensor(name, value); }
void Archive::operator()(std::string_view name, Tensor<double>& value) { tensor(name, value); }
void Archive::operator()(std::string_view name, IndexTensor& value) { tensor(name, value); }

void Archive::operator()(std::string_view name, std::string& value) {
  if (!restoring_) {
    if (!texts_.emplace(full(name), value).second)
      throw ValueError(fmt::format("{}: text \"{}\" is stored twice", origin_, full(name)));
    return;
  }
  const auto found = texts_.find(full(name));
  if (found == texts_.end())
    throw DataError(fmt::format("{}: text \"{}\" is missing", origin_, full(name)));
  value = found->second;
}

void Archive::operator()(std::string_view name, std::vector<std::string>& values) {
  const Scope scope(*this, name);
  (*this)(values);
}

// "name.names" and "name.values".
void Archive::operator()(std::string_view name,
                         std::vector<std::pair<std::string, double>>& values) {
  std::vector<std::string> names;
  std::vector<double> numbers;
  for (const auto& [key, number] : values) names.push_back(key), numbers.push_back(number);
  const Scope scope(*this, name);
  (*this)("names", names), (*this)("values", numbers);
  if (names.size() != numbers.size())
    throw DataError(fmt::format("{} holds {} numbers; expected one for each of {} names",
                                place("values"), numbers.size(), names.size()));
  values.clear();
  for (std::size_t k = 0; k < names.size(); ++k) values.emplace_back(names[k], numbers[k]);
}

// None or one number.
void Archive::operator()(std::string_view name, std::optional<double>& value) {
  std::vector<double> values;
  if (value) values.push_back(*value);
  list(name, values);
  if (values.size() > 1)
    throw DataError(
        fmt::format("{} holds {} numbers; expected one or none", place(name), values.size()));
  value = values.empty() ? std::nullopt : std::optional(values[0]);
}

void Archive::operator()(std::string_view name, Shape& value) {
  std::vector<Index> sizes(value.begin(), value.end());
  list(name, sizes);
  try {
    value = Shape(sizes);
  } catch (const ShapeError& error) {
    throw DataError(fmt::format("{} is no shape: {}", place(name), error.what()));
  }
}

void Archive::operator()(std::string_view name, Random& value) {
  std::vector<std::uint64_t> words(value.state().begin(), value.state().end());
  list(name, words);
  Random::State state{};
  if (words.size() == state.size()) std::copy(words.begin(), words.end(), state.begin());
  if (state == Random::State{})
    throw DataError(fmt::format("{} is no state of a random generator", place(name)));
  value.restore(state);
}

}  // namespace thalweg::optim
