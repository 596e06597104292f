#pragma once
// The rule about includes has to notice the next line, which climbs within a layer.
#include "thalweg/autodiff/tape/tape.hpp"
