#pragma once
/// Optimizers: the table of contents. All share one shape: options in braces, one `step`.

// clang-format off
#include "optim/adam.hpp"              // Adam, AdamW, AMSGrad
#include "optim/gradient_descent.hpp"  // w ← w − α ∇f(w)
#include "optim/sgd.hpp"               // with momentum, Nesterov's too

#include "optim/progress.hpp"         // a run as it happens
#include "optim/plot/line_chart.hpp"  // how the value went down
#include "optim/plot/surface.hpp"     // contours, and the ways of methods across them
#include "optim/plot/page.hpp"        // text and pictures as one HTML file
