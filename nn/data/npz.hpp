#pragma once
/// NumPy's file format NPZ: named arrays.
///
///     nn::StoredTensors arrays = nn::read_npz("data.npz");      // numpy.savez("data.npz", x=x, …)
///     auto x = nn::converted<float>(arrays.at("x"), "x");
///     nn::write_npz("out.npz", {{"x", to_stored(x)}});          // numpy.load("out.npz")["x"]
///
/// A ZIP archive of NPY files. Read: entries stored or deflated. Not read: other compression,
/// encryption, archives in several parts, archives of 4 GiB and more. Written: entries stored.
///
/// Source: PKWARE, "APPNOTE.TXT – .ZIP File Format Specification".

#include <map>
#include <string>
#include <string_view>

#include "thalweg/autodiff/files/safetensors.hpp"
#include "thalweg/nn/data/stored.hpp"

namespace thalweg::nn {

using StoredTensors = std::map<std::string, StoredTensor>;

/// What these bytes hold; arrays that are stored are views of them. Of an array that is not of
/// numbers (text, structures) the type says so; the error comes when it is converted. Throws
/// DataError, which begins with `origin`, if anything is damaged: all checksums are compared.
StoredTensors parse_npz(std::string_view bytes, const std::string& origin);
/// The same of a file, whose bytes the arrays own together.
StoredTensors read_npz(const std::string& path);

/// Writes the arrays, in the way of `write_file`. Throws ValueError for what NPY does not hold, for
/// an empty name, and where more than 4 GiB or 65535 arrays would have to be written.
void write_npz(const std::string& path, const StoredTensors& arrays);

}  // namespace thalweg::nn
