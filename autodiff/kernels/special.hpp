#pragma once
/// Digamma and trigamma, the derivatives of log Γ.

namespace thalweg::kernels {

/// ψ(x) = d/dx log Γ(x).
///
/// −∞ at +0, +∞ at −0, NaN at the negative integers and −∞. Error below 1e-14 relative, absolute
/// near the roots (x ≈ 1.4616 and one between each two poles); for x < 0, relative to the larger of
/// |ψ| and π |cot πx|.
double digamma(double x);
/// The same, computed in double and rounded once.
float digamma(float x);

/// ψ′(x) = d²/dx² log Γ(x).   +∞ at 0 and the negative integers, NaN at −∞.  Relative error below
/// 1e-14.
double trigamma(double x);
/// The same, computed in double and rounded once.
float trigamma(float x);

}  // namespace thalweg::kernels
