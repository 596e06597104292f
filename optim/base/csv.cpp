#include "thalweg/optim/base/csv.hpp"

namespace thalweg::optim {
namespace {

std::string cell(const std::string& text) {
  if (text.find_first_of(",\"\n") == text.npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + '"';
}

}  // namespace

std::string csv_line(const std::vector<std::string>& cells) {
  std::string line;
  for (std::size_t k = 0; k < cells.size(); ++k) {
    if (k > 0) line += ',';
    line += cell(cells[k]);
  }
  return line + '\n';
}

}  // namespace thalweg::optim
