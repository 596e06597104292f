#pragma once
/// Images changed at random, so that a network sees each in many ways.
///
///     const auto augment = [](const Tensor<float>& x, Random& random) {
///       return nn::random_crop(nn::random_horizontal_flip(x, random), {.padding = 4}, random);
///     };
///     for (const auto& [x, y] : nn::batches(train, 128, random)) {
///       auto loss = nn::cross_entropy(model(augment(x, random)), y);
///       …
///     }
///
/// Images are [n, c, h, w], each changed in its own way, or one [c, h, w]. What comes from outside
/// of an image is 0; pixels that are NaN or infinite stay so, and count for no mean. All throw
/// ShapeError for other shapes, ValueError for options out of range.

#include <type_traits>
#include <vector>

#include "thalweg/autodiff/base/random.hpp"
#include "thalweg/autodiff/tensor/tensor.hpp"

namespace thalweg::nn {

/// Left and right change places with this probability.
template <class Real>
Tensor<Real> random_horizontal_flip(const Tensor<Real>& x, Random& random,
                                    double probability = 0.5);
/// Top and bottom change places with this probability.
template <class Real>
Tensor<Real> random_vertical_flip(const Tensor<Real>& x, Random& random, double probability = 0.5);

struct CropOptions {
  Index height = 0, width = 0;  ///< of the result; 0 for those of the images
  Index padding = 0;            ///< zeros around the image before it is cropped
};
/// A part of the image, anywhere within it and its padding.
template <class Real>
Tensor<Real> random_crop(const Tensor<Real>& x, const CropOptions& options, Random& random);

/// Turned around the centre by an angle uniform in [−degrees, degrees], counter-clockwise if
/// positive; bilinear.
template <class Real>
Tensor<Real> random_rotate(const Tensor<Real>& x, double degrees, Random& random);
template <class Real>
Tensor<Real> rotate(const Tensor<Real>& x, double degrees);

/// x ↦ f x, f uniform in [1 − most, 1 + most], cut to [0, 1].
template <class Real>
Tensor<Real> random_brightness(const Tensor<Real>& x, double most, Random& random);
/// x ↦ m + f (x − m), m the image's mean, f uniform in [1 − most, 1 + most], cut to [0, 1].
template <class Real>
Tensor<Real> random_contrast(const Tensor<Real>& x, double most, Random& random);

/// x ↦ (x − mean) / deviation for each channel.
template <class Real>
Tensor<Real> normalise(const Tensor<Real>& x, const std::vector<std::type_identity_t<Real>>& mean,
                       const std::vector<std::type_identity_t<Real>>& deviation);

}  // namespace thalweg::nn
