#include "tests/fuzz/readers.hpp"

#include <cstdlib>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/files/safetensors.hpp"
#include "thalweg/nn/data/csv.hpp"
#include "thalweg/nn/data/idx.hpp"
#include "thalweg/nn/data/image.hpp"
#include "thalweg/nn/data/npy.hpp"
#include "thalweg/nn/data/npz.hpp"
#include "thalweg/nn/data/stored.hpp"
#include "thalweg/nn/data/table_encoder.hpp"
#include "thalweg/nn/data/text.hpp"
#include "thalweg/nn/formats/gzip.hpp"

namespace thalweg::fuzz {
namespace {

template <class Read>
void read_or_refuse(Read&& read) {
  try {
    read();
  } catch (const DataError&) {
  }
}

void expect(bool fine) {
  if (!fine) std::abort();
}

/// The numbers can be had, or are refused.
void convert(const StoredTensor& stored) {
  read_or_refuse([&] { nn::converted<float>(stored, "x"); });
  read_or_refuse([&] { nn::converted<Index>(stored, "x"); });
}

}  // namespace

const char* const corpus = THALWEG_FUZZ_CORPUS;

void csv(std::string_view bytes) {
  if (bytes.empty()) return;
  const int choice = bytes[0];
  bytes.remove_prefix(1);
  nn::CsvOptions options;
  if (choice & 1) options.label = "-1";
  if (choice & 2) options.separator = nn::automatic_separator;
  if (choice & 4) options.missing = nn::Missing::keep;
  if (choice & 8) options.nonfinite = true;
  options.header = choice & 16 ? nn::Header::automatic : nn::Header::no;
  if (choice & 32) options.text = {"0"};
  if (choice & 64) options.missing_texts = {"-999", "0,5"};
  if (choice & 128) options.decimal = nn::automatic_decimal;
  read_or_refuse([&] {
    const nn::Table table = nn::parse_csv(bytes, "x", options);
    for (const nn::Column& column : table.columns) {
      const auto rows = static_cast<std::size_t>(table.rows);
      expect((column.text ? column.codes.size() : column.numbers.size()) == rows);
      for (const auto code : column.codes)
        expect(code >= -1 && code < static_cast<Index>(column.levels.size()));
    }
    nn::TableEncoder encoder{{.unseen = nn::Unseen::zeros,
                              .missing_numbers = nn::Fill::median,
                              .missing_texts = nn::Fill::most_frequent,
                              .wide = nn::Wide::keep}};
    encoder.fit(table);
    const Index rows = encoder(table).size(0);
    expect(rows == table.rows);
    const nn::Table whole = table.without_missing();
    expect(whole.rows <= table.rows && encoder.unseen(whole).empty());
  });
}

void idx(std::string_view bytes) {
  read_or_refuse([&] {
    convert(nn::is_gzip(bytes) ? nn::parse_packed_idx(bytes, "x") : nn::parse_idx(bytes, "x"));
  });
}

void npy(std::string_view bytes) {
  read_or_refuse([&] {
    const StoredTensor stored = nn::parse_npy(bytes, "x");
    convert(stored);
    const std::string again = nn::npy_header(stored) + std::string(stored.bytes);
    expect(nn::parse_npy(again, "x").bytes == stored.bytes);
  });
}

void npz(std::string_view bytes) {
  read_or_refuse([&] {
    for (const auto& [name, stored] : nn::parse_npz(bytes, "x")) convert(stored);
  });
}

void image(std::string_view bytes) {
  read_or_refuse([&] {
    const auto x = nn::parse_image<float>(bytes, "x", {.largest = 1 << 18});
    expect(nn::parse_image<float>(nn::png_bytes(x), "x").to_vector() == x.to_vector());
  });
}

void text(std::string_view bytes) {
  read_or_refuse([&] {
    const nn::CharacterVocabulary vocabulary(bytes, "x");
    expect(vocabulary.decode(vocabulary.encode(bytes)) == bytes);
  });
  expect(nn::decode_bytes(nn::encode_bytes(bytes)) == bytes);
}

void safetensors(std::string_view bytes) {
  read_or_refuse([&] {
    const Safetensors content = parse_safetensors(bytes, "x");
    for (const auto& [name, stored] : content.tensors) convert(stored);
    const auto again = parse_safetensors(safetensors_bytes(content), "x");
    expect(again.tensors.size() == content.tensors.size());
  });
}

}  // namespace thalweg::fuzz
