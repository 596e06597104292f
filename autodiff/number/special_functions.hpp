#pragma once
/// log |Γ| and its derivatives, digamma and trigamma.

namespace thalweg::kernels {

/// log |Γ(x)|.  +∞ at 0, the negative integers and ±∞.  As std::lgamma, but safe in threads: that
/// one writes the sign of Γ to a global variable.
double lgamma(double x);
float lgamma(float x);

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
