#pragma once
/// Images sorted into folders by what they show.
///
///     flowers/daisy/1.jpg
///     flowers/daisy/2.png
///     flowers/rose/a.jpg
///
///     auto flowers = nn::read_image_folder<float>("flowers", {.height = 64, .width = 64});
///     // flowers.data.x [3, 3, 64, 64], flowers.data.y {0, 0, 1}, flowers.classes {daisy, rose}

#include <string>
#include <vector>

#include "thalweg/nn/data/dataset.hpp"

namespace thalweg::nn {

struct ImageFolderOptions {
  /// Each image is made this large; 0 for the size they have, which then has to be one for all.
  Index height = 0, width = 0;
  Index channels = 3;  ///< see ImageOptions
};

template <class Real>
struct ImageFolder {
  Dataset<Real> data;                ///< x [n, c, h, w] in [0, 1], y [n]
  std::vector<std::string> classes;  ///< the folders' names, sorted
  std::vector<std::string> files;    ///< [n], the images' paths, sorted within their class
};

/// Reads all images, PNG and JPEG; files and folders whose names begin with a dot are left out.
/// Throws DataError, naming the file or folder, if there is no image, a folder has none, one cannot
/// be read or differs in size; ValueError if one of height and width is given, or one is negative.
template <class Real>
ImageFolder<Real> read_image_folder(const std::string& folder,
                                    const ImageFolderOptions& options = {});

}  // namespace thalweg::nn
