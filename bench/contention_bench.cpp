// What do two threads cost where other programs want the cores too?
//
// Steps of training on one thread and on two, alone and beside two threads of another kind that
// never rest. Yardstick: two threads over one, under the same load: below 1 two threads pay, and
// however busy the machine is they should never take more than 1.3 times as long as one. All four
// are measured in turn, a fifth of a second each, so that what else happens on the machine meets
// all of them; the medians of the turns are printed.
//
//     contention_bench [turns]        25 by default: a minute and a half

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <thread>
#include <vector>

#include "thalweg/autodiff.hpp"
#include "thalweg/autodiff/ops/pooling.hpp"
#include "thalweg/nn.hpp"
#include "thalweg/optim.hpp"

namespace {

using namespace thalweg;

/// A thread that has nothing to do with the library and, while `on`, never rests.
class Busy {
 public:
  ~Busy() {
    set(State::over);
    thread_.join();
  }
  void set(bool on) { set(on ? State::on : State::off); }

 private:
  enum class State { off, on, over };
  void set(State state) {
    state_ = state;
    state_.notify_one();
  }
  void run() {
    while (state_ != State::over) state_.wait(State::off);
  }

  std::atomic<State> state_ = State::off;
  std::thread thread_{[this] { run(); }};
};

struct Step {
  const char* name;
  std::function<void()> run;
};

IndexTensor labels(Index count) {
  std::vector<Index> result;
  for (Index k = 0; k < count; ++k) result.push_back(k * 7 % 10);
  return IndexTensor(result);
}

template <class Model>
std::function<void()> step_of(Model model, const Shape& input, Random& random) {
  return [model = std::move(model), x = normal<float>(input, random), y = labels(input[0]),
          sgd = optim::Sgd{{.rate = 0.01}}]() mutable {
    Tape tape;
    const Tensor loss = nn::cross_entropy(model(x), y);
    sgd.step(nn::parameters(model), tape.backward(loss));
  };
}

struct Mlp {
  nn::Linear<float> hidden, output;
  Tensor<float> operator()(const Tensor<float>& x) const { return output(relu(hidden(x))); }
};

struct Net {
  nn::Conv2d<float> conv1, conv2;
  nn::Linear<float> output;
  Tensor<float> operator()(const Tensor<float>& x) const {
    const Tensor y = max_pool2d(relu(conv2(max_pool2d(relu(conv1(x)), 2))), 2);
    return output(flatten(y, 1));
  }
};

/// An epoch of the example `digits`, on numbers of the same shape.
std::function<void()> digits(Random& random) {
  return [model = Mlp{{64, 64, random}, {64, 10, random}},
          data = nn::Dataset<float>{normal<float>({1437, 64}, random), labels(1437)}]() mutable {
    optim::Adam adam{{.rate = 1e-3}};
    nn::fit(model, nn::CrossEntropyLoss{}, data, adam, {.epochs = 1});
  };
}

std::vector<Step> all_steps(Random& random) {
  return {
      {"logistic 784->10 b64", step_of(nn::Linear<float>(784, 10, random), {64, 784}, random)},
      {"MLP 784-128-10 b64",
       step_of(Mlp{{784, 128, random}, {128, 10, random}}, {64, 784}, random)},
      {"CNN 28x28, 16 and 32 channels, b64", step_of(Net{{1, 16, 3, {.padding = 1}, random},
                                                         {16, 32, 3, {.padding = 1}, random},
                                                         {32 * 7 * 7, 10, random}},
                                                     {64, 1, 28, 28}, random)},
      {"digits 64-64-10 b32, an epoch", digits(random)},
  };
}

/// Microseconds per run, over a fifth of a second.
double time(const Step& step, int thread_count) {
  using Clock = std::chrono::steady_clock;
  set_threads(thread_count);
  step.run();
  const auto begin = Clock::now();
  double passed = 0;
  int runs = 0;
  do {
    step.run();
    ++runs;
    passed = std::chrono::duration<double, std::micro>(Clock::now() - begin).count();
  } while (passed < 2e5);
  return passed / runs;
}

double median(std::vector<double> times) {
  std::nth_element(times.begin(), times.begin() + times.size() / 2, times.end());
  return times[times.size() / 2];
}

void report(const Step& step, int turns, std::array<Busy, 2>& others) {
  std::vector<double> alone[2], beside[2];  // on one thread and on two
  for (int turn = 0; turn < turns; ++turn) {
    for (const int k : {0, 1}) alone[k].push_back(time(step, k + 1));
    for (Busy& other : others) other.set(true);
    for (const int k : {0, 1}) beside[k].push_back(time(step, k + 1));
    for (Busy& other : others) other.set(false);
  }
  const auto row = [](const std::vector<double>* times) {
    const double one = median(times[0]), two = median(times[1]);
    return fmt::format("{:10.1f} {:10.1f} {:6.2f}", one, two, two / one);
  };
  fmt::print("{:36} {}   {}\n", step.name, row(alone), row(beside));
}

}  // namespace

int main(int argc, char** argv) {
  std::array<Busy, 2> others;
  const int turns = argc > 1 ? std::max(1, std::atoi(argv[1])) : 25;
  Random random(1);
  fmt::print("Median microseconds of {} turns on {} cores.\n", turns,
             std::thread::hardware_concurrency());
  fmt::print("{:36} {:>10} {:>10} {:>6}   {:>10} {:>10} {:>6}\n", "", "alone: 1", "2 threads",
             "2 / 1", "beside: 1", "2 threads", "2 / 1");
  for (const Step& step : all_steps(random)) report(step, turns, others);
}
