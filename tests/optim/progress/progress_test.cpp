#include "thalweg/optim/progress/progress.hpp"

#include <doctest/doctest.h>

#include <cstdio>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "thalweg/autodiff/base/error.hpp"

using namespace thalweg;
using optim::Progress;
using optim::ProgressOptions;

namespace {

/// A screen that keeps what is written, and a clock that is set by hand.
struct Screen {
  std::string text;
  int writes = 0;
  double now = 0;

  ProgressOptions options(bool live, int width = 80, bool unicode = false) {
    return {.live = live,
            .width = width,
            .unicode = unicode,
            .sink = [this](std::string_view more) { text += more, ++writes; },
            .clock = [this] { return now; }};
  }
  std::string taken() { return std::exchange(text, {}); }
};

std::size_t characters(std::string_view text) {
  std::size_t count = 0;
  for (char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

}  // namespace

TEST_CASE("progress: away from a terminal every epoch is one plain line") {
  Screen screen;
  {
    Progress progress(10, 2, screen.options(false));
    progress.step({{"loss", 2}});
    progress.step({{"loss", 1.5}});
    CHECK(screen.text.empty());
    screen.now = 0.25;
    progress.epoch({{"loss", 1.75}, {"accuracy", 0.5}});
    screen.now = 0.75;
    progress.epoch({{"loss", 0.01234}, {"accuracy", 1}});
    progress.note("saved");
  }
  CHECK(screen.text ==
        "epoch  1/10   0.25 s   loss 1.75   accuracy 0.500\n"
        "epoch  2/10   0.50 s   loss 0.0123   accuracy 1.00\n"
        "saved\n");
}

TEST_CASE("progress: on a terminal one line is redrawn, each time in one write") {
  Screen screen;
  Progress progress(2, 4, screen.options(true));
  screen.now = 1;
  progress.step({{"loss", 2.5}});
  CHECK(screen.writes == 1);
  CHECK(screen.taken() ==
        "\repoch 1/2 ====------------------------------ 1.00 steps/s, 0:07 left, "
        "loss 2.50\x1b[K");
}

TEST_CASE("progress: the bar may be drawn with lines") {
  Screen screen;
  Progress progress(1, 2, screen.options(true, 50, true));
  screen.now = 1;
  progress.step();
  CHECK(screen.taken() == "\repoch 1/1 ━━━━━━━━─────── 1.00 steps/s, 0:01 left\x1b[K");
}

TEST_CASE("progress: redraws wait for the interval, the end of an epoch does not") {
  Screen screen;
  Progress progress(2, 100, screen.options(true));
  for (int i = 0; i < 50; ++i) progress.step();
  CHECK(screen.writes == 1);
  screen.now += 0.06;
  progress.step();
  CHECK(screen.writes == 2);
  progress.epoch({{"accuracy", 0.97}});
  CHECK(screen.writes == 3);
}

TEST_CASE("progress: the last line stays, with the time it took") {
  Screen screen;
  {
    Progress progress(1, 1, screen.options(true, 60));
    screen.now = 61.5;
    progress.step();
    screen.taken();
    progress.epoch({{"loss", 0.125}});
    CHECK(screen.taken() == "\repoch 1/1 ================ 0.0163 steps/s, 1:02, loss 0.125\x1b[K");
  }
  CHECK(screen.text.back() == '\n');
  CHECK(screen.text.find("loss 0.125") != std::string::npos);
}

TEST_CASE("progress: no line is as wide as the terminal") {
  for (int width : {1, 5, 20, 40, 60, 80, 200}) {
    Screen screen;
    Progress progress(30, 45, screen.options(true, width, true));
    screen.now = 3;
    progress.step({{"loss", 0.25}, {"Genauigkeit – geschätzt", 0.5}});
    const std::string text = screen.taken();
    CHECK(characters(text) - characters("\r\x1b[K") < static_cast<std::size_t>(width));
  }
}

TEST_CASE("progress: a note goes above the live line") {
  Screen screen;
  Progress progress(1, 2, screen.options(true));
  progress.step();
  screen.taken();
  progress.note("rate halved");
  CHECK(screen.taken().starts_with("\r\x1b[Krate halved\n\repoch 1/1 "));
}

TEST_CASE("progress: nothing is drawn after the end, nor by training that never began") {
  Screen screen;
  { Progress idle(3, 3, screen.options(true)); }
  CHECK(screen.text.empty());
  Progress progress(1, 1, screen.options(true));
  progress.epoch();
  progress.finish();
  screen.taken();
  progress.step();
  progress.finish();
  CHECK(screen.text.empty());
}

TEST_CASE("progress: steps and epochs beyond those announced keep the bar full") {
  Screen screen;
  Progress progress(1, 1, screen.options(true));
  for (int i = 0; i < 3; ++i) {
    screen.now += 1;
    progress.step();
    progress.epoch({{"loss", std::numeric_limits<double>::quiet_NaN()}});
  }
  CHECK(screen.text.find("epoch 2") == std::string::npos);
  CHECK(screen.text.find("loss nan") != std::string::npos);
}

TEST_CASE("progress: a file is no terminal") {
  std::FILE* file = std::tmpfile();
  Progress(1, 1, {.stream = file}).epoch({{"loss", 1}});
  std::rewind(file);
  char text[80] = {};
  CHECK(std::fgets(text, sizeof text, file) != nullptr);
  CHECK(std::string_view(text).starts_with("epoch 1/1   0.00 s   loss 1.00"));
  std::fclose(file);
}

TEST_CASE("progress needs something to do") {
  CHECK_THROWS_WITH_AS(Progress(0, 5), "Progress: epochs and steps must be at least 1; got 0 and 5",
                       ValueError);
}
