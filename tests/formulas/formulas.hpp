#pragma once
/// What `write_formulas` writes: for each rule, in the order of rules.hpp, its value and its
/// slopes.

namespace formulas {

using Function = double(double a, double b, double c, double d);
extern Function* const functions[];
extern const int function_count;

}  // namespace formulas
