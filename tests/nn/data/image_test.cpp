#include "thalweg/nn/data/image.hpp"

#include <zlib.h>

#include <array>
#include <cmath>
#include <filesystem>

#include "tests/fuzz/readers.hpp"
#include "tests/message_of.hpp"
#include "tests/nn/data/damage.hpp"
#include "tests/temporary_folder.hpp"
#include "thalweg/autodiff/files/files.hpp"
#include "thalweg/nn/data/image_folder.hpp"

using namespace thalweg;
using laws::refusal;
using test::message_of;
using Values = std::vector<double>;

namespace {

std::string seed(const std::string& name) {
  return read_file(std::filesystem::path(fuzz::corpus) / "image" / name);
}

Tensor<double> image(const std::string& name, Index channels = 0) {
  return nn::parse_image<double>(seed(name), name, {.channels = channels});
}

}  // namespace

TEST_CASE("image: PNG files of every kind become their values over 255") {
  CHECK(image("grey.png").shape() == Shape{1, 2, 3});
  CHECK(image("grey.png").to_vector() == Values{0, 0.2, 1, 0.4, 0.6, 0.8});
  CHECK(image("colour.png").shape() == Shape{3, 1, 2});
  CHECK(image("colour.png").to_vector() == Values{1, 0, 0, 0, 0, 1});
  CHECK(image("opacity.png").to_vector() == Values{1, 0, 0, 1, 0, 0, 128 / 255.0, 1});
  CHECK(image("grey_opacity.png").to_vector() == Values{1, 0.2, 0, 1});
  CHECK(image("palette.png").to_vector() == Values{0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1});
  CHECK(image("deep.png").to_vector() == Values{0.2, 1});
  CHECK(image("bits.png").to_vector() ==
        Values{1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0});
}

TEST_CASE("image: 16 bits are rounded to 8, interlaced or not") {
  // Level k of 65535 at pixel k, in the passes of Adam7.
  const auto level = [](Index row, Index column) { return 1021 * (8 * row + column); };
  std::string data;
  for (const auto [x, y, dx, dy] : {std::array{0, 0, 8, 8},
                                    {4, 0, 8, 8},
                                    {0, 4, 4, 8},
                                    {2, 0, 4, 4},
                                    {0, 2, 2, 4},
                                    {1, 0, 2, 2},
                                    {0, 1, 1, 2}})
    for (int row = y; row < 8; row += dy) {
      data += '\0';  // no filter
      for (int column = x; column < 8; column += dx) {
        data += static_cast<char>(level(row, column) >> 8);
        data += static_cast<char>(level(row, column) & 255);
      }
    }
  const auto big = [](std::uint32_t n) {
    return std::string{char(n >> 24), char(n >> 16), char(n >> 8), char(n)};
  };
  const auto chunk = [&](const std::string& content) {  // its type and data
    const auto check =
        crc32(0, reinterpret_cast<const Bytef*>(content.data()), uInt(content.size()));
    return big(std::uint32_t(content.size() - 4)) + content + big(std::uint32_t(check));
  };
  std::string packed(compressBound(data.size()), '\0');
  uLongf size = packed.size();
  compress(reinterpret_cast<Bytef*>(packed.data()), &size,
           reinterpret_cast<const Bytef*>(data.data()), data.size());
  packed.resize(size);
  const std::string header("IHDR\0\0\0\x08\0\0\0\x08\x10\0\0\0\x01", 17);
  const std::string file =
      "\x89PNG\r\n\x1A\n" + chunk(header) + chunk("IDAT" + packed) + chunk("IEND");
  const auto x = nn::parse_image<double>(file, "x");
  for (Index row = 0; row < 8; ++row)
    for (Index column = 0; column < 8; ++column)
      CHECK(x(0, row, column).value() ==
            std::round(double(level(row, column)) * 255 / 65535) / 255);
}

TEST_CASE("image: a picture stands as its camera was held") {
  const std::string upright = seed("colour.jpg");
  const auto held = [&](int orientation, bool little) {
    const std::string exif =
        little ? std::string("II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0", 18) +
                     char(orientation) + std::string(7, '\0')
               : std::string("MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0", 19) +
                     char(orientation) + std::string(6, '\0');
    const std::string segment = std::string("Exif\0\0", 6) + exif;
    const std::string mark = std::string{'\xFF', '\xE1', '\0', char(segment.size() + 2)};
    return nn::parse_image<double>(upright.substr(0, 2) + mark + segment + upright.substr(2), "x");
  };
  const auto x = nn::parse_image<double>(upright, "x");
  const Index h = x.size(1), w = x.size(2);
  for (const bool little : {true, false})
    for (int orientation = 1; orientation <= 8; ++orientation) {
      CAPTURE(orientation);
      const auto y = held(orientation, little);
      CHECK(y.shape() == (orientation < 5 ? Shape{3, h, w} : Shape{3, w, h}));
      for (Index r = 0; r < y.size(1); ++r)
        for (Index c = 0; c < y.size(2); ++c) {
          const std::array<std::pair<Index, Index>, 8> from = {{{r, c},
                                                                {r, w - 1 - c},
                                                                {h - 1 - r, w - 1 - c},
                                                                {h - 1 - r, c},
                                                                {c, r},
                                                                {h - 1 - c, r},
                                                                {h - 1 - c, w - 1 - r},
                                                                {c, w - 1 - r}}};
          const auto [row, column] = from[orientation - 1];
          CHECK(y(0, r, c).value() == x(0, row, column).value());
        }
    }
  CHECK(held(9, true).to_vector() == x.to_vector());  // no such orientation
}

TEST_CASE("image: the channels can be chosen") {
  CHECK(image("grey.png", 3).shape() == Shape{3, 2, 3});
  CHECK(image("grey.png", 4)(3, 1, 2).value() == 1);
  CHECK(image("grey.png", 2)(1, 1, 2).value() == 1);
  CHECK(image("opacity.png", 3).to_vector() == Values{1, 0, 0, 1, 0, 0});
  CHECK(image("colour.png", 1)(0, 0, 0).value() == doctest::Approx(0.299));
  CHECK(image("colour.png", 1)(0, 0, 1).value() == doctest::Approx(0.114));
  CHECK(message_of<Error>([] { image("grey.png", 5); }) ==
        "read_image: 5 channels; expected 0 to 4");
}

TEST_CASE("image: JPEG files are read, up to what their compression changes") {
  const auto near_ramp = [](const Tensor<double>& x) {
    for (Index k = 0; k < x.size(2); ++k)
      CHECK(std::abs(x(0, 3, k).value() - double(k) / double(x.size(2) - 1)) < 0.1);
  };
  CHECK(image("colour.jpg").shape() == Shape{3, 8, 16});
  CHECK(image("grey.jpg").shape() == Shape{1, 8, 8});
  CHECK(image("progressive.jpg").shape() == Shape{3, 9, 9});
  near_ramp(image("colour.jpg"));
  near_ramp(image("grey.jpg"));
  near_ramp(image("progressive.jpg"));
  CHECK(message_of<Error>([] { image("cmyk.jpg"); }) ==
        "cmyk.jpg: has colours for printing (CMYK), which are not supported");
}

TEST_CASE("write_png: every level of every channel count is read back as it was") {
  const TemporaryFolder folder;
  for (Index channels = 1; channels <= 4; ++channels) {
    Tensor<float> x = Tensor<float>::uninitialised({channels, 16, 16});
    for (Index k = 0; k < x.size(); ++k)
      x.unshared_data()[k] = static_cast<float>(k * 7 % 256) / 255;
    nn::write_png(folder / "x.png", x);
    const auto back = nn::read_image<float>(folder / "x.png");
    CHECK(back.shape() == x.shape());
    CHECK(back.to_vector() == x.to_vector());
  }
  const auto levels = nn::parse_image<double>(nn::png_bytes(Tensor{{-1.0, 0.1, 7.0}}), "x");
  CHECK(levels.to_vector() == Values{0, 26 / 255.0, 1});
  CHECK(message_of<Error>([] { nn::png_bytes(Tensor{{NAN}}); }) == "write_png: a value is NaN");
  CHECK(message_of<Error>([] { nn::png_bytes(Tensor{1.0}); }) ==
        "write_png: an image of shape [1]; expected [1 to 4, height, width] or [height, width]");
}

TEST_CASE("image: every truncation is refused, and what is large before memory is taken") {
  const auto parse = [](std::string_view bytes) {
    nn::parse_image<float>(bytes, "x", {.largest = 1 << 16});
  };
  for (const char* name :
       {"grey.png", "palette.png", "deep.png", "colour.jpg", "grey.jpg", "progressive.jpg"}) {
    CAPTURE(name);
    laws::truncations_are_refused(seed(name), parse);
    laws::changes_do_no_harm(seed(name), parse);
  }
  CHECK(refusal([&] { nn::parse_image<float>(seed("grey.png"), "x", {.largest = 5}); }) ==
        "x: has 3 × 2 pixels; expected 1 to 5");
  CHECK(refusal([&] { parse("GIF89a"); }) ==
        "x: neither a PNG nor a JPEG image: it is a GIF image");
}

TEST_CASE("resize: constants stay, doubling is bilinear, halving takes the mean of more") {
  const Tensor ones = Tensor<double>({1, 2, 3}, {1.0, 1.0, 1.0, 1.0, 1.0, 1.0});
  const auto larger = nn::resize(ones, 5, 2);
  for (const double value : larger.values()) CHECK(value == doctest::Approx(1));
  const auto row = [](const Tensor<double>& x, Index width) {
    return nn::resize(x, 1, width).to_vector();
  };
  CHECK(row(Tensor{{0.0, 1.0}}, 4) == Values{0, 0.25, 0.75, 1});
  CHECK(row(Tensor{{0.0, 1.0}}, 1) == Values{0.5});
  CHECK(row(Tensor{{3.0, 1.0, 4.0}}, 3) == Values{3, 1, 4});
  // The triangle of reach 2 around ½: weights ¾, ¾, ¼, 0.
  const Values half = row(Tensor{{0.0, 0.0, 1.0, 1.0}}, 2);
  CHECK(half[0] == doctest::Approx(0.25 / 1.75));
  CHECK(half[0] + half[1] == doctest::Approx(1));
  CHECK_THROWS_AS(nn::resize(ones, Index{1} << 40, Index{1} << 40), ShapeError);
  CHECK(message_of<Error>([] { nn::resize(Tensor{1.0}, 1, 1); }) ==
        "resize: [1] to 1 × 1; expected […, height, width] and sizes of at least 1");
}

TEST_CASE("read_image_folder: one class for each folder, sorted; the file that fails is named") {
  const TemporaryFolder folder;
  for (const char* name : {"rose", "daisy"}) std::filesystem::create_directory(folder / name);
  write_file(folder / "rose/b.png", seed("grey.png"));
  write_file(folder / "rose/a.jpg", seed("colour.jpg"));
  write_file(folder / "daisy/1.png", seed("opacity.png"));
  write_file(folder / "daisy/.hidden", "no image");
  const auto read = nn::read_image_folder<float>(folder / "", {.height = 4, .width = 4});
  CHECK(read.classes == std::vector<std::string>{"daisy", "rose"});
  CHECK(read.data.x.shape() == Shape{3, 3, 4, 4});
  CHECK(read.data.y.to_vector() == std::vector<Index>{0, 1, 1});
  CHECK(read.files[1] == folder / "rose/a.jpg");
  CHECK(message_of<Error>([&] { nn::read_image_folder<float>(folder / ""); }) ==
        folder / "rose/a.jpg" +
            " is of shape [3, 8, 16]; expected [3, 1, 2], as those before: see "
            "ImageFolderOptions");
  write_file(folder / "rose/c.txt", "notes");
  CHECK(message_of<Error>([&] {
          nn::read_image_folder<float>(folder / "", {.height = 4, .width = 4});
        }) == folder / "rose/c.txt" + ": neither a PNG nor a JPEG image");
  CHECK(message_of<Error>([&] { nn::read_image_folder<float>(folder / "", {.height = 4}); }) ==
        "read_image_folder: height 4 and width 0; expected both or none");
  CHECK(message_of<Error>([&] { nn::read_image_folder<float>(folder / "rose"); }) ==
        folder / "rose" + ": holds no folder with images, one for each class");
  CHECK(message_of<Error>([&] { nn::read_image_folder<float>(folder / "none"); }) ==
        folder / "none" + ": cannot be read: No such file or directory");
}
