/// export_models FOLDER: the models of models.hpp as NAME.onnx, with NAME.input.npy, what the
/// library makes of it in NAME.output.npy, and NAME.opencv where OpenCV should make the same.

#include "tests/nn/onnx/models.hpp"
#include "thalweg/autodiff/files/files.hpp"
#include "thalweg/nn/data/npy.hpp"

using namespace thalweg;

int main(int, char** arguments) {
  const std::string folder = arguments[1];
  onnx_models::for_each(
      [&](const std::string& name, const auto& model, const auto& x, bool opencv) {
        const std::string path = folder + "/" + name;
        const Tensor y = nn::detail::onnx_output(nn::call(model, x, nn::evaluation));
        for (const int opset : {13, 17, 18, 21})
          nn::export_onnx(model, path + "." + std::to_string(opset) + ".onnx", x, {.opset = opset});
        nn::write_npy(path + ".input.npy", x);
        nn::write_npy(path + ".output.npy", y);
        if (opencv) write_file(path + ".opencv", "");
      });
}
