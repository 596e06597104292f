#include "thalweg/optim/state/checkpoint.hpp"

#include <sys/wait.h>

#include <csignal>
#include <fstream>

#include "tests/optim/smooth/problems.hpp"
#include "tests/temporary_folder.hpp"
#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/files/files.hpp"
#include "thalweg/optim/rules/adam.hpp"
#include "thalweg/optim/rules/sgd.hpp"

using namespace thalweg;
using optim::problems::error_of;
using optim::problems::Two;

namespace {

/// A small run with noise in its gradients: what a program would save.
struct Noisy {
  Two<double> model;
  optim::Adam adam{{.rate = 0.1, .amsgrad = true}};
  Random random{3};
  Index epoch = 0;

  void train(int steps) {
    for (int k = 0; k < steps; ++k, ++epoch)
      adam.step(model.parameters(), model.gradients(random.normal(), random.normal()));
  }
  void save(const std::string& path) { optim::save(path, model.parameters(), adam, random, epoch); }
  void restore(const std::string& path) {
    optim::restore(path, model.parameters(), adam, random, epoch);
  }
  /// All of it in bytes: equal for equal states.
  std::string bytes() {
    optim::Archive archive;
    const ParameterList<double> parameters = model.parameters();
    for (const optim::SavedPart& part : {optim::SavedPart(parameters), optim::SavedPart(adam),
                                         optim::SavedPart(random), optim::SavedPart(epoch)})
      part.archive(archive, part.kind());
    return safetensors_bytes({archive.entries(), archive.texts()});
  }
};

Noisy trained(int steps) {
  Noisy run;
  run.train(steps);
  return run;
}

/// The error of restoring `parts`, without the folder in it.
template <class... Parts>
std::string refusal(const std::string& path, Parts&&... parts) {
  const std::string message = error_of([&] { optim::restore(path, parts...); });
  const std::string folder = std::filesystem::path(path).parent_path().string() + "/";
  return message.starts_with(folder) ? message.substr(folder.size()) : message;
}

/// A new file: neither this nor the system's way of replacing one waits for the disk.
void put(const std::string& path, std::string_view bytes) {
  std::filesystem::remove(path);
  std::ofstream(path, std::ios::binary) << bytes;
}

/// A part that takes nothing but what it is.
struct Stubborn {
  static constexpr auto kind = "Stubborn";
  double value = 0;
  void archive(optim::Archive& a) {
    double found = value;
    a("value", found);
    if (found != value) throw ValueError("Stubborn: the value never changes");
  }
};

/// Numbers that all equal `number`, few or many: half of such a state shows.
struct Uniform {
  static constexpr auto kind = "Uniform";
  Index number = 0;
  std::vector<Index> copies;
  void set(Index to) {
    number = to;
    copies.assign(number % 2 ? 20'000 : 10, number);
  }
  void archive(optim::Archive& a) { a("number", number), a("copies", copies); }
};

/// Saves states of rising number and changing size. A byte into `progress` follows each.
[[noreturn]] void save_until_killed(const std::string& path, Uniform& state,
                                    int progress) noexcept {
  ::alarm(10);  // if nobody does
  for (;;) {
    state.set(state.number + 1);
    optim::save(path, state);
    if (::write(progress, "", 1) != 1) std::_Exit(1);
  }
}

}  // namespace

TEST_CASE("checkpoint: a restored run continues bit by bit as if it had not stopped") {
  const TemporaryFolder folder;
  Noisy run = trained(5);
  run.save(folder / "run");
  const std::string saved = run.bytes();
  run.train(5);

  Noisy fresh, used = trained(2);
  fresh.restore(folder / "run"), used.restore(folder / "run");
  CHECK(fresh.bytes() == saved);
  fresh.train(5), used.train(5);
  CHECK(fresh.bytes() == run.bytes());
  CHECK(used.bytes() == run.bytes());
  CHECK(fresh.epoch == 10);
  CHECK(fresh.model.values() == run.model.values());
}

TEST_CASE("checkpoint: before the first step there is a state, too") {
  const TemporaryFolder folder;
  trained(0).save(folder / "run");
  Noisy used = trained(3);
  used.restore(folder / "run");
  used.train(4);
  CHECK(used.bytes() == trained(4).bytes());
}

TEST_CASE("checkpoint: any library of the format finds weights by their names") {
  const TemporaryFolder folder;
  Noisy run = trained(1);
  run.save(folder / "run");
  const Safetensors file = read_safetensors(folder / "run");
  CHECK(file.metadata.at("thalweg.state") == "1");
  CHECK(file.metadata.at("thalweg.parts") == "Parameters, Adam, Random, Index");
  CHECK(to_tensor<double>(file.tensors.at("0.Parameters.second"), "second").to_vector() ==
        run.model.second.value().to_vector());
  CHECK(file.tensors.contains("1.Adam.steps"));
  CHECK(file.tensors.at("2.Random").type == "U64");
}

TEST_CASE("checkpoint: saving what was restored makes the same file") {
  const TemporaryFolder folder;
  trained(3).save(folder / "one");
  Noisy run;
  run.restore(folder / "one");
  run.save(folder / "two");
  CHECK(read_file(folder / "one") == read_file(folder / "two"));
}

TEST_CASE("checkpoint: another file than expected is told by what it holds") {
  const TemporaryFolder folder;
  const auto path = folder / "run.safetensors";
  optim::Sgd sgd;
  optim::Adam adam;
  Random random(1);
  optim::save(path, sgd, random);
  CHECK(refusal(path, adam, random) == "run.safetensors: holds Sgd, Random; expected Adam, Random");
  CHECK(refusal(path, random, sgd) == "run.safetensors: holds Sgd, Random; expected Random, Sgd");
  CHECK(refusal(path, sgd) == "run.safetensors: holds Sgd, Random; expected Sgd");

  Safetensors file = read_safetensors(path);
  file.metadata["thalweg.state"] = "2";
  write_safetensors(path, file);
  CHECK(refusal(path, sgd, random) ==
        "run.safetensors: a state file of version 2; expected at most 1");
  for (const std::string version : {"", "0", "-1", "1.5", "one", "99999999999"}) {
    file.metadata["thalweg.state"] = version;
    write_safetensors(path, file);
    CHECK(refusal(path, sgd, random) ==
          "run.safetensors: not a state file: its metadata give no version as thalweg.state");
  }
  write_safetensors(path, {});
  CHECK(refusal(path, sgd, random) ==
        "run.safetensors: not a state file: its metadata give no version as thalweg.state");
  put(path, "epoch,loss\n1,0.5\n");
  CHECK(refusal(path, sgd, random) ==
        "run.safetensors: not in the format safetensors: a header of 8028841062551220325 bytes is "
        "announced; at most 100000000 are allowed");
  CHECK(refusal(folder / "none", sgd) == "none: cannot be read: No such file or directory");
}

TEST_CASE("checkpoint: parameters of another model are refused, and none is changed") {
  const TemporaryFolder folder;
  const auto path = folder / "run";
  Two<double> model, other;
  model.first.assign(Tensor<double>(8.0));
  optim::save(path, model.parameters());
  const auto message = [&](ParameterList<double> list) {
    const std::string text = refusal(path, list);
    CHECK(other.values() == Two<double>().values());
    return text;
  };
  Parameter<double> row(Tensor<double>({2}, {1.0, 2.0}));
  CHECK(message({{"first", &other.first}, {"third", &other.second}}) ==
        "run: entry \"0.Parameters.third\" is missing");
  CHECK(message({{"first", &other.first}, {"second", &row}}) ==
        "run: parameter \"second\" has shape [1, 2]; expected [2]");
  CHECK(message({{"first", &other.first}}) ==
        "run: holds parameter \"second\", which is none of the 1 to restore");
  Two<float> narrow;
  CHECK(refusal(path, narrow.parameters()) ==
        "run: entry \"0.Parameters.first\" is F64 []; expected F32");
  optim::restore(path, other.parameters());
  CHECK(other.values() == model.values());
}

TEST_CASE("checkpoint: if a later part fails, the earlier ones are what they were") {
  const TemporaryFolder folder;
  const auto path = folder / "run";
  Noisy saved = trained(4), run = trained(2);
  Stubborn one{1}, two{2};
  optim::save(path, saved.model.parameters(), saved.adam, saved.random, one, saved.epoch);
  const std::string before = run.bytes();
  CHECK(refusal(path, run.model.parameters(), run.adam, run.random, two, run.epoch) ==
        "run: Stubborn: the value never changes");
  CHECK(run.bytes() == before);
  run.train(2);
  CHECK(run.bytes() == trained(4).bytes());
}

TEST_CASE("checkpoint: two parameters of one name are not saved, and the file stays") {
  const TemporaryFolder folder;
  Two<double> model;
  const ParameterList<double> twins = {{"w", &model.first}, {"w", &model.second}};
  CHECK(error_of([&] { optim::save(folder / "run", twins); }) ==
        "archive: entry \"0.Parameters.w\" is stored twice");
  CHECK(folder.files() == 0);
}

TEST_CASE("checkpoint: a file cut at any byte is refused and changes nothing") {
  const TemporaryFolder folder;
  trained(2).save(folder / "run");
  const std::string bytes = read_file(folder / "run");
  Noisy run = trained(1);
  const std::string before = run.bytes();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    put(folder / "run", std::string_view(bytes).substr(0, size));
    CHECK_THROWS_AS(run.restore(folder / "run"), DataError);
  }
  CHECK(run.bytes() == before);
  put(folder / "run", bytes);
  run.restore(folder / "run");
  CHECK(run.bytes() == trained(2).bytes());
}

TEST_CASE("checkpoint: a header with a damaged bit restores a whole state or changes nothing") {
  const TemporaryFolder folder;
  trained(2).save(folder / "run");
  const std::string bytes = read_file(folder / "run");
  std::size_t header = 8;
  for (std::size_t k = 0; k < 8; ++k)
    header += std::size_t{static_cast<unsigned char>(bytes[k])} << 8 * k;
  Noisy run = trained(1);
  const std::string before = run.bytes();
  std::size_t refused = 0;
  for (std::size_t at = 0; at < header; ++at) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 1 << at % 8);
    put(folder / "run", damaged);
    try {
      run.restore(folder / "run");  // a text that is another one now, say
      run = trained(1);
    } catch (const DataError&) {
      ++refused;
    }
    REQUIRE(run.bytes() == before);
  }
  CHECK(refused > header / 2);
}

TEST_CASE("checkpoint: whenever the writer is killed, the file holds one whole state") {
  const TemporaryFolder folder;
  const std::string path = folder / "run";
  Uniform state;
  Random random(11);
  for (int kill = 0; kill < 30; ++kill) {
    int saved[2];
    REQUIRE(::pipe(saved) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) save_until_killed(path, state, saved[1]);
    ::close(saved[1]);
    char once;
    REQUIRE(::read(saved[0], &once, 1) == 1);
    ::usleep(static_cast<useconds_t>(random.below(15'000)));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ::close(saved[0]);

    const Index before = state.number;
    optim::restore(path, state);
    Uniform whole;
    whole.set(state.number);
    CHECK(state.copies == whole.copies);
    CHECK(state.number > before);
  }
}
