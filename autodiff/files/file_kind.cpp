#include "thalweg/autodiff/files/file_kind.hpp"

#include <algorithm>

namespace thalweg {
namespace {

using namespace std::string_view_literals;

// Those that are text.
constexpr std::string_view pointer = "version https://git-lfs", rtf = "{\\rtf", pdf = "%PDF";

/// The first bytes of formats, the longer ones first where one begins another.
constexpr std::pair<std::string_view, std::string_view> beginnings[] = {
    {pointer, "a pointer of Git LFS, not the file: run `git lfs pull`"},
    {"\x1F\x8B"sv, "compressed by gzip"},
    {"BZh"sv, "compressed by bzip2"},
    {"\xFD"
     "7zXZ"sv,
     "compressed by xz"},
    {"\x28\xB5\x2F\xFD"sv, "compressed by zstd"},
    {"7z\xBC\xAF\x27\x1C"sv, "a 7z archive"},
    {"\x93NUMPY"sv, "an array of NumPy (NPY)"},
    {"\x89HDF\r\n\x1A\n"sv, "an HDF5 file"},
    {"MATLAB 5.0"sv, "a MATLAB file"},
    {"\x89PNG\r\n\x1A\n"sv, "a PNG image"},
    {"\xFF\xD8\xFF"sv, "a JPEG image"},
    {"GIF8"sv, "a GIF image"},
    {"II*\0"sv, "a TIFF image"},
    {"MM\0*"sv, "a TIFF image"},
    {"PAR1"sv, "a Parquet file"},
    {"ARROW1"sv, "an Arrow file"},
    {"SQLite format 3\0"sv, "an SQLite database"},
    {pdf, "a PDF document"},
    {rtf, "an RTF document"},
    {"GGUF"sv, "a GGUF file"},
    {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"sv, "an old Excel workbook or Word document"},
    {"\xFF\xFE\0\0"sv, "text in UTF-32"},
    {"\0\0\xFE\xFF"sv, "text in UTF-32"},
    {"\xFF\xFE"sv, "text in UTF-16"},
    {"\xFE\xFF"sv, "text in UTF-16"},
};

/// Does `text` begin, blanks, a byte order mark and the case of letters aside, with `word`?
bool begins(std::string_view text, std::string_view word) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; };
  return text.size() >= word.size() && std::equal(word.begin(), word.end(), text.begin(),
                                                  [&](char w, char t) { return same(t, w); });
}

bool is_html(std::string_view bytes) {
  return begins(bytes, "<!doctype html") || begins(bytes, "<html");
}
bool is_xml(std::string_view bytes) { return begins(bytes, "<?xml"); }

/// A ZIP archive by the names at its front.
std::string zip_kind(std::string_view bytes) {
  const std::string_view front = bytes.substr(0, 4096);
  const auto holds = [&](std::string_view name) { return front.find(name) != front.npos; };
  if (holds("data.pkl"))
    return "a file of PyTorch, to be converted by: " + conversion_from_pytorch();
  if (holds("[Content_Types].xml") || holds("xl/"))
    return "an Excel workbook or Word document: save it as CSV";
  if (holds("mimetypeapplication/vnd.oasis")) return "an OpenDocument file: save it as CSV";
  if (holds(".npy")) return "a ZIP archive of NumPy's arrays (NPZ)";
  return "a ZIP archive";
}

}  // namespace

std::string file_kind(std::string_view bytes) {
  if (is_html(bytes)) return "a page in HTML, as a server sends it instead of a file";
  if (is_xml(bytes)) return "XML";
  if (bytes.starts_with("PK\x03\x04")) return zip_kind(bytes);
  if (bytes.size() > 2 && bytes[0] == '\x80' && bytes[1] >= 2 && bytes[1] <= 5)
    return "a pickle of Python; one of PyTorch is to be converted by: " + conversion_from_pytorch();
  if (bytes.starts_with("RIFF") && bytes.substr(8).starts_with("WEBP")) return "a WebP image";
  for (const auto& [front, kind] : beginnings)
    if (bytes.starts_with(front)) return std::string(kind);
  return "";
}

bool is_markup(std::string_view bytes) {
  return is_html(bytes) || is_xml(bytes) || bytes.starts_with(pointer) || bytes.starts_with(rtf) ||
         bytes.starts_with(pdf);
}

std::string it_is(std::string_view bytes) {
  const std::string kind = file_kind(bytes);
  return kind.empty() ? "" : ": it is " + kind;
}

std::string conversion_from_pytorch(std::string_view path) {
  return "python3 -c 'import sys, torch, safetensors.torch as s; "
         "s.save_file(torch.load(sys.argv[1], map_location=\"cpu\"), sys.argv[2])' " +
         std::string(path) + " model.safetensors";
}

}  // namespace thalweg
