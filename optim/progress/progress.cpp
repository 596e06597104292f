#include "thalweg/optim/progress/progress.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::optim {

namespace {

double steady_seconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

bool is_terminal(std::FILE* stream) {
  const char* kind = std::getenv("TERM");
  return ::isatty(::fileno(stream)) == 1 && kind != nullptr && std::string_view(kind) != "dumb";
}

int terminal_width(std::FILE* stream) {
  winsize size{};
  if (::ioctl(::fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

bool locale_is_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"})
    if (const char* value = std::getenv(name); value != nullptr && *value != '\0') {
      const std::string_view locale = value;
      for (std::string_view spelling : {"UTF-8", "utf-8", "UTF8", "utf8"})
        if (locale.find(spelling) != std::string_view::npos) return true;
      return false;
    }
  return false;
}

/// "3:07", "1:02:09".
std::string duration(double seconds) {
  const auto whole = static_cast<long>(std::min(std::ceil(seconds), 359999.0));
  if (whole >= 3600)
    return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

/// Three digits or so: "0.0312", "2140", "1.2e-07".
std::string figure(double value) {
  const double size = std::abs(value);
  if (!std::isfinite(value) || size == 0) return fmt::format("{}", value);
  if (size < 1e-4 || size >= 1e6) return fmt::format("{:.2e}", value);
  if (size >= 100) return fmt::format("{:.0f}", value);
  const int leading = static_cast<int>(std::floor(std::log10(size)));
  return fmt::format("{:.{}f}", value, std::clamp(2 - leading, 0, 4));
}

/// `width` characters, `share` of them full.
std::string bar(double share, int width, bool unicode) {
  const int full = static_cast<int>(std::lround(share * width));
  std::string text;
  for (int i = 0; i < width; ++i) text += unicode ? (i < full ? "━" : "─") : (i < full ? "=" : "-");
  return text;
}

/// The first `width` characters of UTF-8 text.
std::string cut(std::string_view text, std::size_t width) {
  std::size_t end = 0;
  for (std::size_t seen = 0; end < text.size(); ++end) {
    const bool starts_character = (static_cast<unsigned char>(text[end]) & 0xC0) != 0x80;
    if (starts_character && seen++ == width) break;
  }
  return std::string(text.substr(0, end));
}

}  // namespace

Progress::Progress(Index epochs, Index steps, ProgressOptions options)
    : epochs_(epochs), steps_(steps), options_(std::move(options)) {
  if (epochs < 1 || steps < 1)
    throw ValueError(
        fmt::format("Progress: epochs and steps must be at least 1; got {} and {}", epochs, steps));
  if (!options_.clock) options_.clock = steady_seconds;
  live_ = options_.live.value_or(!options_.sink && is_terminal(options_.stream));
  unicode_ = options_.unicode.value_or(locale_is_utf8());
  start_ = epoch_start_ = options_.clock();
}

Progress::~Progress() {
  try {
    finish();
  } catch (...) {  // a sink that throws must not end the program while another error unwinds
  }
}

void Progress::step(std::initializer_list<NamedValue> metrics) {
  remember({metrics.begin(), metrics.size()});
  ++steps_taken_;
  step_ = std::min(step_ + 1, steps_);
  draw(false);
}

void Progress::epoch(std::initializer_list<NamedValue> metrics) {
  remember({metrics.begin(), metrics.size()});
  end_epoch();
}
void Progress::epoch(const std::vector<NamedValue>& metrics) {
  remember(metrics);
  end_epoch();
}

void Progress::skip(Index epochs, Index steps) {
  epoch_ = std::min(epoch_ + epochs, epochs_);
  step_ = std::min(steps, steps_);
}

void Progress::end_epoch() {
  epoch_ = std::min(epoch_ + 1, epochs_);
  step_ = 0;
  if (live_) {
    draw(true);
  } else {
    const double now = options_.clock();
    const auto digits = std::to_string(epochs_).size();
    write(fmt::format("epoch {:{}}/{}   {:.2f} s{}\n", epoch_, digits, epochs_, now - epoch_start_,
                      this->metrics("   ")));
    epoch_start_ = now;
  }
}

void Progress::note(std::string_view text) {
  write(fmt::format("{}{}\n", open_ ? "\r\x1b[K" : "", text));
  open_ = false;
  draw(true);
}

void Progress::finish() {
  if (finished_) return;
  if (steps_taken_ > 0 || epoch_ > 0) draw(true);
  finished_ = true;
  if (open_) write("\n");
  open_ = false;
}

double Progress::elapsed() const { return options_.clock() - start_; }

void Progress::remember(std::span<const NamedValue> metrics) {
  for (const NamedValue& metric : metrics) {
    const auto known = std::find_if(metrics_.begin(), metrics_.end(),
                                    [&](const Shown& shown) { return shown.name == metric.name; });
    if (known != metrics_.end())
      known->value = metric.value;
    else
      metrics_.push_back({std::string(metric.name), metric.value});
  }
}

std::string Progress::metrics(std::string_view separator) const {
  std::string text;
  for (const Shown& metric : metrics_)
    text += fmt::format("{}{} {}", separator, metric.name, figure(metric.value));
  return text;
}

double Progress::share() const {
  return (static_cast<double>(epoch_) + static_cast<double>(step_) / static_cast<double>(steps_)) /
         static_cast<double>(epochs_);
}

std::string Progress::line(int width) const {
  const double seconds = elapsed(), done = share();
  const Index current = std::min(epoch_ + 1, epochs_);
  const bool counts_steps = epochs_ == 1 && !options_.unit.empty();
  const std::string head = counts_steps ? fmt::format("{} {}/{} ", options_.unit, step_, steps_)
                                        : fmt::format("epoch {}/{} ", current, epochs_);
  std::string tail;
  if (steps_taken_ > 0 && seconds > 0)
    tail = fmt::format(" {} steps/s,", figure(static_cast<double>(steps_taken_) / seconds));
  if (done >= 1)
    tail += fmt::format(" {}", duration(seconds));
  else if (done > 0)
    tail += fmt::format(" {} left", duration(seconds / done * (1 - done)));
  tail += metrics(", ");
  // The last column stays empty: some terminals wrap once it is written.
  const int room = width - 1 - static_cast<int>(head.size() + tail.size());
  if (room < 5) return cut(head + tail, static_cast<std::size_t>(std::max(width - 1, 0)));
  return head + bar(done, std::min(room, 40), unicode_) + tail;
}

void Progress::draw(bool now) {
  if (!live_ || finished_) return;
  const double time = options_.clock();
  if (!now && time - last_drawn_ < options_.interval) return;
  last_drawn_ = time;
  const int width = options_.width > 0 ? options_.width : terminal_width(options_.stream);
  // One write, cleared behind the text and not before it: nothing flickers.
  write(fmt::format("\r{}\x1b[K", line(width)));
  open_ = true;
}

void Progress::write(std::string_view text) const {
  if (options_.sink) {
    options_.sink(text);
    return;
  }
  std::fwrite(text.data(), 1, text.size(), options_.stream);
  std::fflush(options_.stream);
}

}  // namespace thalweg::optim
