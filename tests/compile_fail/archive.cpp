// clang-format off
/// An archive stores what it knows: a field of another type is told, not forgotten.
#include <array>
#include <functional>

#include "thalweg/optim/state/archive.hpp"

using namespace thalweg;

struct Plain { double rate = 0.1; Index steps = 3; };
struct Calling { double rate = 0.1; std::function<void()> call = {}; };
struct Narrow { int steps = 3; };
class Closed { public: Closed(int n) : n_(n) {} int n() const { return n_; } private: int n_; };

int main() {
  optim::Archive archive;
  Plain plain;
  archive("plain", plain);
  Calling calling;
  archive.all_but<std::function<void()>>(calling);

#if CASE == 1
  archive("calling", calling);
  // expect: thalweg: an archive holds nothing of this type
#endif

#if CASE == 2
  Narrow narrow;
  archive("narrow", narrow);
  // expect: thalweg: an archive holds nothing of this type
#endif

#if CASE == 3
  Closed closed{3};
  archive("closed", closed);
  // expect: thalweg: an archive holds nothing of this type
#endif
  return plain.steps == 3 ? 0 : 1;
}
