#pragma once
/// Optimizers: the table of contents. Two doors lead to the same methods:
///
///     optim::minimise(f, start, optim::Lbfgs{});      // a function, from a start to its minimum
///     adam.step(parameters, tape.backward(loss));     // a model, one step at a time

// clang-format off
#include "thalweg/autodiff.hpp"  // what is minimised is written with

// Minimising a function.
#include "thalweg/optim/minimise.hpp"                  // f, start, method, limits -> Result
#include "thalweg/optim/run/limits.hpp"                // when a run stops, the reasons it gives
#include "thalweg/optim/run/observer.hpp"              // what an observer is
#include "thalweg/optim/run/observers.hpp"             // printing, recording, saving
#include "thalweg/optim/run/early_stopping.hpp"        // an end when there is no progress
#include "thalweg/optim/run/run.hpp"                   // driven by hand, saved and resumed
#include "thalweg/optim/objective/bounds.hpp"          // lower <= x <= upper
#include "thalweg/optim/objective/robust_loss.hpp"     // what an outlier costs
#include "thalweg/optim/objective/check_gradient.hpp"  // one that is written by hand

// Methods that use a gradient.
#include "thalweg/optim/smooth/steepest_descent.hpp"     // with a line search
#include "thalweg/optim/smooth/conjugate_gradient.hpp"   // FR, PR+, Hager-Zhang
#include "thalweg/optim/smooth/lbfgs.hpp"                // the first to try on a smooth function
#include "thalweg/optim/smooth/lbfgs_b.hpp"              // the same within bounds
#include "thalweg/optim/smooth/newton.hpp"               // in a trust region, Hessian times vector
#include "thalweg/optim/smooth/levenberg_marquardt.hpp"  // least squares: f gives residuals
#include "thalweg/optim/smooth/gauss_newton.hpp"         // least squares that fit well
#include "thalweg/optim/smooth/covariance.hpp"           // how certain fitted parameters are
#include "thalweg/optim/line_search/armijo.hpp"          // backtracking
#include "thalweg/optim/line_search/fixed_step.hpp"      // no search
#include "thalweg/optim/line_search/hager_zhang.hpp"     // exact near the minimum
#include "thalweg/optim/line_search/strong_wolfe.hpp"    // Wolfe's conditions, strong

// Methods that do not.
#include "thalweg/optim/global/cma_es.hpp"                  // the first to try on a rugged function
#include "thalweg/optim/global/differential_evolution.hpp"  // differences of points as steps
#include "thalweg/optim/global/particle_swarm.hpp"          // points drawn to the best ones
#include "thalweg/optim/global/simulated_annealing.hpp"     // worse points while it is hot
#include "thalweg/optim/global/multistart.hpp"              // any method, from many starts
#include "thalweg/optim/global/genetic.hpp"                 // selection, crossover, mutation
#include "thalweg/optim/global/random_search.hpp"           // pure and local

// Update rules for training; minimise takes them too.
#include "thalweg/optim/rules/gradient_descent.hpp"  // w <- w - rate * gradient
#include "thalweg/optim/rules/sgd.hpp"               // with momentum, Nesterov's too
#include "thalweg/optim/rules/asgd.hpp"              // with an average of the weights
#include "thalweg/optim/rules/adam.hpp"              // Adam, AdamW, AMSGrad
#include "thalweg/optim/rules/nadam.hpp"             // Adam with Nesterov's momentum
#include "thalweg/optim/rules/radam.hpp"             // Adam that needs no warm-up
#include "thalweg/optim/rules/adamax.hpp"            // Adam with a maximum for the mean
#include "thalweg/optim/rules/adagrad.hpp"           // rates that fall with the gradients seen
#include "thalweg/optim/rules/adadelta.hpp"          // steps in the parameter's own units
#include "thalweg/optim/rules/rmsprop.hpp"           // gradients over the root of their mean square
#include "thalweg/optim/rules/lion.hpp"              // steps by the sign of the momentum
#include "thalweg/optim/rules/rprop.hpp"             // steps by the gradient.s sign
#include "thalweg/optim/rules/adafactor.hpp"         // second moments of rows and columns
#include "thalweg/optim/rules/muon.hpp"              // orthogonalised momentum, for matrices
#include "thalweg/optim/rules/schedule_free.hpp"     // AdamW that needs no schedule

// Around an optimizer.
#include "thalweg/optim/training/clip.hpp"            // by value, norm, global norm
#include "thalweg/optim/training/accumulation.hpp"    // one step for several gradients
#include "thalweg/optim/training/skip_nonfinite.hpp"  // no step on NaN or infinity
#include "thalweg/optim/training/scheduled.hpp"       // the rate follows a schedule
#include "thalweg/optim/training/lookahead.hpp"       // slow weights that follow fast ones
#include "thalweg/optim/training/averaging.hpp"       // averages of the weights: EMA, SWA

// Step sizes over time.
#include "thalweg/optim/schedule/schedule.hpp"    // constant, warmup, and how schedules are joined
#include "thalweg/optim/schedule/decay.hpp"       // step, exponential, inverse time, linear, ...
#include "thalweg/optim/schedule/cosine.hpp"      // cosine, with warm restarts
#include "thalweg/optim/schedule/cyclic.hpp"      // cyclic, one cycle
#include "thalweg/optim/schedule/plateau.hpp"     // falls when the loss stops falling: patience
#include "thalweg/optim/schedule/loss_slope.hpp"  // the same by a test of the loss's slope

// State and pictures.
#include "thalweg/optim/state/checkpoint.hpp"   // save, restore
#include "thalweg/optim/progress/progress.hpp"  // a long run on the terminal
#include "thalweg/optim/plot/line_chart.hpp"    // loss by iteration
#include "thalweg/optim/plot/surface.hpp"       // contours and trajectories
#include "thalweg/optim/plot/page.hpp"          // a page of both
