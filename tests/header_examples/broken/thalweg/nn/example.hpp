#pragma once
/// The test of examples has to notice what is wrong in these.
///
///     struct Line {
///       nowhere slope;
///     };
///     for (int i = 0; i < 3; ++i) {   // a text that must not end it: "; {
///       const char* text = "// … no comment ← \" {";
///       text = nowhere;
///     }
///
///     const auto later = [] {
///       return nowhere;
///     };
///
/// A part of a class:
///
///     int size() const {
///       return nowhere;
///     }
///
/// No example:
///
///     x ← x + α p,    p = −g;
///     n  steps        α  rate
