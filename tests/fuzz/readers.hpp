#pragma once
/// What the fuzzers do to each reader of outside bytes: it reads them, or throws DataError.

#include <string_view>

namespace thalweg::fuzz {

/// The first byte chooses options.
void csv(std::string_view bytes);
void idx(std::string_view bytes);
void npy(std::string_view bytes);
void npz(std::string_view bytes);
void image(std::string_view bytes);
void text(std::string_view bytes);
void safetensors(std::string_view bytes);

struct Reader {
  const char* name;  ///< of its folder in corpus/
  void (*read)(std::string_view bytes);
};
constexpr Reader readers[] = {
    {"csv", csv},
    {"idx", idx},
    {"npy", npy},
    {"npz", npz},
    {"image", image},
    {"text", text},
    {"safetensors", safetensors},
};

/// The folder with a folder of seeds for each reader.
extern const char* const corpus;

}  // namespace thalweg::fuzz
