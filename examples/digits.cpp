/// Learns to read handwritten digits, or to classify the rows of any CSV file.
///
///     digits                                         the 1,797 digits that come with the library
///     digits --data iris.csv --label species         a table of your own
///     digits --seed 7 --epochs 40 --hidden 128
///
/// Prints the accuracy on examples kept aside and a confusion matrix, and writes report.html.

#include <CLI/CLI.hpp>
#include <cmath>
#include <exception>
#include <filesystem>
#include <string>
#include <thalweg/autodiff.hpp>
#include <thalweg/nn.hpp>
#include <thalweg/optim.hpp>

using namespace thalweg;

namespace {

struct Options {
  std::string data = THALWEG_DIGITS;
  std::string label = "-1";  // the last column
  std::string report = "report.html";
  std::uint64_t seed = 1;
  Index epochs = 30;
  Index hidden = 64;
  Index batch = 32;
  double rate = 3e-3;
};

/// A model is a plain struct. This one is a template so that its gradient can be checked in double.
template <class Real>
struct Classifier {
  nn::Linear<Real> hidden, output;
  auto operator()(const Tensor<Real>& x) const { return output(gelu(hidden(x))); }
};

/// What is minimised. Smoothed labels keep a small network from being too sure of itself.
const nn::CrossEntropyLoss loss{{.label_smoothing = 0.1}};

/// The gradient of the loss of a few examples against central differences, in double.
void verify_gradient(const Classifier<float>& model, const nn::Dataset<float>& data) {
  Random unused{0};
  Classifier<double> exact{{model.hidden.in(), model.hidden.out(), unused},
                           {model.output.in(), model.output.out(), unused}};
  nn::copy_parameters(model, exact);
  const auto few = nn::batches(data, 8)[0];
  const auto check =
      nn::check_gradient(exact, [&] { return loss(exact(cast<double>(few.x)), few.y); });
  fmt::print("{}\n", check);
  if (!check) throw Error("the gradient is wrong");
}

/// The rows, for the report to show, if they are square pictures.
Tensor<float> pictures(const Tensor<float>& x) {
  const Index side = std::lround(std::sqrt(static_cast<double>(x.size(1))));
  return side >= 5 && side * side == x.size(1) ? x : Tensor<float>{};
}

void run(const Options& options) {
  Random random{options.seed};
  const nn::Table table = nn::read_csv(options.data, {.label = options.label});
  auto [train, test] = nn::split_by_class(nn::labelled<float>(table), 0.8, random);
  const Tensor unscaled = test.x;
  const nn::Scaling scaling = nn::standardising(train.x);
  train.x = scaling(train.x);
  test.x = scaling(test.x);

  const Index columns = table.cols(), classes = static_cast<Index>(table.classes.size());
  Classifier<float> model{{columns, options.hidden, random}, {options.hidden, classes, random}};
  fmt::print("{} examples of {} classes in {} columns: {} to learn from, {} kept aside\n",
             table.rows, classes, columns, train.size(), test.size());
  fmt::print("{} parameters\n", nn::parameter_count(model));
  verify_gradient(model, train);

  optim::Adam adam{{.rate = options.rate}};
  const std::string title =
      "Learned from " + std::filesystem::path(options.data).filename().string();
  nn::fit(model, loss, train, adam,
          {.epochs = options.epochs,
           .batch = options.batch,
           .seed = options.seed,
           .validation = test,
           .metrics = {nn::Accuracy{}}},
          nn::ProgressBar{{.stream = stdout}},
          nn::TrainingReport{
              options.report,
              model,
              test,
              {.title = title, .classes = table.classes, .pictures = pictures(unscaled)}});

  nn::ConfusionMatrix confusion(table.classes);
  confusion.add(model(test.x), test.y);  // no tape, nothing recorded
  fmt::print("\ntest accuracy {:.2f} %\n\n{}", 100 * confusion.accuracy(), confusion);
  fmt::print("\nwrote {}\n", options.report);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"Learns to read handwritten digits, or to classify the rows of any CSV file."};
  app.option_defaults()->always_capture_default();
  app.add_option("--data", options.data, "CSV file, plain or gzipped; one example per row");
  app.add_option("--label", options.label, "Column of the classes: its name or position");
  app.add_option("--seed", options.seed, "Of the split, the weights and the order of examples");
  const CLI::Range count(1, 1'000'000);
  app.add_option("--epochs", options.epochs, "Passes over the examples")->check(count);
  app.add_option("--hidden", options.hidden, "Units of the hidden layer")->check(count);
  app.add_option("--batch", options.batch, "Examples per step")->check(count);
  app.add_option("--rate", options.rate, "Learning rate of Adam")->check(CLI::Range(1e-6, 10.0));
  app.add_option("--report", options.report, "Where the report goes");
  try {
    app.parse(argc, argv);
    run(options);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 1;  // 0 after --help
  } catch (const std::exception& error) {
    fmt::print(stderr, "digits: {}\n", error.what());
    return 1;
  }
}
