#pragma once
/// Checks of options that several methods and schedules share. Each throws ValueError.

namespace thalweg::optim::detail {

/// "Newton: forcing is 2; expected a number in (0, 1)" unless admitted; `domain` is what is
/// expected.
void expect_option(bool admitted, const char* method, const char* option, double value,
                   const char* domain);
/// "CmaEs: sigma is 0; expected a finite number above 0"
void expect_positive(const char* method, const char* option, double value);
/// 0 < value < 1, as for factors that shorten.
void expect_shrinking(const char* method, const char* option, double value);
/// 1 < value, as for factors that lengthen: "Newton: grow is 1; expected a finite number above 1"
void expect_growing(const char* method, const char* option, double value);

}  // namespace thalweg::optim::detail
