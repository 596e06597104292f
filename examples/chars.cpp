/// Learns to write, character by character, from a text.
///
///     chars                                      the founding documents of the United States
///     chars --text poems.txt --steps 5000        a text of your own
///     chars --save w.safetensors                 keep what was learned, and later, with the same
///     chars --load w.safetensors --steps 0       text and sizes, only write
///
/// A transformer reads the characters so far and says how likely each character is to come next.
/// Prints the loss on the last tenth of the text, which it does not learn from, and samples.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <exception>
#include <string>
#include <thalweg/autodiff.hpp>
#include <thalweg/autodiff/files/files.hpp>
#include <thalweg/nn.hpp>
#include <thalweg/optim.hpp>
#include <vector>

using namespace thalweg;

namespace {

struct Options {
  std::string text = THALWEG_TEXT;
  std::string save, load;
  std::string prompt = "The ";
  std::uint64_t seed = 1;
  Index steps = 150;
  Index batch = 16;
  Index context = 64;
  Index width = 96;
  Index layers = 3;
  Index heads = 4;
  double rate = 3e-3;
  double dropout = 0.0;
  Index length = 300;
  double temperature = 0.7;
  Index top_k = 10;
};

/// Which character comes next? A model is a plain struct.
struct Writer {
  nn::Embedding<float> embed;
  nn::TransformerEncoder<float> body;
  nn::Linear<float> output;

  /// x [batch, time] → scores [batch, time, characters]
  Tensor<float> operator()(const IndexTensor& x, nn::Mode mode) const {
    return output(body(embed(x), mode));
  }
  /// The same of characters that follow those which the cache has seen.
  Tensor<float> next(const IndexTensor& x, nn::StackCache<float>& cache) const {
    return output(body.next(embed(x), cache));
  }
};

Writer writer(Index characters, const Options& options, Random& random) {
  return {{characters, options.width, random},
          {options.width,
           options.layers,
           random,
           {.heads = options.heads,
            .dropout = options.dropout,
            .activation = nn::TransformerActivation::gelu,
            .norm_first = true,
            .causal = true,
            .rotary = true}},
          {options.width, characters, random}};
}

/// Stretches of the text and, for each character, the one that follows.
struct Batch {
  IndexTensor x, y;
};

Batch cut(std::span<const Index> text, const std::vector<Index>& starts, Index context) {
  std::vector<Index> x, y;
  for (const Index start : starts) {
    const auto from = text.begin() + start;
    x.insert(x.end(), from, from + context);
    y.insert(y.end(), from + 1, from + context + 1);
  }
  return {IndexTensor({static_cast<Index>(starts.size()), context}, x), IndexTensor(y)};
}

Tensor<float> loss_of(const Writer& model, const Batch& batch, nn::Mode mode) {
  return cross_entropy(flatten(model(batch.x, mode), 0, 1), batch.y);
}

/// The loss of a whole text, in nats per character, a few stretches at a time.
double loss_of(const Writer& model, std::span<const Index> text, Index context) {
  double total = 0;
  Index count = 0;
  for (Index at = 0; at + context < Index(text.size()); at += context, ++count)
    total += loss_of(model, cut(text, {at}, context), nn::evaluation).item();
  return total / static_cast<double>(std::max<Index>(1, count));
}

/// One of the top k characters, with probability ∝ e^(score / temperature).
Index draw(std::span<const float> scores, const Options& options, Random& random) {
  std::vector<Index> order(scores.size());
  for (std::size_t k = 0; k < order.size(); ++k) order[k] = static_cast<Index>(k);
  const auto score = [&](Index k) { return double(scores[std::size_t(k)]); };
  std::ranges::sort(order, [&](Index a, Index b) { return score(a) > score(b); });
  order.resize(std::min(order.size(), std::size_t(options.top_k)));
  std::vector<double> weights;
  double total = 0;
  for (const Index k : order) {
    weights.push_back(std::exp((score(k) - score(order[0])) / options.temperature));
    total += weights.back();
  }
  double left = random.uniform() * total;
  for (std::size_t k = 0; k < order.size(); ++k)
    if ((left -= weights[k]) < 0) return order[k];
  return order.back();
}

/// The prompt and what the model makes of it. The cache holds what was read, so that each further
/// character costs the work of one.
std::string write(const Writer& model, const nn::CharacterVocabulary& vocabulary,
                  const Options& options, Random& random) {
  std::string text = options.prompt;
  nn::StackCache<float> cache;
  std::vector<Index> unread = vocabulary.encode(options.prompt).to_vector();
  for (Index k = 0; k < options.length; ++k) {
    const Tensor<float> scores =
        model.next(IndexTensor({1, static_cast<Index>(unread.size())}, unread), cache);
    const auto last = scores.values().last(static_cast<std::size_t>(vocabulary.size()));
    unread = {draw(last, options, random)};
    text += vocabulary.decode(IndexTensor(unread));
  }
  return text;
}

/// One step on stretches from random places; gives their loss.
double step(Writer& model, optim::AdamW& adam, std::span<const Index> text, const Options& options,
            Random& random) {
  const std::uint64_t places = text.size() - static_cast<std::size_t>(options.context);
  std::vector<Index> starts(static_cast<std::size_t>(options.batch));
  for (Index& start : starts) start = static_cast<Index>(random.below(places));
  Tape tape;
  const auto loss = loss_of(model, cut(text, starts, options.context), nn::training(random));
  adam.step(nn::parameters(model), tape.backward(loss));
  return loss.item();
}

void learn(Writer& model, const nn::CharacterVocabulary& vocabulary, std::span<const Index> train,
           std::span<const Index> test, const Options& options, Random& random) {
  optim::AdamW adam{{.rate = options.rate}};
  const auto rate = optim::warmup(20) | optim::cosine({.from = options.rate,
                                                       .to = options.rate / 10,
                                                       .steps = std::max<Index>(1, options.steps)});
  const Index reports = 3;
  double recent = 0;  // a running mean
  for (Index k = 1; k <= options.steps; ++k) {
    adam.set_rate(rate(k - 1));
    const double loss = step(model, adam, train, options, random);
    recent = k == 1 ? loss : 0.95 * recent + 0.05 * loss;
    if (k % std::max<Index>(1, options.steps / reports) != 0) continue;
    fmt::print("\nstep {}: loss {:.3f} nats per character, of unseen text {:.3f}\n{}\n", k, recent,
               loss_of(model, test, options.context), write(model, vocabulary, options, random));
  }
}

void run(const Options& options) {
  const std::string text = read_file(options.text);
  const nn::CharacterVocabulary vocabulary(text, options.text);
  const std::vector<Index> all = vocabulary.encode(text).to_vector();
  const std::size_t kept_aside = all.size() / 10;
  const auto train = std::span(all).first(all.size() - kept_aside);
  const auto test = std::span(all).last(kept_aside);
  if (Index(test.size()) <= options.context)
    throw DataError(fmt::format("{}: {} characters are too few for a context of {}", options.text,
                                all.size(), options.context));
  if (options.prompt.empty()) throw ValueError("the prompt must have a character");

  Random random{options.seed};
  Writer model = writer(vocabulary.size(), options, random);
  fmt::print("{} characters, {} different ones; {} parameters\n", all.size(), vocabulary.size(),
             nn::parameter_count(model));
  if (!options.load.empty()) nn::load_weights(model, options.load);
  learn(model, vocabulary, train, test, options, random);
  if (!options.save.empty()) nn::save_weights(model, options.save);

  const double loss = loss_of(model, test, options.context);
  fmt::print("\n{}\n\nloss of unseen text {:.3f}, of guessing {:.3f}\n",
             write(model, vocabulary, options, random), loss,
             std::log(static_cast<double>(vocabulary.size())));
  // What knowing how frequent each character is would give, without any context, is about 3.
  if (options.steps >= 150 && !(loss < 2.1)) throw Error("learned less than it should");
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"Learns to write, character by character, from a text."};
  app.option_defaults()->always_capture_default();
  app.add_option("--text", options.text, "What to learn from");
  app.add_option("--save", options.save, "Where the weights go");
  app.add_option("--load", options.load, "Weights to begin with; of the same text and sizes");
  app.add_option("--seed", options.seed, "Of weights, places in the text and samples");
  const CLI::Range count(1, 1'000'000);
  app.add_option("--steps", options.steps, "Updates")->check(CLI::Range(0, 100'000'000));
  app.add_option("--batch", options.batch, "Stretches per step")->check(count);
  app.add_option("--context", options.context, "Characters of a stretch")->check(count);
  app.add_option("--width", options.width, "Of the model; a multiple of 2 heads")->check(count);
  app.add_option("--layers", options.layers, "Of the model")->check(count);
  app.add_option("--heads", options.heads, "Of attention")->check(count);
  app.add_option("--rate", options.rate, "Learning rate of AdamW")->check(CLI::Range(1e-6, 1.0));
  app.add_option("--dropout", options.dropout, "In training")->check(CLI::Range(0.0, 0.9));
  app.add_option("--prompt", options.prompt, "What samples begin with");
  app.add_option("--length", options.length, "Characters of a sample")->check(count);
  app.add_option("--temperature", options.temperature, "Below 1 plays safe, above 1 dares")
      ->check(CLI::Range(0.01, 100.0));
  app.add_option("--top-k", options.top_k, "Only the k likeliest characters")->check(count);
  try {
    app.parse(argc, argv);
    run(options);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 1;  // 0 after --help
  } catch (const std::exception& error) {
    fmt::print(stderr, "chars: {}\n", error.what());
    return 1;
  }
}
