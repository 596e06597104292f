#include "nn/csv_detail.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "autodiff/error.hpp"

namespace thalweg::nn::detail {

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

struct Close {
  void operator()(gzFile file) const { gzclose(file); }
};

}  // namespace

std::string read_file(const std::string& path) {
  errno = 0;
  const std::unique_ptr<gzFile_s, Close> file(gzopen(path.c_str(), "rb"));
  if (!file)
    throw DataError(errno == ENOENT
                        ? fmt::format("{}: the file does not exist", path)
                        : fmt::format("{}: cannot open the file: {}", path, std::strerror(errno)));
  std::string text;
  for (std::size_t chunk = 1 << 16;; chunk *= 2) {
    const std::size_t before = text.size();
    text.resize(before + chunk);
    const int got = gzread(file.get(), text.data() + before, static_cast<unsigned>(chunk));
    text.resize(before + static_cast<std::size_t>(got > 0 ? got : 0));
    int code = Z_OK;
    const char* reason = gzerror(file.get(), &code);
    if (code == Z_BUF_ERROR)
      throw DataError(fmt::format("{}: the compressed file ends too early", path));
    if (code == Z_ERRNO)
      throw DataError(fmt::format("{}: cannot read the file: {}", path, std::strerror(errno)));
    if (got < 0 || code < 0)
      throw DataError(fmt::format("{}: the compressed file is damaged: {}", path, reason));
    if (got == 0) return text;
    if (chunk >= std::size_t{1} << 26) chunk /= 2;
  }
}

Records::Records(std::string path, char separator)
    : path_(std::move(path)), text_(read_file(path_)), separator_(separator) {
  if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;  // the byte order mark of UTF-8
}

void Records::skip_blank_lines() {
  for (;;) {
    std::size_t end = at_;
    while (end < text_.size() && is_blank(text_[end]) && text_[end] != separator_) ++end;
    if (end >= text_.size()) {
      at_ = end;
      return;
    }
    if (text_[end] != '\n') return;
    at_ = end + 1;
    ++next_line_;
  }
}

bool Records::next() {
  cells_.clear();
  skip_blank_lines();
  if (at_end()) return false;
  line_ = next_line_;
  cells_.push_back(cell());
  while (!at_line_end()) {
    ++at_;  // the separator
    cells_.push_back(cell());
  }
  ++at_;  // the line end
  ++next_line_;
  return true;
}

/// Leaves `at_` on the separator or line end behind the cell.
std::string_view Records::cell() {
  std::size_t start = at_;
  while (start < text_.size() && is_blank(text_[start]) && text_[start] != separator_) ++start;
  if (start < text_.size() && text_[start] == '"') {
    at_ = start + 1;
    return quoted_cell();
  }
  while (!at_line_end() && text_[at_] != separator_) ++at_;
  return trimmed(std::string_view(text_).substr(start, at_ - start));
}

/// `at_` stands behind the opening quote. Doubled quotes are joined in place.
std::string_view Records::quoted_cell() {
  const std::size_t start = at_;
  std::size_t end = at_;
  for (;; ++at_) {
    if (at_end())
      throw DataError(fmt::format("{}:{}: a quote is opened and never closed", path_, line_));
    if (text_[at_] == '\n') ++next_line_;
    if (text_[at_] == '"') {
      if (at_ + 1 >= text_.size() || text_[at_ + 1] != '"') break;
      ++at_;
    }
    text_[end++] = text_[at_];
  }
  const std::size_t behind = ++at_;
  while (!at_line_end() && text_[at_] != separator_) ++at_;
  if (!trimmed(std::string_view(text_).substr(behind, at_ - behind)).empty())
    throw DataError(fmt::format("{}:{}: text follows a closing quote", path_, next_line_));
  return trimmed(std::string_view(text_).substr(start, end - start));
}

}  // namespace thalweg::nn::detail
