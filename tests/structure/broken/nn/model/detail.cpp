// The rule about details has to notice the next line.
using thalweg::detail::TapeState;
