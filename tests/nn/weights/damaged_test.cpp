/// Files by hand, as the formats' descriptions have them, and damaged ones.

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/temporary_folder.hpp"
#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/base/random.hpp"
#include "thalweg/autodiff/files/files.hpp"
#include "thalweg/nn/layers/linear.hpp"
#include "thalweg/nn/weights/weights.hpp"

using namespace thalweg;

namespace {

struct Net {
  nn::Linear<float> fc{Tensor<float>{{1, 2}, {3, 4}}, Tensor<float>{5, 6}};
  nn::Buffer<Index> count{Tensor<Index>(Shape{}, {7})};
};

/// All numbers of a model.
std::vector<double> numbers_of(const Net& net) {
  std::vector<double> numbers;
  for (const float x : net.fc.weight.value().values()) numbers.push_back(x);
  for (const float x : net.fc.bias.value().values()) numbers.push_back(x);
  numbers.push_back(static_cast<double>(net.count.value().item()));
  return numbers;
}

/// Loads, or throws DataError and changes nothing.
bool loads(std::string_view bytes, const nn::LoadWeightsOptions& options = {}) {
  Net net;
  const std::vector<double> before = numbers_of(net);
  const auto identity = net.fc.weight.identity();
  try {
    nn::detail::load_weights_from_bytes(nn::detail::all_names(net), bytes, "w", options);
  } catch (const DataError&) {
    CHECK(numbers_of(net) == before);
    return false;
  }
  CHECK(net.fc.weight.identity() == identity);
  CHECK(net.fc.weight.shape() == Shape{2, 2});
  return true;
}

std::string saved(const char* name) {
  const TemporaryFolder folder;
  nn::save_weights(Net{}, folder / name);
  return read_file(folder / name);
}

template <class Number>
std::string raw(std::initializer_list<Number> numbers) {
  return std::string(reinterpret_cast<const char*>(numbers.begin()),
                     numbers.size() * sizeof(Number));
}

}  // namespace

TEST_CASE("weights: a saved file is what the description of safetensors says") {
  const std::string bytes = saved("w.safetensors");
  std::uint64_t length;
  std::memcpy(&length, bytes.data(), 8);
  CHECK(length % 8 == 0);
  REQUIRE(8 + length < bytes.size());
  const auto header = nlohmann::json::parse(bytes.substr(8, length));
  const std::string data = bytes.substr(8 + length);
  std::set<std::pair<std::size_t, std::size_t>> ranges;
  for (const auto& [name, tensor] : header.items()) {
    const std::size_t begin = tensor.at("data_offsets").at(0), end = tensor["data_offsets"].at(1);
    std::size_t size = tensor.at("dtype") == "I64" ? 8 : 4;
    CHECK(begin % size == 0);
    for (const std::size_t each : tensor.at("shape")) size *= each;
    CHECK(end - begin == size);
    ranges.emplace(begin, end);
  }
  std::size_t at = 0;
  for (const auto& [begin, end] : ranges) CHECK(begin == std::exchange(at, end));
  CHECK(at == data.size());
  const auto part = [&](const char* name) {
    const auto& offsets = header.at(name).at("data_offsets");
    return data.substr(offsets[0], offsets[1].get<std::size_t>() - offsets[0].get<std::size_t>());
  };
  CHECK(part("fc.weight") == raw<float>({1, 2, 3, 4}));
  CHECK(part("fc.bias") == raw<float>({5, 6}));
  CHECK(part("count") == raw<Index>({7}));
  CHECK(header["fc.weight"]["shape"] == nlohmann::json({2, 2}));
  CHECK(header["count"]["shape"] == nlohmann::json::array());
}

TEST_CASE("weights: a file as Python's library writes it is loaded") {
  // Its header: no spaces inside, spaces at the end up to a multiple of 8; F16, BF16 and F64.
  std::string header = R"({"__metadata__":{"format":"pt"},)"
                       R"("count":{"dtype":"I64","shape":[],"data_offsets":[0,8]},)"
                       R"("fc.bias":{"dtype":"BF16","shape":[2],"data_offsets":[8,12]},)"
                       R"("fc.weight":{"dtype":"F16","shape":[2,2],"data_offsets":[12,20]}})";
  header.resize((header.size() + 7) / 8 * 8, ' ');
  const std::string bytes = raw<std::uint64_t>({header.size()}) + header + raw<Index>({70}) +
                            raw<std::uint16_t>({0x3FC0, 0xC000, 0x3C00, 0xC100, 0x3800, 0x0001});
  Net net;
  const auto report = nn::detail::load_weights_from_bytes(nn::detail::all_names(net), bytes, "w");
  CHECK(numbers_of(net) == std::vector<double>{1, -2.5, 0.5, std::exp2(-24), 1.5, -2, 70});
  CHECK(report.metadata == nn::TextPairs{{"format", "pt"}});
}

TEST_CASE("weights: a file that ends early is refused, and the model stays as it was") {
  for (const char* name : {"w.safetensors", "w.npz"}) {
    const std::string bytes = saved(name);
    CHECK(loads(bytes));
    for (std::size_t size = 0; size < bytes.size(); ++size)
      if (loads(std::string_view(bytes).substr(0, size))) FAIL(name, " of ", size, " bytes");
  }
}

TEST_CASE("weights: a file with bytes changed is loaded whole or refused") {
  Random random{1};
  for (const char* name : {"w.safetensors", "w.npz"}) {
    const std::string bytes = saved(name);
    int loaded = 0;
    for (std::size_t at = 0; at < bytes.size(); ++at)
      for (const int flip : {1, 0x10, 0x80, 0xFF}) {
        std::string changed = bytes;
        changed[at] = static_cast<char>(changed[at] ^ flip);
        loaded += loads(changed, {.strict = at % 2 == 0});
      }
    CHECK(loaded < 4 * static_cast<int>(bytes.size()));
    for (int round = 0; round < 2000; ++round) {
      std::string changed = bytes;
      for (int k = 0; k < 4; ++k)
        changed[random.below(bytes.size())] = static_cast<char>(random.below(256));
      loads(changed);
    }
  }
}
