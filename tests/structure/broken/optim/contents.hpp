#pragma once
// The rule about includes has to notice the next line.
#include "thalweg/nn.hpp"
