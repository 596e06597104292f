#pragma once
/// The records of a CSV file, before anybody asks what they mean.

#include <string>
#include <string_view>
#include <vector>

namespace thalweg::nn::detail {

/// The contents of a file, unpacked if it is compressed by gzip. Throws DataError.
std::string read_file(const std::string& path);

/// Steps through the records of a file. Blank lines are no records; a cell in quotes may hold
/// separators, line ends and doubled quotes.
class Records {
 public:
  Records(std::string path, char separator);

  /// Goes on to the next record; false at the end. Throws DataError for a quote left open.
  bool next();
  /// Without surrounding blanks and quotes; valid until `next`.
  const std::vector<std::string_view>& cells() const { return cells_; }
  /// The line the record starts on, from 1.
  int line() const { return line_; }
  const std::string& source() const { return path_; }

 private:
  bool at_end() const { return at_ >= text_.size(); }
  bool at_line_end() const { return at_end() || text_[at_] == '\n'; }
  void skip_blank_lines();
  std::string_view cell();
  std::string_view quoted_cell();

  std::string path_;
  std::string text_;
  char separator_;
  std::size_t at_ = 0;
  int line_ = 0;
  int next_line_ = 1;
  std::vector<std::string_view> cells_;
};

}  // namespace thalweg::nn::detail
