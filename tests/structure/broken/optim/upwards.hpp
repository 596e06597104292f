#pragma once
// The rule about includes has to notice the next line.
#include "nn/linear.hpp"
