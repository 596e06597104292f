#pragma once
/// The affine map.

#include "nn/init.hpp"
#include "nn/module.hpp"

namespace thalweg::nn {
