// The rule about snippets has to notice the second include.
// [snippet]
#include <thalweg/autodiff.hpp>
// [end]
#include <vector>
// [snippet]
int somewhere = 1;
// [end]
