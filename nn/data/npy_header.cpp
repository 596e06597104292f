#include "thalweg/nn/data/npy_header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/nn/formats/bytes.hpp"

namespace thalweg::nn::detail {
namespace {

/// The few things of Python that such a header consists of.
class Literals {
 public:
  Literals(std::string_view text, const std::string& origin) : rest_(text), origin_(origin) {}

  /// Skips blanks and, if it comes next, `c`.
  bool next_is(char c) {
    skip_blanks();
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (!next_is(c)) refuse(std::string("'") + c + "'");
  }
  bool ended() {
    skip_blanks();
    return rest_.empty();
  }

  std::string text() {
    const char quote = next_is('"') ? '"' : '\'';
    if (quote == '\'') expect('\'');
    const std::size_t end = rest_.find(quote);
    if (end == rest_.npos || rest_.substr(0, end).find('\\') != rest_.npos) refuse("a text");
    const std::string_view taken = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return std::string(taken);
  }
  /// What follows an opening bracket, to the one that closes it. Texts hold no brackets of types.
  void skip_list() {
    for (int depth = 1; depth > 0; rest_.remove_prefix(1)) {
      if (rest_.empty()) refuse("']'");
      depth += rest_.front() == '[';
      depth -= rest_.front() == ']';
    }
  }
  bool truth() {
    skip_blanks();
    for (const bool value : {false, true}) {
      const std::string_view word = value ? "True" : "False";
      if (!rest_.starts_with(word)) continue;
      rest_.remove_prefix(word.size());
      return value;
    }
    refuse("True or False");
  }
  /// (), (3,) or (2, 3)
  std::vector<Index> sizes() {
    std::vector<Index> sizes;
    expect('(');
    while (!next_is(')')) {
      sizes.push_back(size());
      if (next_is(')')) break;
      expect(',');
    }
    return sizes;
  }
  [[noreturn]] void refuse(const std::string& expected) const {
    throw DataError(fmt::format("{}: the header is damaged: expected {} before \"{}\"", origin_,
                                expected, shown(rest_)));
  }

 private:
  void skip_blanks() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\n"), rest_.size()));
  }
  Index size() {
    skip_blanks();
    Index size = -1;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), size);
    if (error != std::errc{} || size < 0) refuse("a size");
    rest_.remove_prefix(end - rest_.data());
    if (rest_.starts_with('L')) rest_.remove_prefix(1);  // as Python 2 wrote long numbers
    return size;
  }

  std::string_view rest_;
  const std::string& origin_;
};

Shape shape_of(const std::vector<Index>& sizes, const std::string& origin) {
  if (sizes.size() > Shape::max_rank)
    throw DataError(fmt::format("{}: has {} axes; at most {} are supported", origin, sizes.size(),
                                Shape::max_rank));
  try {
    return Shape(sizes);
  } catch (const ShapeError&) {
    throw DataError(
        fmt::format("{}: shape [{}] has more than 2^62 elements", origin, fmt::join(sizes, ", ")));
  }
}

}  // namespace

NpyHeader parse_npy_header(std::string_view text, const std::string& origin) {
  Literals literals(text, origin);
  NpyHeader header;
  bool descr = false, order = false, shape = false;
  const auto once = [&](bool& seen) {
    if (seen) literals.refuse("each key once");
    return seen = true;
  };
  literals.expect('{');
  while (!literals.next_is('}')) {
    const std::string key = literals.text();
    literals.expect(':');
    if (key == "descr" && once(descr)) {
      header.descr = literals.next_is('[') ? literals.skip_list(), structures : literals.text();
    } else if (key == "fortran_order" && once(order)) {
      header.fortran_order = literals.truth();
    } else if (key == "shape" && once(shape)) {
      header.shape = shape_of(literals.sizes(), origin);
    } else {
      literals.refuse("descr, fortran_order or shape, not '" + shown(key) + "',");
    }
    if (literals.next_is('}')) break;
    literals.expect(',');
  }
  if (!literals.ended()) literals.refuse("its end");
  if (!descr || !order || !shape) literals.refuse("descr, fortran_order and shape");
  return header;
}

}  // namespace thalweg::nn::detail
