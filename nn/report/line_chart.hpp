#pragma once
/// The line charts of optim, for reports on training.

#include "thalweg/optim/plot/line_chart.hpp"

namespace thalweg::nn {

using optim::plot::Chart;
using optim::plot::Series;
using optim::plot::to_svg;

}  // namespace thalweg::nn
