/// Learns a column of a CSV file from the others, and predicts it for another file.
///
///     tabular train houses.csv --target price --model houses
///     tabular predict new.csv --model houses --out predicted.csv
///     tabular                                  both, on a table that it makes up
///
/// Columns may be numbers or text, with values missing; rows without the target are left out. What
/// the target is decides what is done: text or few whole numbers are classes, other numbers are
/// predicted as such (--task says otherwise). Dates, identifiers and other texts with hundreds of
/// forms are left out unless --wide and --most-levels say otherwise. A fifth of the rows is kept
/// aside to stop in time. `train` writes houses.safetensors: how columns become numbers, and the
/// weights.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <exception>
#include <filesystem>
#include <map>
#include <string>
#include <thalweg/autodiff.hpp>
#include <thalweg/autodiff/files/files.hpp>
#include <thalweg/nn.hpp>
#include <thalweg/optim.hpp>
#include <utility>
#include <vector>

using namespace thalweg;

namespace {

struct Options {
  std::string data, target, task = "automatic";
  std::string model = "tabular", out = "predicted.csv";
  std::string separator = "automatic", decimal = "automatic", header = "automatic", wide = "drop";
  std::vector<std::string> ignore, missing, text;
  Index most_levels = 50;
  std::uint64_t seed = 1;
  Index epochs = 200, batch = 32, hidden = 32, patience = 20;
  double rate = 5e-3;
};

/// What is saved beside the weights: all that `predict` has to know to build the same model.
struct Recipe {
  static constexpr auto kind = "Recipe";
  nn::TableEncoder encoder;
  Index hidden = 0;
  double mean = 0, deviation = 1;  // of the target, if it is a number
  void archive(optim::Archive& a) {
    a("encoder", encoder), a("hidden", hidden), a("mean", mean), a("deviation", deviation);
  }
  bool classifies() const { return encoder.task() == nn::Task::classification; }
  Index outputs() const { return classifies() ? Index(encoder.classes().size()) : 1; }
};

auto make_model(const Recipe& recipe, Random& random) {
  return nn::Sequential{nn::Linear<float>{recipe.encoder.width(), recipe.hidden, random},
                        nn::GELU{},
                        nn::Dropout{0.1},
                        nn::Linear<float>{recipe.hidden, recipe.hidden, random},
                        nn::GELU{},
                        nn::Linear<float>{recipe.hidden, recipe.outputs(), random}};
}

nn::Task task_named(const std::string& name) {
  if (name == "classification") return nn::Task::classification;
  return name == "regression" ? nn::Task::regression : nn::Task::automatic;
}

nn::Wide wide_named(const std::string& name) {
  if (name == "refuse") return nn::Wide::refuse;
  return name == "keep" ? nn::Wide::keep : nn::Wide::drop;
}

/// A sign by its name, or itself.
char sign_named(const std::string& name) {
  for (const auto& [known, sign] : std::map<std::string, char>{{"automatic", '\0'},
                                                               {"comma", ','},
                                                               {"semicolon", ';'},
                                                               {"tab", '\t'},
                                                               {"bar", '|'},
                                                               {"space", ' '},
                                                               {"point", '.'}})
    if (name == known) return sign;
  if (name.size() != 1)
    throw ValueError(
        fmt::format("'{}': expected automatic, comma, semicolon, tab, bar, space, "
                    "point or one character",
                    name));
  return name[0];
}

nn::CsvOptions reading(const Options& options) {
  nn::CsvOptions reading{.header = options.header == "yes"  ? nn::Header::yes
                                   : options.header == "no" ? nn::Header::no
                                                            : nn::Header::automatic,
                         .separator = sign_named(options.separator),
                         .decimal = sign_named(options.decimal),
                         .missing = nn::Missing::keep,
                         .text = options.text};
  reading.missing_texts.insert(reading.missing_texts.end(), options.missing.begin(),
                               options.missing.end());
  reading.text.insert(reading.text.end(), options.ignore.begin(), options.ignore.end());
  return reading;
}

/// Does this column say 0, 1, 2, … or 1, 2, 3, …, as row numbers do that programs write?
bool counts_rows(const nn::Column& column) {
  for (std::size_t k = 1; k < column.numbers.size(); ++k)
    if (column.numbers[k] != column.numbers[k - 1] + 1) return false;
  return !column.text && (column.numbers[0] == 0 || column.numbers[0] == 1);
}

/// The columns that tell nothing, each with a word. `table`: the rows of `all` that are used.
std::vector<std::string> useless(const nn::Table& all, const nn::Table& table,
                                 const Options& options) {
  std::vector<std::string> names = options.ignore;
  const auto leave_out = [&](const std::string& name, const char* why) {
    if (name == options.target || std::count(names.begin(), names.end(), name) > 0) return;
    fmt::print("column '{}' {}: it is left out\n", name, why);
    names.push_back(name);
  };
  const bool named = std::any_of(all.columns.begin(), all.columns.end(), [](const auto& column) {
    return column.name != std::to_string(column.position);
  });
  for (const nn::Column& column : all.columns)
    if (table.column(column.name).missing == table.rows)
      leave_out(column.name, "has no value in any row");
    else if (named && column.name == std::to_string(column.position)) {
      if (counts_rows(column))
        leave_out(column.name, "has no name in the file and counts the rows");
      else
        fmt::print("column {} has no name in the file: it is called '{}'\n", column.position,
                   column.name);
    }
  return names;
}

/// The rows that have a target.
nn::Table known_rows(const nn::Table& table, const std::string& target) {
  nn::Table known = table.without_missing({target});
  if (known.rows == 0)
    throw DataError(fmt::format("{}: the target '{}' is missing in all {} rows", table.source,
                                target, table.rows));
  if (known.rows < table.rows)
    fmt::print("{} of {} rows lack the target '{}': they are left out\n", table.rows - known.rows,
               table.rows, target);
  return known;
}

/// What `train` learns from, and how.
nn::TableEncoder fitted_encoder(const nn::Table& all, const nn::Table& table,
                                const Options& options) {
  nn::TableEncoder encoder{{.target = options.target,
                            .task = task_named(options.task),
                            .ignore = useless(all, table, options),
                            .unseen = nn::Unseen::zeros,
                            .missing_numbers = nn::Fill::median,
                            .missing_texts = nn::Fill::zeros,
                            .most_levels = options.most_levels,
                            .wide = wide_named(options.wide)}};
  encoder.fit(table);
  for (const nn::WideColumn& column : encoder.wide())
    fmt::print("{}: {}\n", to_string(column),
               options.wide == "keep" ? fmt::format("it becomes {} numbers", column.levels)
                                      : "it is left out (--wide keep uses it)");
  if (const auto classes = Index(encoder.classes().size()); 2 * classes > table.rows)
    fmt::print("the target '{}' has {} classes in {} rows: hardly any comes twice\n",
               options.target, classes, table.rows);
  return encoder;
}

auto parts_of(const nn::Dataset<float>& data, Random& random) {
  return nn::split_by_class(data, 0.8, random);
}
auto parts_of(const nn::Dataset<float, float>& data, Random& random) {
  return nn::split(data, 0.8, random);
}

/// Trains until the rows kept aside are no longer predicted better. Returns accuracy or R² there.
template <class Target, class Loss, class Metric>
double fit(auto& model, nn::Dataset<float, Target> data, const Loss& loss, const Metric& metric,
           const Options& options, Random& random) {
  const auto [train, aside] = parts_of(data, random);
  optim::AdamW adam{{.rate = options.rate, .weight_decay = 0.01}};
  nn::KeepBest best{"", {.restore = true}};
  const nn::Outcome outcome = nn::fit(model, loss, train, adam,
                                      {.epochs = options.epochs,
                                       .batch = options.batch,
                                       .seed = options.seed,
                                       .validation = aside,
                                       .clip_norm = 1},
                                      nn::EarlyStopping{{.patience = options.patience}}, best);
  fmt::print("{}\n", outcome);
  Metric measured = metric;
  measured.add(nn::call(model, aside.x, nn::evaluation), aside.y);
  fmt::print("rows kept aside: {} {:.4f} (epoch {})\n", measured.name(), measured.value(),
             best.best_epoch());
  return measured.value();
}

std::string file_of(const Options& options) {
  return options.model + (options.model.ends_with(".safetensors") ? "" : ".safetensors");
}

double train(Options options) {
  Random random{options.seed};
  const nn::Table all = nn::read_csv(options.data, reading(options));
  options.target = all.column(options.target).name;  // it may have been a position
  const nn::Table table = known_rows(all, options.target);
  Recipe recipe{.encoder = fitted_encoder(all, table, options), .hidden = options.hidden};
  fmt::print("{} rows, {} columns become {} numbers; {} of '{}'\n", table.rows, table.cols(),
             recipe.encoder.width(), recipe.classifies() ? "classification" : "regression",
             options.target);
  double score = 0;
  if (recipe.classifies()) {
    auto model = make_model(recipe, random);
    score = fit(model, recipe.encoder.classification<float>(table), nn::CrossEntropyLoss{},
                nn::Accuracy{}, options, random);
    nn::save_model(model, file_of(options), recipe);
  } else {
    auto data = recipe.encoder.regression<float>(table);
    recipe.mean = mean(data.y).item();
    recipe.deviation = std::max(double(sqrt(var(data.y)).item()), 1e-12);
    data.y = (data.y - float(recipe.mean)) / float(recipe.deviation);
    auto model = make_model(recipe, random);
    score = fit(model, data, nn::MSELoss{}, nn::R2{}, options, random);
    nn::save_model(model, file_of(options), recipe);
  }
  fmt::print("wrote {}\n", file_of(options));
  return score;
}

/// As a cell of a CSV file.
std::string cell_of(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == text.npos) return text;
  std::string cell = "\"";
  for (const char c : text) cell += c == '"' ? "\"\"" : std::string(1, c);
  return cell + "\"";
}

/// A line per row: the class and its probability, or the number.
std::string predictions(const Recipe& recipe, const Tensor<float>& scores) {
  std::string text = recipe.classifies() ? "prediction,probability\n" : "prediction\n";
  const Tensor<float> shares = softmax(scores, 1);
  const IndexTensor best = argmax(scores, 1);
  for (Index row = 0; row < scores.size(0); ++row) {
    if (recipe.classifies())
      text += fmt::format("{},{:.4f}\n", cell_of(recipe.encoder.classes()[std::size_t(best(row))]),
                          shares(row, best(row)).value());
    else
      text += fmt::format("{:.6g}\n", recipe.mean + recipe.deviation * scores(row, 0).value());
  }
  return text;
}

/// Says what of the table the training rows did not know, five texts a column.
void print_unseen(const nn::TableEncoder& encoder, const nn::Table& table) {
  constexpr Index most = 5;
  std::map<std::string, Index> printed;
  for (const nn::UnseenText& unseen : encoder.unseen(table))
    if (printed[unseen.column]++ < most)
      fmt::print("{}: predicted without it\n", to_string(unseen, table));
  for (const auto& [column, count] : printed)
    if (count > most)
      fmt::print("column '{}': {} more texts were not among the training rows\n", column,
                 count - most);
}

void predict(const Options& options) {
  Random random{0};
  const auto [recipe, model] = nn::load_model<Recipe>(
      file_of(options), [&](const Recipe& stored) { return make_model(stored, random); });
  const nn::Table table = recipe.encoder.read(options.data, reading(options));
  print_unseen(recipe.encoder, table);
  const Tensor scores = nn::call(model, recipe.encoder(table), nn::evaluation);
  write_file(options.out, predictions(recipe, scores));
  fmt::print("predicted {} rows; wrote {}\n", table.rows, options.out);
}

/// Houses: price = 2000 area · (1.5 in Rome) + 10000 rooms, and noise; every tenth value missing.
void make_up(const std::string& path, Index rows, Random& random) {
  std::string text = "area,rooms,city,price\n";
  for (Index k = 0; k < rows; ++k) {
    const double area = random.uniform(30, 200), rooms = double(1 + random.below(6));
    const bool rome = random.below(3) == 0;
    const double price = 2000 * area * (rome ? 1.5 : 1) + 10'000 * rooms + 10'000 * random.normal();
    text += fmt::format("{:.1f},{},{},{:.0f}\n", area,
                        random.below(10) == 0 ? "" : fmt::format("{:.0f}", rooms),
                        random.below(10) == 0 ? "NA"
                        : rome                ? "Rome"
                                              : "Oslo",
                        price);
  }
  write_file(path, text);
}

/// Everything, in a folder of its own. Says whether most of the variance is explained.
bool demonstrate(Options options) {
  const auto folder = std::filesystem::temp_directory_path() / "thalweg-tabular";
  std::filesystem::create_directories(folder);
  const auto in_folder = [&](const char* name) { return (folder / name).string(); };
  Random random{options.seed};
  make_up(in_folder("houses.csv"), 1000, random);
  make_up(in_folder("new.csv"), 50, random);
  options.target = "price";
  options.model = in_folder("houses");
  options.data = in_folder("houses.csv");
  const double explained = train(options);
  options.data = in_folder("new.csv");
  options.out = in_folder("predicted.csv");
  predict(options);
  return explained > 0.85;
}

/// The library's options by their names on the command line.
std::string in_options(std::string text) {
  for (const auto& [name, option] : std::vector<std::pair<std::string, std::string>>{
           {"set CsvOptions::nonfinite to read it", "--missing makes it a missing value"},
           {"add it to CsvOptions::missing_texts", "name it with --missing"},
           {"in CsvOptions::text", "with --text"},
           {"CsvOptions::", "--"},
           {"EncoderOptions::", "--"},
           {"most_levels", "--most-levels"}})
    for (std::size_t at = text.find(name); at != text.npos; at = text.find(name))
      text.replace(at, name.size(), option);
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"Learns a column of a CSV file from the others, and predicts it for another file."};
  app.option_defaults()->always_capture_default();
  app.require_subcommand(0, 1);
  auto* const training = app.add_subcommand("train", "Learn from a file");
  training->add_option("data", options.data, "CSV file, plain or gzipped")->required();
  training->add_option("--target", options.target, "The column to learn")->required();
  training->add_option("--task", options.task, "What the target is")
      ->check(CLI::IsMember({"automatic", "classification", "regression"}));
  training->add_option("--ignore", options.ignore, "Columns that are not used");
  training
      ->add_option("--most-levels", options.most_levels,
                   "Different texts of a column that become columns")
      ->check(CLI::Range(1, 1'000'000));
  training
      ->add_option("--wide", options.wide,
                   "What becomes of columns with more, of dates and of identifiers")
      ->check(CLI::IsMember({"drop", "keep", "refuse"}));
  training->add_option("--text", options.text,
                       "Columns that are text though they look like numbers");
  training->add_option("--epochs", options.epochs, "At most")->check(CLI::Range(1, 1'000'000));
  training->add_option("--patience", options.patience, "Epochs without progress that are borne");
  training->add_option("--batch", options.batch, "Rows per step")->check(CLI::Range(1, 1'000'000));
  training->add_option("--hidden", options.hidden, "Units per layer")->check(CLI::Range(1, 10'000));
  training->add_option("--rate", options.rate, "Learning rate")->check(CLI::Range(1e-6, 1.0));
  training->add_option("--seed", options.seed, "Of the split, the weights and the order");
  auto* const predicting = app.add_subcommand("predict", "Predict for a file");
  predicting->add_option("data", options.data, "CSV file with the same columns")->required();
  predicting->add_option("--out", options.out, "Where the predictions go");
  for (auto* const command : {training, predicting}) {
    command->add_option("--separator", options.separator,
                        "Between cells: automatic, comma, semicolon, tab, bar, space");
    command->add_option("--decimal", options.decimal, "In numbers: automatic, point, comma");
    command->add_option("--header", options.header, "Does the first line hold the names?")
        ->check(CLI::IsMember({"automatic", "yes", "no"}));
    command->add_option("--missing", options.missing,
                        "What else stands for a missing value, e.g. -999");
    command->add_option("--model", options.model, "The model's file, without .safetensors");
  }
  CLI11_PARSE(app, argc, argv);
  try {
    if (training->parsed()) return train(options), 0;
    if (predicting->parsed()) return predict(options), 0;
    return demonstrate(options) ? 0 : 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "tabular: {}\n", in_options(error.what()));
    return 1;
  }
}
