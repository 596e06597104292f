#include "thalweg/nn/training/tensorboard.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <filesystem>

#include "tests/nn/training/folder.hpp"
#include "tests/nn/training/training_case.hpp"
#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/files/files.hpp"

using namespace thalweg;
using namespace thalweg::nn::cases;

namespace {

// ---- A reader made from the specifications alone: it shares nothing with the writer. ----

/// Bit by bit, over the polynomial as RFC 3720 writes it, bits taken lowest first.
std::uint32_t slow_crc(std::string_view bytes) {
  std::uint32_t rest = ~0u;
  for (const unsigned char byte : bytes)
    for (int bit = 0; bit < 8; ++bit) {
      const bool carry = (rest ^ static_cast<std::uint32_t>(byte >> bit)) & 1;
      rest >>= 1;
      if (carry) rest ^= 0x82F63B78u;
    }
  return ~rest;
}

std::uint32_t unmasked(std::uint32_t masked) {
  const std::uint32_t rotated = masked - 0xa282ead8u;
  return (rotated >> 17) | (rotated << 15);
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  bool done() const { return rest_.empty(); }
  std::string_view take(std::size_t count) {
    REQUIRE(count <= rest_.size());
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  template <class T>
  T number() {
    T value;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
      REQUIRE(shift < 64);
      const auto byte = number<unsigned char>();
      value |= std::uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return value;
    }
  }

 private:
  std::string_view rest_;
};

struct Event {
  double wall_time = 0;
  Index step = 0;
  std::string version = {}, tag = {};
  float value = NAN;
  bool start = false;
};

void read_value(std::string_view bytes, Event& event) {
  for (Reader in(bytes); !in.done();) {
    const auto key = in.varint();
    if (key == (1 << 3 | 2)) {
      event.tag = in.take(in.varint());
    } else {
      REQUIRE(key == (2 << 3 | 5));
      event.value = in.number<float>();
    }
  }
}

Event read_event(std::string_view bytes) {
  Event event;
  for (Reader in(bytes); !in.done();) switch (in.varint()) {
      case 1 << 3 | 1:
        event.wall_time = in.number<double>();
        break;
      case 2 << 3 | 0:
        event.step = static_cast<Index>(in.varint());
        break;
      case 3 << 3 | 2:
        event.version = in.take(in.varint());
        break;
      case 5 << 3 | 2: {
        Reader summary(in.take(in.varint()));
        REQUIRE(summary.varint() == (1 << 3 | 2));
        read_value(summary.take(summary.varint()), event);
        CHECK(summary.done());
        break;
      }
      case 7 << 3 | 2:
        event.start = in.take(in.varint()) == "\x08\x01";
        break;
      default:
        FAIL("an unknown field");
    }
  return event;
}

std::vector<Event> read_events(const std::string& path) {
  const std::string bytes = read_file(path);
  std::vector<Event> events;
  for (Reader in(bytes); !in.done();) {
    const std::string_view length = in.take(8);
    CHECK(unmasked(in.number<std::uint32_t>()) == slow_crc(length));
    const std::string_view data = in.take(Reader(length).number<std::uint64_t>());
    CHECK(unmasked(in.number<std::uint32_t>()) == slow_crc(data));
    events.push_back(read_event(data));
  }
  return events;
}

}  // namespace

TEST_CASE("crc32c: the check value and RFC 3720's examples") {
  CHECK(nn::detail::crc32c("123456789") == 0xE3069283u);
  CHECK(nn::detail::crc32c(std::string(32, '\0')) == 0x8A9136AAu);
  CHECK(nn::detail::crc32c(std::string(32, '\xff')) == 0x62A8AB43u);
  CHECK(nn::detail::crc32c("") == 0u);
}

TEST_CASE("EventFile: the version, then numbers at steps, small and large") {
  const Folder folder("events");
  nn::EventFile events(folder / "run");
  const std::string long_tag(300, 'x');
  events.scalar("loss", 0.5, 0);
  events.scalar(long_tag, -1e-30, 127);
  events.scalar("loss", NAN, 128);
  events.restart(3'000'000'000);
  const auto read = read_events(events.path());
  REQUIRE(read.size() == 5);
  CHECK(read[0].version == "brain.Event:2");
  CHECK(read[1].tag == "loss");
  CHECK(read[1].value == 0.5f);
  CHECK(read[1].wall_time > 1.7e9);
  CHECK(read[2].tag == long_tag);
  CHECK(read[2].value == -1e-30f);
  CHECK(read[2].step == 127);
  CHECK(read[3].step == 128);
  CHECK(std::isnan(read[3].value));
  CHECK(read[4].step == 3'000'000'000);
  CHECK(read[4].start);
  const std::string name = std::filesystem::path(events.path()).filename().string();
  CHECK(name.starts_with("events.out.tfevents.1"));
  CHECK(nn::EventFile(folder / "run").path() != events.path());
}

TEST_CASE("EventFile: a folder that cannot be made is named") {
  CHECK_THROWS_AS(nn::EventFile("/proc/none/run"), DataError);
}

TEST_CASE("TensorBoard: curves of steps and epochs") {
  const Folder folder("tensorboard");
  auto model = plain_net();
  optim::Sgd sgd{{.rate = 0.25}};
  nn::TensorBoard board{folder.string(), {.every = 2}};
  const auto outcome = nn::fit(
      model, Loss{}, rings(40), sgd,
      {.epochs = 2, .batch = 10, .validation = rings(10, 2), .metrics = {Hits{}}, .clip_norm = 10},
      board);
  std::vector<std::string> tags;
  std::vector<Index> steps;
  for (const Event& event : read_events(board.path())) {
    tags.push_back(event.tag);
    steps.push_back(event.step);
    if (event.tag == "rate") CHECK(event.value == 0.25f);
    if (event.tag == "loss/validation" && event.step == 8)
      CHECK(event.value == static_cast<float>(outcome.last.validation_loss));
  }
  CHECK(tags == std::vector<std::string>{"",
                                         "loss/step",
                                         "rate",
                                         "gradient_norm",
                                         "loss/step",
                                         "rate",
                                         "gradient_norm",
                                         "loss/training",
                                         "loss/validation",
                                         "hits/training",
                                         "hits/validation",
                                         "loss/step",
                                         "rate",
                                         "gradient_norm",
                                         "loss/step",
                                         "rate",
                                         "gradient_norm",
                                         "loss/training",
                                         "loss/validation",
                                         "hits/training",
                                         "hits/validation"});
  CHECK(steps == std::vector<Index>{0, 2, 2, 2, 4, 4, 4, 4, 4, 4, 4, 6, 6, 6, 8, 8, 8, 8, 8, 8, 8});
}
