/// Learns a column of a CSV file from the others, and predicts it for another file.
///
///     tabular train houses.csv --target price --model houses
///     tabular predict new.csv --model houses --out predicted.csv
///     tabular                                  both, on a table that it makes up
///
/// Columns may be numbers or text, with values missing. What the target is decides what is done:
/// text or few whole numbers are classes, other numbers are predicted as such (--task says
/// otherwise). A fifth of the rows is kept aside to stop in time. `train` writes
/// houses.encoder.safetensors (how columns become numbers) and houses.weights.safetensors.

#include <CLI/CLI.hpp>
#include <cmath>
#include <exception>
#include <filesystem>
#include <string>
#include <thalweg/autodiff.hpp>
#include <thalweg/autodiff/files/files.hpp>
#include <thalweg/nn.hpp>
#include <thalweg/optim.hpp>
#include <vector>

using namespace thalweg;

namespace {

struct Options {
  std::string data, target, task = "automatic";
  std::string model = "tabular", out = "predicted.csv";
  std::vector<std::string> ignore, missing;
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

/// Trains until the rows kept aside are no longer predicted better. Returns accuracy or R² there.
template <class Target, class Loss, class Metric>
double fit(auto& model, nn::Dataset<float, Target> data, const Loss& loss, const Metric& metric,
           const Options& options, Random& random) {
  const auto [train, aside] = nn::split(data, 0.8, random);
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

double train(const Options& options) {
  Random random{options.seed};
  nn::CsvOptions reading{.missing = nn::Missing::keep};
  reading.missing_texts.insert(reading.missing_texts.end(), options.missing.begin(),
                               options.missing.end());
  const nn::Table table = nn::read_csv(options.data, reading);
  Recipe recipe{.encoder = nn::TableEncoder{{.target = options.target,
                                             .task = task_named(options.task),
                                             .ignore = options.ignore,
                                             .unseen = nn::Unseen::zeros,
                                             .missing_numbers = nn::Fill::median,
                                             .missing_texts = nn::Fill::zeros}},
                .hidden = options.hidden};
  recipe.encoder.fit(table);
  fmt::print("{} rows, {} columns become {} numbers; {} of '{}'\n", table.rows, table.cols(),
             recipe.encoder.width(), recipe.classifies() ? "classification" : "regression",
             options.target);
  double score = 0;
  const auto save = [&](const auto& model) {
    optim::save(options.model + ".encoder.safetensors", recipe);
    nn::save_weights(model, options.model + ".weights.safetensors");
  };
  if (recipe.classifies()) {
    auto model = make_model(recipe, random);
    score = fit(model, recipe.encoder.classification<float>(table), nn::CrossEntropyLoss{},
                nn::Accuracy{}, options, random);
    save(model);
  } else {
    auto data = recipe.encoder.regression<float>(table);
    recipe.mean = mean(data.y).item();
    recipe.deviation = std::max(double(sqrt(var(data.y)).item()), 1e-12);
    data.y = (data.y - float(recipe.mean)) / float(recipe.deviation);
    auto model = make_model(recipe, random);
    score = fit(model, data, nn::MSELoss{}, nn::R2{}, options, random);
    save(model);
  }
  return score;
}

/// A line per row: the class and its probability, or the number.
std::string predictions(const Recipe& recipe, const Tensor<float>& scores) {
  std::string text = recipe.classifies() ? "prediction,probability\n" : "prediction\n";
  const Tensor<float> shares = softmax(scores, 1);
  const IndexTensor best = argmax(scores, 1);
  for (Index row = 0; row < scores.size(0); ++row) {
    if (recipe.classifies())
      text += fmt::format("{},{:.4f}\n", recipe.encoder.classes()[std::size_t(best(row))],
                          shares(row, best(row)).value());
    else
      text += fmt::format("{:.6g}\n", recipe.mean + recipe.deviation * scores(row, 0).value());
  }
  return text;
}

void predict(const Options& options) {
  Recipe recipe;
  optim::restore(options.model + ".encoder.safetensors", recipe);
  Random random{0};
  auto model = make_model(recipe, random);
  nn::load_weights(model, options.model + ".weights.safetensors");
  const nn::Table table = recipe.encoder.read(options.data);
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
  training->add_option("--missing", options.missing,
                       "What else stands for a missing value, e.g. -999");
  training->add_option("--epochs", options.epochs, "At most")->check(CLI::Range(1, 1'000'000));
  training->add_option("--patience", options.patience, "Epochs without progress that are borne");
  training->add_option("--batch", options.batch, "Rows per step")->check(CLI::Range(1, 1'000'000));
  training->add_option("--hidden", options.hidden, "Units per layer")->check(CLI::Range(1, 10'000));
  training->add_option("--rate", options.rate, "Learning rate")->check(CLI::Range(1e-6, 1.0));
  training->add_option("--seed", options.seed, "Of the split, the weights and the order");
  auto* const predicting = app.add_subcommand("predict", "Predict for a file");
  predicting->add_option("data", options.data, "CSV file with the same columns")->required();
  predicting->add_option("--out", options.out, "Where the predictions go");
  for (auto* const command : {training, predicting})
    command->add_option("--model", options.model, "Begins the names of the model's two files");
  CLI11_PARSE(app, argc, argv);
  try {
    if (training->parsed()) return train(options), 0;
    if (predicting->parsed()) return predict(options), 0;
    return demonstrate(options) ? 0 : 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "tabular: {}\n", error.what());
    return 1;
  }
}
