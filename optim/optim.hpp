#pragma once
/// Optimizers: the table of contents. All share one shape: options in braces, one `step`.

// clang-format off
#include "optim/adam.hpp"              // Adam, AdamW, AMSGrad
#include "optim/gradient_descent.hpp"  // w ← w − α ∇f(w)
#include "optim/sgd.hpp"               // with momentum, Nesterov's too
#include "optim/asgd.hpp"              // with an average of the weights
#include "optim/nadam.hpp"             // Adam with Nesterov's momentum
#include "optim/radam.hpp"             // Adam that needs no warm-up
#include "optim/adamax.hpp"            // Adam with a maximum in place of the mean square
#include "optim/adagrad.hpp"           // rates that fall with the gradients seen
#include "optim/adadelta.hpp"          // steps in the parameter's own units
#include "optim/rmsprop.hpp"           // gradients over the root of their mean square
#include "optim/lion.hpp"              // steps by the sign of the momentum
#include "optim/adafactor.hpp"         // a memory of rows and columns in place of matrices
#include "optim/muon.hpp"              // orthogonal steps for the matrices of hidden layers
#include "optim/schedule_free.hpp"     // AdamW that averages in place of a falling rate
#include "optim/rprop.hpp"             // steps by the sign of the gradient, for full batches

// Around an optimizer: SkipNonfinite{Clipped{AdamW{{.rate = 3e-4}}, {.global_norm = 1}}}
#include "optim/training/clip.hpp"            // gradients made smaller
#include "optim/training/accumulation.hpp"    // large batches in parts
#include "optim/training/skip_nonfinite.hpp"  // NaN spoils nothing
#include "optim/training/scheduled.hpp"       // a rate that follows a schedule
#include "optim/training/lookahead.hpp"       // k steps forward, one step back
#include "optim/training/averaging.hpp"       // averages of weights, for evaluation

#include "optim/progress.hpp"         // a run as it happens
#include "optim/plot/line_chart.hpp"  // how the value went down
