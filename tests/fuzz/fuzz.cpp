// A libFuzzer program for the reader THALWEG_FUZZ_READER, a function of tests/fuzz/readers.hpp.

#include <cstddef>
#include <cstdint>

#include "tests/fuzz/readers.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  thalweg::fuzz::THALWEG_FUZZ_READER({reinterpret_cast<const char*>(data), size});
  return 0;
}
