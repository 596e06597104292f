#include "thalweg/nn/data/image_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/nn/data/image.hpp"

namespace thalweg::nn {
namespace {

namespace fs = std::filesystem;

/// What lies in a folder, sorted: its folders or its files.
std::vector<fs::path> listed(const fs::path& folder, bool folders) {
  std::vector<fs::path> paths;
  try {
    for (const auto& entry : fs::directory_iterator(folder)) {
      const bool hidden = entry.path().filename().string().starts_with('.');
      if (!hidden && entry.is_directory() == folders) paths.push_back(entry.path());
    }
  } catch (const fs::filesystem_error& error) {
    throw DataError(fmt::format("{}: cannot be read: {}", folder.string(), error.code().message()));
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

void expect_options(const ImageFolderOptions& options) {
  const bool fine =
      options.height >= 0 && options.width >= 0 && (options.height == 0) == (options.width == 0);
  if (!fine)
    throw ValueError(fmt::format("read_image_folder: height {} and width {}; expected both or none",
                                 options.height, options.width));
}

template <class Real>
Tensor<Real> stacked(const std::vector<Tensor<Real>>& images) {
  Shape shape{static_cast<Index>(images.size())};
  for (const Index size : images[0].shape()) shape.push_back(size);
  Tensor<Real> x = Tensor<Real>::uninitialised(shape);
  Real* to = x.unshared_data();
  for (const Tensor<Real>& image : images) to = std::copy_n(image.data(), image.size(), to);
  return x;
}

}  // namespace

template <class Real>
ImageFolder<Real> read_image_folder(const std::string& folder, const ImageFolderOptions& options) {
  expect_options(options);
  ImageFolder<Real> result;
  std::vector<Tensor<Real>> images;
  std::vector<Index> labels;
  for (const fs::path& each : listed(folder, true)) {
    const auto files = listed(each, false);
    if (files.empty()) throw DataError(fmt::format("{}: holds no image", each.string()));
    for (const fs::path& file : files) {
      Tensor<Real> image = read_image<Real>(file.string(), {.channels = options.channels});
      if (options.height > 0) image = resize(image, options.height, options.width);
      if (!images.empty() && image.shape() != images[0].shape())
        throw DataError(
            fmt::format("{} is of shape {}; expected {}, as those before: see ImageFolderOptions",
                        file.string(), image.shape(), images[0].shape()));
      images.push_back(image);
      labels.push_back(static_cast<Index>(result.classes.size()));
      result.files.push_back(file.string());
    }
    result.classes.push_back(each.filename().string());
  }
  if (images.empty())
    throw DataError(fmt::format("{}: holds no folder with images, one for each class", folder));
  result.data = {stacked(images), IndexTensor(labels)};
  return result;
}

#define THALWEG_INSTANTIATE(Real) \
  template ImageFolder<Real> read_image_folder(const std::string&, const ImageFolderOptions&);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::nn
