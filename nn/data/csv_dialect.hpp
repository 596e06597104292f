#pragma once
/// How a CSV file separates cells and writes decimals, found by looking.

#include <string>
#include <string_view>
#include <vector>

#include "thalweg/nn/data/csv_scanner.hpp"

namespace thalweg::nn::detail {

/// Throw ValueError for what cannot separate cells, and what is no decimal sign.
void expect_separator(char separator);
void expect_decimal(char decimal);

/// What `automatic_separator` stands for (nn/data/csv.hpp).
char found_separator(std::string_view text, const std::string& source);
/// What `automatic_decimal` does, from where the scanner stands.
char found_decimal(CsvScanner scanner);

/// The cells of the next record.
std::vector<std::string> cells_of(CsvScanner& scanner);

}  // namespace thalweg::nn::detail
