#include "thalweg/nn/weights/weights.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <memory>

#include "tests/temporary_folder.hpp"
#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/files/files.hpp"
#include "thalweg/autodiff/files/safetensors.hpp"
#include "thalweg/autodiff/ops/reduce.hpp"
#include "thalweg/autodiff/tape/tape.hpp"
#include "thalweg/nn/data/npz.hpp"
#include "thalweg/nn/formats/half.hpp"
#include "thalweg/nn/layers/linear.hpp"
#include "thalweg/nn/weights/names.hpp"
#include "thalweg/optim/rules/adam.hpp"

using namespace thalweg;

namespace {

template <class Real>
struct Net {
  nn::Linear<Real> fc{Tensor<Real>{{1, 2}, {3, 4}, {5, 6}}, Tensor<Real>{7, 8, 9}};
  nn::Buffer<Real> mean{Tensor<Real>{0.5, 0.25}};
  nn::Buffer<Index> count{Tensor<Index>(Shape{}, {3})};
};

/// All zeros.
template <class Real>
Net<Real> blank() {
  Net<Real> net;
  net.fc.weight.assign(Tensor<Real>{{0, 0}, {0, 0}, {0, 0}});
  net.fc.bias.assign(Tensor<Real>{0, 0, 0});
  net.mean.set(Tensor<Real>{0, 0});
  net.count.set(Tensor<Index>(Shape{}, {0}));
  return net;
}

template <class A, class B>
bool same(const A& a, const B& b) {
  const auto equal = [](const auto& x, const auto& y) {
    return x.shape() == y.shape() &&
           std::equal(x.values().begin(), x.values().end(), y.values().begin(), y.values().end());
  };
  return equal(a.fc.weight.value(), b.fc.weight.value()) &&
         equal(a.fc.bias.value(), b.fc.bias.value()) && equal(a.mean.value(), b.mean.value()) &&
         a.count.value().item() == b.count.value().item();
}

Safetensors content_of_net() {
  Net<float> net;
  return {{{"fc.weight", to_stored(net.fc.weight.value())},
           {"fc.bias", to_stored(net.fc.bias.value())},
           {"mean", to_stored(net.mean.value())},
           {"count", to_stored(net.count.value())}},
          {}};
}

/// The message; the model must be as it was.
template <class Model>
std::string refusal(const Safetensors& content, Model model,
                    const nn::LoadWeightsOptions& options = {}) {
  Model loaded = model;
  try {
    nn::detail::load_weights_from_bytes(nn::detail::all_names(loaded), safetensors_bytes(content),
                                        "w", options);
  } catch (const DataError& error) {
    CHECK(same(model, loaded));
    return error.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("weights: what is saved is loaded, in both formats and between number types") {
  const TemporaryFolder folder;
  for (const char* name : {"w.safetensors", "w.npz"}) {
    const Net<float> from;
    nn::save_weights(from, folder / name);
    Net<float> to = blank<float>();
    const auto identity = to.fc.weight.identity();
    const nn::WeightsReport report = nn::load_weights(to, folder / name);
    CHECK(same(from, to));
    CHECK(to.fc.weight.identity() == identity);
    CHECK(report.loaded == std::vector<std::string>{"count", "fc.bias", "fc.weight", "mean"});
    Net<double> wide = blank<double>();
    nn::load_weights(wide, folder / name);
    CHECK(same(from, wide));
    nn::save_weights(wide, folder / name);
    to = blank<float>();
    nn::load_weights(to, folder / name);
    CHECK(same(from, to));
  }
}

TEST_CASE("weights: an optimizer goes on after its parameters were loaded") {
  const TemporaryFolder folder;
  Net<float> net;
  nn::save_weights(net, folder / "w.safetensors");
  optim::Adam adam{{.rate = 0.1}};
  const auto step = [&] {
    Tape tape;
    const Tensor<float> y = net.fc(Tensor<float>{{1, 1}});
    adam.step(nn::parameters(net), tape.backward(sum(y * y)));
  };
  step();
  nn::load_weights(net, folder / "w.safetensors");
  step();
  CHECK(net.fc.bias.value().values()[0] < 7);
}

TEST_CASE("weights: a tape that holds the parameters refuses what was loaded into them") {
  const TemporaryFolder folder;
  Net<float> net;
  nn::save_weights(net, folder / "w.safetensors");
  Tape tape;
  const auto loss = [&] { return sum(net.fc(Tensor<float>{{1, 1}})); };
  const Tensor<float> before = loss();
  nn::load_weights(net, folder / "w.safetensors");
  CHECK_THROWS_WITH_AS(loss(),
                       "Parameter: its value has changed while the tape holds it; a tape lasts one "
                       "step: make it anew for the next one, or call clear()",
                       TapeError);
}

TEST_CASE("weights: metadata and 16 bits on request; half numbers come back rounded") {
  const TemporaryFolder folder;
  const std::string path = folder / "w.safetensors";
  Net<float> net;
  net.mean.set(Tensor<float>{1.0f / 3, -1e-3f});
  for (const auto type : {nn::WeightType::f16, nn::WeightType::bf16}) {
    nn::save_weights(net, path, {.metadata = {{"format", "pt"}}, .type = type});
    CHECK(read_safetensors(path).tensors.at("count").type == "I64");
    Net<float> to = blank<float>();
    CHECK(nn::load_weights(to, path).metadata == nn::TextPairs{{"format", "pt"}});
    const double digits = type == nn::WeightType::f16 ? 11 : 8;
    CHECK(to.mean.value().values()[0] == doctest::Approx(1.0 / 3).epsilon(std::exp2(-digits)));
    CHECK(to.fc.weight.value().values()[5] == 6);
  }
  nn::save_weights(Net<double>{}, path, {.type = nn::WeightType::f32});
  CHECK(read_safetensors(path).tensors.at("mean").type == "F32");
}

TEST_CASE("weights: names are stripped and renamed") {
  const auto name = [](const char* from, const nn::LoadWeightsOptions& options) {
    return nn::detail::renamed(from, options);
  };
  CHECK(name("module.a.weight", {.strip = "module."}) == "a.weight");
  CHECK(name("a.module.weight", {.strip = "module."}) == "a.module.weight");
  CHECK(name("model.fc.weight", {.rename = {{"model.fc.*", "output.*"}}}) == "output.weight");
  CHECK(name("h.3.attn.w", {.rename = {{"h.*.attn.*", "layers.*.attention.*"}}}) ==
        "layers.3.attention.w");
  CHECK(name("abab", {.rename = {{"*ab", "<*>"}}}) == "<ab>");
  CHECK(name("abc", {.rename = {{"ab", "x"}, {"*b*", "*-*"}, {"*", "late"}}}) == "a-c");
  CHECK(name("aa", {.rename = {{"a*aa", "x"}}}) == "aa");
  CHECK(name("step", {.rename = {{"step", ""}}}).empty());
  CHECK(name("w", {.name = [](const std::string& old) { return "b." + old; }}) == "b.w");

  Net<float> net = blank<float>();
  Safetensors content;
  for (const auto& [key, tensor] : content_of_net().tensors)
    content.tensors["m." + (key.starts_with("fc") ? "output" + key.substr(2) : key)] = tensor;
  nn::detail::load_weights_from_bytes(nn::detail::all_names(net), safetensors_bytes(content), "w",
                                      {.strip = "m.", .rename = {{"output.*", "fc.*"}}});
  CHECK(same(net, Net<float>{}));
  CHECK(refusal(content, blank<float>(), {.rename = {{"m.output.*", "x"}}}) ==
        "w: two tensors get the name x; the second is m.output.weight");
  CHECK_THROWS_WITH_AS(refusal(content, net, {.rename = {{"a", "*"}}}),
                       "load_weights: rename \"a\" to \"*\": the new name has more * than the "
                       "pattern",
                       ValueError);
}

TEST_CASE("weights: all that does not fit is listed at once, and nothing changes") {
  Safetensors content = content_of_net();
  content.tensors.erase("mean");
  content.tensors["more"] = content.tensors["fc.weight"];
  CHECK(refusal(content, blank<float>()) ==
        "w: 3 of 4 tensors found\n  missing: mean\n  unexpected: more");
  content.tensors["fc.bias"] = to_stored(Tensor<float>{1, 2});
  content.tensors["count"] = to_stored(Tensor<float>(3.0f));
  const char* expected =
      "w: does not fit the model\n  missing: mean\n  unexpected: more\n"
      "  unfit: count is F32 []; expected whole numbers\n"
      "         fc.bias is F32 [2]; the model's is [3]";
  const std::string all = refusal(content, blank<float>());
  CHECK(all.find("count is F32 []; expected whole numbers") != all.npos);
  CHECK(all.find("fc.bias is F32 [2]; the model's is [3]") != all.npos);
  CHECK(all.size() == std::string(expected).size());
  CHECK(refusal(content, blank<float>(), {.strict = false}) == all);
  content = content_of_net();
  content.tensors["mean"] = to_stored(Tensor<double>{1e300, 0});
  CHECK(refusal(content, blank<float>()) ==
        "w: does not fit the model\n  unfit: mean: element 0 is 1e+300, which float does not hold");
}

TEST_CASE("weights: what is missing or unexpected may be, on request, but not everything") {
  Safetensors content = content_of_net();
  content.tensors.erase("mean");
  content.tensors["more"] = content.tensors["fc.weight"];
  Net<float> net = blank<float>();
  const auto report = nn::detail::load_weights_from_bytes(
      nn::detail::all_names(net), safetensors_bytes(content), "w", {.strict = false});
  CHECK(fmt::format("{}", report) ==
        "w: 3 of 4 tensors found\n  missing: mean\n  unexpected: more");
  CHECK(net.fc.bias.value().values()[2] == 9);
  CHECK(net.mean.value().values()[0] == 0);
  CHECK(refusal({{{"x", content.tensors["more"]}}, {}}, blank<float>(), {.strict = false}) ==
        "w: 0 of 4 tensors found\n  missing: count, fc.bias, fc.weight, mean\n  unexpected: x");
}

namespace {
struct Tied {
  std::shared_ptr<nn::Linear<float>> first =
      std::make_shared<nn::Linear<float>>(Tensor<float>{{1, 2}}, Tensor<float>{3});
  std::shared_ptr<nn::Linear<float>> second = first;
};
}  // namespace

TEST_CASE("weights: a tensor with two names is written once and read under either or both") {
  const TemporaryFolder folder;
  Tied tied;
  nn::save_weights(tied, folder / "w.safetensors");
  Safetensors content = read_safetensors(folder / "w.safetensors");
  CHECK(content.tensors.size() == 2);
  const auto load = [&](const Safetensors& file) {
    return nn::detail::load_weights_from_bytes(nn::detail::all_names(tied), safetensors_bytes(file),
                                               "w");
  };
  content.tensors["second.bias"] = to_stored(Tensor<float>{4});
  CHECK_THROWS_WITH_AS(load(content), doctest::Contains("second.bias differs from first.bias"),
                       DataError);
  content.tensors.erase("first.bias");
  load(content);
  CHECK(tied.first->bias.value().item() == 4);
}

TEST_CASE("weights: wrong calls are refused") {
  Net<float> net;
  CHECK_THROWS_WITH_AS(nn::save_weights(net, "w.pt"),
                       "save_weights: w.pt: expected a name that ends in .safetensors or .npz",
                       ValueError);
  CHECK_THROWS_WITH_AS(nn::save_weights(net, "w.npz", {.metadata = {{"a", "b"}}}),
                       "save_weights: w.npz: .npz holds no metadata", ValueError);
  CHECK_THROWS_WITH_AS(nn::save_weights(net, "w.npz", {.type = nn::WeightType::f16}),
                       "save_weights: w.npz: numbers of 16 bits go to .safetensors", ValueError);
  net.mean.set(Tensor<float>{0, 7e4});
  CHECK_THROWS_WITH_AS(nn::save_weights(net, "w.safetensors", {.type = nn::WeightType::f16}),
                       "save_weights: element 1 of mean is 70000, which F16 does not hold",
                       ValueError);
}

TEST_CASE("weights: every number of 16 bits survives the way to float and back") {
  for (unsigned code = 0; code < 0x10000; ++code) {
    const auto bits = static_cast<std::uint16_t>(code);
    const float f16 = nn::detail::from_f16(bits), bf16 = nn::detail::from_bf16(bits);
    if (std::isnan(f16))
      CHECK(std::isnan(nn::detail::from_f16(nn::detail::to_f16(f16))));
    else if (nn::detail::to_f16(f16) != bits)
      FAIL("F16 ", code);
    if (std::isnan(bf16))
      CHECK(std::isnan(nn::detail::from_bf16(nn::detail::to_bf16(bf16))));
    else if (nn::detail::to_bf16(bf16) != bits)
      FAIL("BF16 ", code);
  }
}

TEST_CASE("weights: 16 bits are the nearest, and of two equally near the even one") {
  using nn::detail::to_bf16, nn::detail::to_f16;
  for (unsigned code = 0; code < 0x7BFF; ++code) {
    const auto low = static_cast<std::uint16_t>(code), high = static_cast<std::uint16_t>(code + 1);
    const float middle = (nn::detail::from_f16(low) + nn::detail::from_f16(high)) / 2;
    const auto even = code % 2 == 0 ? low : high;
    if (to_f16(middle) != even || to_f16(std::nextafter(middle, 0.0f)) != low ||
        to_f16(std::nextafter(middle, 1e9f)) != high)
      FAIL("between ", code, " and the next");
  }
  CHECK(to_f16(65519.0f) == 0x7BFF);
  CHECK(to_f16(65520.0f) == 0x7C00);
  CHECK(to_f16(-1e9f) == 0xFC00);
  CHECK(to_f16(1e-9f) == 0);
  CHECK(to_bf16(1.00390625f) == 0x3F80);
  CHECK(to_bf16(1.01171875f) == 0x3F82);
}
