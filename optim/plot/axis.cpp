#include "thalweg/optim/plot/axis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "thalweg/optim/plot/style.hpp"
#include "thalweg/optim/plot/svg.hpp"

namespace thalweg::optim::plot {

namespace {

/// 10ᵉ as the decimal literal is read, exact where pow might be off by an ulp.
double power_of_ten(int exponent) { return std::stod(fmt::format("1e{}", exponent)); }

/// "⁻¹²".
std::string raised(int exponent) {
  constexpr std::string_view digits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string text;
  for (char c : std::to_string(exponent)) text += c == '-' ? "⁻" : digits[c - '0'];
  return text;
}

/// A hyphen in front is a minus sign.
std::string with_minus(const std::string& number) {
  return number.starts_with('-') ? "−" + number.substr(1) : number;
}

/// "−2×10⁻⁷".
std::string scientific(double value, int digits) {
  const std::string text = fmt::format("{:.{}e}", value, std::clamp(digits - 1, 0, 17));
  const auto at = text.find('e');
  std::string mantissa = text.substr(0, at);
  if (mantissa.find('.') != mantissa.npos) {
    mantissa.erase(mantissa.find_last_not_of('0') + 1);
    if (mantissa.ends_with('.')) mantissa.pop_back();
  }
  const std::string power = "10" + raised(std::stoi(text.substr(at + 1)));
  if (mantissa == "1" || mantissa == "-1") return mantissa == "1" ? power : "−" + power;
  return with_minus(mantissa) + "×" + power;
}

}  // namespace

std::vector<double> linear_ticks(double lo, double hi, int count) {
  if (lo == hi) {
    const double pad = lo == 0 ? 1 : std::abs(lo) / 2;
    lo -= pad;
    hi += pad;
  }
  // Halves and sums keep clear of overflow.
  const double rough = 2 * (hi / 2 - lo / 2) / count;
  const double power =
      power_of_ten(static_cast<int>(std::floor(std::log10(std::clamp(rough, 1e-300, 1e300)))));
  double step = 10 * power;
  for (double multiple : {5.0, 2.0, 1.0})
    if (rough <= multiple * power * (1 + 1e-9)) step = multiple * power;
  std::vector<double> ticks;
  const double first = std::floor(lo / step + 1e-9);
  const double last = std::max(std::ceil(hi / step - 1e-9), first + 1);
  for (double k = first; k <= last && ticks.size() < 100; ++k) ticks.push_back(k * step + 0.0);
  return ticks;
}

std::vector<double> log_ticks(double lo, double hi, int count) {
  int first = static_cast<int>(std::floor(std::log10(lo) + 1e-9));
  int last = static_cast<int>(std::ceil(std::log10(hi) - 1e-9));
  if (first >= last) last = first + 1;
  const int stride = (last - first + count - 1) / count;
  std::vector<double> ticks;
  for (int e = first; e < last + stride; e += stride)
    ticks.push_back(power_of_ten(std::clamp(e, -307, 308)));
  ticks.erase(std::unique(ticks.begin(), ticks.end()), ticks.end());
  return ticks;
}

namespace detail {

std::string printed(double value, int digits) {
  if (value == 0) return "0";
  if (!std::isfinite(value)) return std::isnan(value) ? "NaN" : value < 0 ? "−∞" : "∞";
  value = std::stod(fmt::format("{:.{}e}", value, digits - 1));  // 20077 is 20000 in two digits
  const double size = std::abs(value);
  if (size < 1e-4 || size >= 1e6) return scientific(value, digits);
  const int decimals = digits - 1 - static_cast<int>(std::floor(std::log10(size)));
  std::string text = fmt::format("{:.{}f}", value, std::max(decimals, 0));
  if (text.find('.') != text.npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
  }
  return with_minus(text);
}

double Axis::place(double value) const {
  // Halves keep clear of overflow.
  const double share =
      log ? std::log(value / lo) / std::log(hi / lo) : (value / 2 - lo / 2) / (hi / 2 - lo / 2);
  return from + share * (to - from);
}

std::string Axis::label(double tick) const {
  if (ticks.size() < 2) return printed(tick, 6);
  const double largest = std::max(std::abs(ticks.front()), std::abs(ticks.back()));
  const double step = ticks[1] - ticks[0];
  if (log) {
    const bool powers = ticks.front() < 0.99e-4 || ticks.back() > 1.01e5;
    return powers ? scientific(tick, 3) : printed(tick, 6);
  }
  if (tick == 0) return "0";
  const int digits = 1 + static_cast<int>(std::lround(std::log10(largest / step) + 0.49));
  if (largest >= 1e6 || largest < 1e-3) return scientific(tick, digits);
  const int decimals = static_cast<int>(std::ceil(-std::log10(step) - 1e-9));
  return with_minus(fmt::format("{:.{}f}", tick, std::max(decimals, 0)));
}

Axis tight_axis(double lo, double hi, bool log, int count) {
  if (lo == hi && log) lo /= 2, hi *= 2;
  if (lo == hi) lo -= 0.5, hi += 0.5;
  Axis axis{.lo = lo, .hi = hi, .log = log};
  const auto mark = [&](const std::vector<double>& values) {
    axis.ticks.clear();
    for (double value : values)
      if (value >= lo && value <= hi) axis.ticks.push_back(value);
  };
  if (log) mark(log_ticks(lo, hi, count));
  if (axis.ticks.size() < 2) mark(linear_ticks(lo, hi, count));
  return axis;
}

Axis loose_axis(double lo, double hi, bool log, int count) {
  const std::vector<double> ticks = log ? log_ticks(lo, hi, count) : linear_ticks(lo, hi, count);
  return {.lo = ticks.front(), .hi = ticks.back(), .log = log, .ticks = ticks};
}

double room_for(const Axis& y, std::string_view title) {
  double widest = 0;
  for (double tick : y.ticks) widest = std::max(widest, text_width(y.label(tick)));
  return widest + (title.empty() ? 18 : 38);
}

std::string below(const Axis& x, double bottom, std::string_view title) {
  std::string svg;
  for (double tick : x.ticks)
    svg += fmt::format(
        "<line class=\"axis\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:.1f}\" y2=\"{2:.1f}\"/>"
        "<text class=\"tick\" x=\"{0:.1f}\" y=\"{3:.1f}\" text-anchor=\"middle\">{4}</text>\n",
        x.place(tick), bottom, bottom + 5, bottom + 20, x.label(tick));
  if (title.empty()) return svg;
  return svg + fmt::format(
                   "<text class=\"label\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}"
                   "</text>\n",
                   (x.from + x.to) / 2, bottom + 39, escaped(title));
}

std::string beside(const Axis& y, double left, std::string_view title) {
  std::string svg;
  for (double tick : y.ticks)
    svg += fmt::format(
        "<text class=\"tick\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>\n", left - 9,
        y.place(tick) + 4.5, y.label(tick));
  if (title.empty()) return svg;
  return svg + fmt::format(
                   "<text class=\"label\" transform=\"translate({:.1f} {:.1f}) rotate(-90)\" "
                   "text-anchor=\"middle\">{}</text>\n",
                   left - room_for(y, title) + 15, (y.from + y.to) / 2, escaped(title));
}

}  // namespace detail
}  // namespace thalweg::optim::plot
