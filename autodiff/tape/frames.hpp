#pragma once
/// What directs a thread's recording: the tapes and NoTapes that were made on it, the innermost
/// first. Private to the library.

#include "thalweg/autodiff/tape/tape_state.hpp"

namespace thalweg::detail {

/// A tape that records on this thread from now on, in the memory of one that has ended if there is
/// one.
TapeState* begin_tape(Tape* owner);
void end_tape(TapeState* state);

/// A NoTape.
Frame* begin_pause();
/// Ends what began, on whichever thread.
void end(Frame* frame);

/// May a tape live, on any thread?
bool tapes_live();

}  // namespace thalweg::detail
