#pragma once
/// The file format IDX, in which the MNIST family of data sets comes, plain or packed by gzip.
///
///     auto train = nn::read_idx_dataset<float>("train-images-idx3-ubyte.gz",
///                                              "train-labels-idx1-ubyte.gz");
///     // train.x [60000, 1, 28, 28] in [0, 1], train.y [60000]
///
///     0 0 type rank       type 08 U8, 09 I8, 0B I16, 0C I32, 0D F32, 0E F64; one byte each
///     size, size, …       32 bits, big-endian, one for each axis
///     numbers             row-major, big-endian
///
/// Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database", section "file formats".

#include <string>
#include <string_view>

#include "thalweg/autodiff/files/safetensors.hpp"
#include "thalweg/nn/data/dataset.hpp"

namespace thalweg::nn {

/// What these bytes hold. Throws DataError, which begins with `origin`, if they are not in this
/// format to the last byte. Numbers of one byte are a view of `bytes`.
StoredTensor parse_idx(std::string_view bytes, const std::string& origin);
/// The same of bytes packed by gzip; no more is unpacked than the header announces.
StoredTensor parse_packed_idx(std::string_view bytes, const std::string& origin);

/// A file's numbers, in their own type or as float, double or Index (see `converted`). Throws
/// DataError.
StoredTensor read_idx(const std::string& path);
template <class Number>
Tensor<Number> read_idx(const std::string& path);

/// Images and what they show, for classification.
///
///     images  U8 [n, h, w], 0 … 255       x [n, 1, h, w] in [0, 1]
///     labels  whole numbers [n], 0 or more      y [n]
///
/// Throws DataError, naming the file, if they are anything else or differ in n.
template <class Real>
Dataset<Real> read_idx_dataset(const std::string& images, const std::string& labels);

}  // namespace thalweg::nn
