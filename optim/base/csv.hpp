#pragma once
/// Lines of CSV files.

#include <string>
#include <vector>

namespace thalweg::optim {

/// The cells with commas between them and a line break behind them; in quotes, doubled inside,
/// where a cell holds a comma, a quote or a line break.
std::string csv_line(const std::vector<std::string>& cells);

}  // namespace thalweg::optim
