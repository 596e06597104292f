#pragma once
/// Optimizers: the table of contents. Two doors lead to the same methods:
///
///     optim::minimise(f, start, optim::Lbfgs{});      a function, from a start to its minimum
///     adam.step(parameters, tape.backward(loss));     a model, one step at a time

// clang-format off
// Minimising a function.
#include "optim/minimise.hpp"                   // f, start, method, limits, observers -> Result
#include "optim/limits.hpp"                     // when a run stops, and the reasons it gives
#include "optim/observer.hpp"                   // what an observer is
#include "optim/observers.hpp"                  // printing, recording, saving, stopping early
#include "optim/run.hpp"                        // a minimisation driven by hand, saved and resumed
#include "optim/bounds.hpp"                     // lower <= x <= upper

// Methods that use a gradient.
#include "optim/smooth/steepest_descent.hpp"    // with a line search
#include "optim/smooth/conjugate_gradient.hpp"  // Fletcher-Reeves, Polak-Ribiere, Hager-Zhang
#include "optim/smooth/lbfgs.hpp"               // the first to try on a smooth function
#include "optim/smooth/lbfgs_b.hpp"             // the same within bounds
#include "optim/smooth/newton.hpp"              // in a trust region, Hessian times vector
#include "optim/smooth/levenberg_marquardt.hpp" // least squares: f gives residuals
#include "optim/smooth/gauss_newton.hpp"        // least squares that fit well
#include "optim/smooth/covariance.hpp"          // how certain fitted parameters are
#include "optim/line_search/armijo.hpp"         // backtracking
#include "optim/line_search/fixed_step.hpp"     // no search
#include "optim/line_search/hager_zhang.hpp"    // Wolfe's conditions, exact near the minimum
#include "optim/line_search/strong_wolfe.hpp"   // Wolfe's conditions, strong

// Methods that do not.
#include "optim/global/cma_es.hpp"              // the first to try on a rugged function
#include "optim/global/differential_evolution.hpp" // differences of points as steps
#include "optim/global/particle_swarm.hpp"      // points drawn to the best ones
#include "optim/global/simulated_annealing.hpp" // worse points are taken while it is hot
#include "optim/global/multistart.hpp"          // any method, from many starts
#include "optim/global/genetic.hpp"             // selection, crossover, mutation
#include "optim/global/random_search.hpp"       // pure and local

// Update rules for training; minimise takes them too.
#include "optim/gradient_descent.hpp"           // w <- w - rate * gradient
#include "optim/sgd.hpp"                        // with momentum, Nesterov's too
#include "optim/asgd.hpp"                       // with an average of the weights
#include "optim/adam.hpp"                       // Adam, AdamW, AMSGrad
#include "optim/nadam.hpp"                      // Adam with Nesterov's momentum
#include "optim/radam.hpp"                      // Adam that needs no warm-up
#include "optim/adamax.hpp"                     // Adam with a maximum in place of the mean square
#include "optim/adagrad.hpp"                    // rates that fall with the gradients seen
#include "optim/adadelta.hpp"                   // steps in the parameter's own units
#include "optim/rmsprop.hpp"                    // gradients over the root of their mean square
#include "optim/lion.hpp"                       // steps by the sign of the momentum
#include "optim/rprop.hpp"                      // steps by the sign of the gradient, full batches
#include "optim/adafactor.hpp"                  // second moments of rows and columns
#include "optim/muon.hpp"                       // orthogonalised momentum, for matrices
#include "optim/schedule_free.hpp"              // AdamW that needs no schedule

// Around an optimizer.
#include "optim/training/clip.hpp"              // gradients clipped by value, norm, global norm
#include "optim/training/accumulation.hpp"      // one step for several gradients
#include "optim/training/skip_nonfinite.hpp"    // no step on NaN or infinity
#include "optim/training/scheduled.hpp"         // the rate follows a schedule
#include "optim/training/lookahead.hpp"         // slow weights that follow fast ones
#include "optim/training/averaging.hpp"         // averages of the weights: EMA, SWA

// Step sizes over time.
#include "optim/schedule/schedule.hpp"          // constant, warmup, and how schedules are joined
#include "optim/schedule/decay.hpp"             // step, exponential, inverse time, linear, ...
#include "optim/schedule/cosine.hpp"            // cosine, with warm restarts
#include "optim/schedule/cyclic.hpp"            // cyclic, one cycle
#include "optim/schedule/plateau.hpp"           // falls when the loss stops falling: patience
#include "optim/schedule/loss_slope.hpp"        // the same by a test of the loss's slope

// State and pictures.
#include "optim/checkpoint.hpp"                 // save, restore
#include "optim/progress.hpp"                   // a long run on the terminal
#include "optim/plot/line_chart.hpp"            // loss by iteration
#include "optim/plot/surface.hpp"               // contours and trajectories
#include "optim/plot/page.hpp"                  // a page of both
