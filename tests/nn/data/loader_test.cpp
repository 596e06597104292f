#include "thalweg/nn/data/loader.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "thalweg/autodiff/base/error.hpp"

using namespace thalweg;

namespace {

/// Example i is [i, -i], its class i mod 3.
nn::Dataset<float> numbered(Index n) {
  std::vector<float> x;
  std::vector<Index> y;
  for (Index i = 0; i < n; ++i) {
    x.push_back(static_cast<float>(i));
    x.push_back(-static_cast<float>(i));
    y.push_back(i % 3);
  }
  return {Tensor<float>({n, 2}, x), IndexTensor(y)};
}

using Batches = std::vector<std::vector<float>>;

template <class Loader>
Batches epoch_of(Loader& loader) {
  Batches batches;
  for (const auto& batch : loader) batches.push_back(batch.x.to_vector());
  return batches;
}

/// Batches with noise added, such as augmentation would.
auto noisy(const nn::LoaderOptions& options) {
  return nn::DataLoader{numbered(23), options, [](nn::Dataset<float> batch, Random& random) {
                          for (float& each : batch.x.mutable_values())
                            each += static_cast<float>(random.uniform());
                          return batch;
                        }};
}

}  // namespace

TEST_CASE("DataLoader: in order, all examples, the last batch smaller") {
  nn::DataLoader loader{numbered(5), {.batch = 2}};
  CHECK(loader.size() == 3);
  CHECK(epoch_of(loader) == Batches{{0, -0.0f, 1, -1}, {2, -2, 3, -3}, {4, -4}});
  CHECK(loader.epoch() == 1);
  nn::DataLoader whole{numbered(5), {.batch = 2, .drop_last = true}};
  CHECK(epoch_of(whole).size() == 2);
}

TEST_CASE("DataLoader: an epoch without a batch is refused, by whatever it has none") {
  CHECK_THROWS_WITH_AS(
      (nn::DataLoader{numbered(5), {.batch = 6, .drop_last = true}}),
      "DataLoader: an epoch has no batch: batch is 6, there are 5 examples, and drop_last leaves "
      "out a smaller batch; expected a batch of at most 5, or drop_last = false",
      ValueError);
  CHECK(nn::DataLoader{numbered(5), {.batch = 5, .drop_last = true}}.size() == 1);
  Index calls = 0;
  const nn::Sampler ending = [&](Index n, Random&) {
    return std::vector<Index>(calls++ == 0 ? static_cast<std::size_t>(n) : 0);
  };
  nn::DataLoader loader{numbered(5), {.batch = 6, .sampler = ending}};
  CHECK_THROWS_WITH_AS(loader.next_epoch(),
                       "DataLoader: the sampler gave no example; an epoch needs one at least",
                       ValueError);
}

TEST_CASE("DataLoader: a transform draws other numbers for each batch of each epoch") {
  for (const Index ahead : {0, 2}) {
    nn::DataLoader loader{numbered(20),
                          {.batch = 4, .seed = 3, .prefetch = ahead},
                          [](nn::Dataset<float> batch, Random& random) {
                            for (float& each : batch.x.mutable_values())
                              each = static_cast<float>(random.uniform());
                            return batch;
                          }};
    std::vector<float> drawn;
    for (int epoch = 0; epoch < 3; ++epoch)
      for (const auto& batch : epoch_of(loader))
        drawn.insert(drawn.end(), batch.begin(), batch.end());
    CHECK(drawn.size() == 120);
    std::sort(drawn.begin(), drawn.end());
    CHECK(std::adjacent_find(drawn.begin(), drawn.end()) == drawn.end());
  }
}

TEST_CASE("DataLoader: shuffled, every epoch has every example once, in another order") {
  nn::DataLoader loader{numbered(23), {.batch = 4, .shuffle = true, .seed = 3}};
  Batches before;
  for (int epoch = 0; epoch < 3; ++epoch) {
    std::vector<float> seen;
    const Batches batches = epoch_of(loader);
    for (const auto& batch : batches)
      for (std::size_t k = 0; k < batch.size(); k += 2) seen.push_back(batch[k]);
    CHECK(batches != before);
    before = batches;
    std::sort(seen.begin(), seen.end());
    for (std::size_t i = 0; i < 23; ++i) CHECK(seen.at(i) == static_cast<float>(i));
  }
}

TEST_CASE("DataLoader: prefetching changes no number, with a transform neither") {
  auto plain = noisy({.batch = 4, .shuffle = true, .seed = 3});
  for (const Index ahead : {1, 2, 100}) {
    auto first = noisy({.batch = 4, .shuffle = true, .seed = 3});
    auto fetching = noisy({.batch = 4, .shuffle = true, .seed = 3, .prefetch = ahead});
    for (int epoch = 0; epoch < 3; ++epoch) CHECK(epoch_of(fetching) == epoch_of(first));
  }
  auto other = noisy({.batch = 4, .shuffle = true, .seed = 4});
  CHECK(epoch_of(plain) != epoch_of(other));
}

TEST_CASE("DataLoader: restored in an epoch's middle it gives the batches that were left") {
  for (const Index ahead : {0, 2})
    for (int taken = 0; taken <= 12; ++taken) {
      const nn::LoaderOptions options{.batch = 4, .shuffle = true, .seed = 3, .prefetch = ahead};
      auto loader = noisy(options), second = noisy(options);
      for (int k = 0; k < taken; ++k) {
        if (loader.left() == 0) loader.next_epoch();
        loader.next();
      }
      optim::Archive archive;
      loader.archive(archive);
      epoch_of(second);
      optim::Archive saved = archive.reversed();
      second.archive(saved);
      CHECK(second.left() == loader.left());
      for (int epoch = 0; epoch < 3; ++epoch) CHECK(epoch_of(second) == epoch_of(loader));
    }
}

TEST_CASE("DataLoader: a loop that was left goes on where it was") {
  nn::DataLoader loader{numbered(6), {.batch = 2, .prefetch = 1}};
  for (const auto& batch : loader)
    if (batch.x(0, 0).value() == 0) break;
  CHECK(epoch_of(loader) == Batches{{2, -2, 3, -3}, {4, -4, 5, -5}});
  loader.next();
  loader.next_epoch();
  CHECK(epoch_of(loader).size() == 3);
}

TEST_CASE("DataLoader: what is thrown in the background arrives at its batch") {
  const auto fail = [](nn::Dataset<float> batch, Random&) {
    if (batch.x(0, 0).value() == 4) throw DataError("batch 2 is damaged");
    return batch;
  };
  for (const Index ahead : {0, 1, 9}) {
    nn::DataLoader loader{numbered(10), {.batch = 2, .prefetch = ahead}, fail};
    loader.next();
    loader.next();
    CHECK_THROWS_WITH_AS(loader.next(), "batch 2 is damaged", DataError);
    CHECK(loader.left() == 3);
    CHECK_THROWS_WITH_AS(loader.next(), "batch 2 is damaged", DataError);
  }
}

namespace {

/// Counts how many batches were made.
struct Counting {
  std::atomic<int>* made;
  struct Batch {
    std::vector<Index> rows;
  };
  Index size() const { return 100; }
  Batch get(std::span<const Index> rows) const {
    ++*made;
    return {{rows.begin(), rows.end()}};
  }
};

}  // namespace

TEST_CASE("DataLoader: any source; the queue is bounded; moved it goes on") {
  std::atomic<int> made = 0;
  nn::DataLoader loader{Counting{&made}, {.batch = 1, .prefetch = 3}};
  CHECK(loader.next().rows == std::vector<Index>{0});
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  CHECK(made <= 4);
  nn::DataLoader moved = std::move(loader);
  for (Index k = 1; k < 100; ++k) CHECK(moved.next().rows == std::vector<Index>{k});
  CHECK_THROWS_WITH_AS(moved.next(),
                       "DataLoader: no batch is left in this epoch; call next_epoch()", ValueError);
}

TEST_CASE("DataLoader: options and states that do not fit are refused") {
  CHECK_THROWS_WITH_AS((nn::DataLoader{numbered(3), {.batch = 0}}),
                       "DataLoader: batch is 0; expected a whole number, at least 1", ValueError);
  CHECK_THROWS_WITH_AS((nn::DataLoader{numbered(3), {.prefetch = -1}}),
                       "DataLoader: prefetch is -1; expected a whole number, at least 0",
                       ValueError);
  CHECK_THROWS_WITH_AS(
      (nn::DataLoader{numbered(3), {.shuffle = true, .sampler = nn::RandomSampler{}}}),
      "DataLoader: shuffle and a sampler; expected one of them at most", ValueError);
  CHECK_THROWS_WITH_AS((nn::DataLoader{numbered(0)}), "DataLoader: the source holds no examples",
                       ValueError);
  const nn::Sampler wild = [](Index, Random&) { return std::vector<Index>{3}; };
  CHECK_THROWS_WITH_AS((nn::DataLoader{numbered(3), {.sampler = wild}}),
                       "DataLoader: the sampler gave position 3 for 3 examples", IndexError);
  nn::DataLoader three{numbered(3), {.batch = 2}}, four{numbered(4), {.batch = 2}};
  optim::Archive archive;
  three.archive(archive);
  optim::Archive saved = archive.reversed();
  CHECK_THROWS_WITH_AS(
      four.archive(saved),
      "archive: a DataLoader of 3 examples in batches of 2; expected 4 in batches of 2", DataError);
}

TEST_CASE("DataLoader: a restored position beyond the end is refused, and nothing has changed") {
  const auto at = [](Index epoch, Index position) {
    Random random{77};
    Index examples = 23, batch = 4;
    optim::Archive archive;
    archive("random", random), archive("epoch", epoch), archive("position", position);
    archive("examples", examples), archive("batch", batch);
    return archive.reversed();
  };
  const nn::LoaderOptions options{.batch = 4, .shuffle = true, .seed = 3};
  nn::DataLoader loader{numbered(23), options}, untouched{numbered(23), options};
  loader.next(), untouched.next();
  for (const auto& [epoch, position] : {std::pair<Index, Index>{2, 7}, {2, -1}, {-2, 3}}) {
    optim::Archive saved = at(epoch, position);
    CHECK_THROWS_WITH_AS(
        loader.archive(saved),
        fmt::format("archive: a DataLoader at batch {} of 6 of epoch {}", position, epoch).c_str(),
        DataError);
    CHECK(loader.left() == untouched.left());
  }
  CHECK(epoch_of(loader) == epoch_of(untouched));
  CHECK(epoch_of(loader) == epoch_of(untouched));
  optim::Archive end = at(2, 6);
  loader.archive(end);
  CHECK(loader.left() == 0);
  CHECK(loader.epoch() == 2);
}
