// clang-format off
/// A struct without an ONNX form is not exported, and a model comes before its file.
#include "thalweg/nn/onnx/onnx.hpp"
#include "thalweg/nn/weights/weights.hpp"

using namespace thalweg;

struct Net {
  nn::Linear<float> fc;
  Tensor<float> operator()(const Tensor<float>& x) const { return tanh(fc(x)); }
};

int main() {
  Random random{1};
  Net net{{2, 2, random}};

#if CASE == 1
  nn::export_onnx(net, "net.onnx", {1, 2});
  // expect: thalweg: there is no ONNX form of this layer: give it a member
#endif

#if CASE == 2
  nn::save_weights("net.safetensors", net);
  // expect: thalweg: the model comes first: save_weights
#endif

#if CASE == 3
  const Net fixed = net;
  nn::load_weights(fixed, "net.safetensors");
  // expect: thalweg: the weights of a const model cannot be changed
#endif
}
