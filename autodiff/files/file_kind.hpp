#pragma once
/// What a file is that is not what was asked for.

#include <string>
#include <string_view>

namespace thalweg {

/// A phrase for messages, from the first bytes: "a pointer of Git LFS, not the file: run `git lfs
/// pull`", "a ZIP archive"; with what to do, where something can be done. Empty if they tell
/// nothing.
std::string file_kind(std::string_view bytes);

/// The line for the shell that makes model.safetensors of a file of PyTorch.
std::string conversion_from_pytorch(std::string_view path = "model.pt");

/// Is it, of those, a text that a person could read: HTML, XML, RTF, PDF, a pointer of Git LFS?
bool is_markup(std::string_view bytes);

/// `file_kind` behind words: ": it is a ZIP archive"; empty if nothing is told.
std::string it_is(std::string_view bytes);

}  // namespace thalweg
