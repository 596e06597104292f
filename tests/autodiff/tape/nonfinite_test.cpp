// The trap for numbers that are not finite: whole messages.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <limits>
#include <string>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/exponential.hpp"
#include "thalweg/autodiff/tape/tape.hpp"

using namespace thalweg;

namespace {

const Tensor<double> ones = {1, 1};

/// What f throws; empty if it does not.
template <class F>
std::string message_of(F&& f) {
  try {
    f();
  } catch (const NonfiniteError& error) {
    return error.what();
  }
  return "";
}

std::string at_line(const char* text, int line, const char* shapes = "") {
  return fmt::format("{}, the first non-finite number of this tape; {}{}:{}", text, shapes,
                     __FILE__, line);
}

}  // namespace

TEST_CASE("without the trap not a number is a number like others") {
  Tape tape;
  Var x = tape.variable(0.0);
  CHECK_NOTHROW(Var(exp(x / x)));
  CHECK_NOTHROW(tape.backward(x / x));
}

TEST_CASE("the trap names the innermost op of a scalar statement and its line") {
  Tape tape;
  tape.trap_nonfinite();
  Var x = tape.variable(0.0);
  Var fine = exp(x) + 1;
  const int line = __LINE__ + 1;
  const auto inner = message_of([&] { Var(exp(3 / x) + fine); });
  const auto outer = message_of([&] { Var(exp(fine * 1000)); });
  CHECK(inner == at_line("div: its value is inf", line));
  CHECK(outer == at_line("exp: its value is inf", line + 1));
  CHECK(message_of([&] { fine += x / x; }) != "");
}

TEST_CASE("the trap names the line where a named scalar is made or used") {
  Tape tape;
  tape.trap_nonfinite();
  Var x = tape.variable(0.0);
  auto u = 3 / x;
  const int line = __LINE__ + 1;
  const auto named = message_of([&] { tape.variable(Var(u)); });
  CHECK(named == at_line("div: its value is inf", line));
  // Operators take no location: a name that one of them uses first is known by its op alone.
  CHECK(message_of([&] { Var(u * 2); }) ==
        "div: its value is inf, the first non-finite number of this tape; its line is not known");
}

TEST_CASE("the trap names the innermost op of a tensor statement and its line") {
  Tape tape;
  tape.trap_nonfinite();
  auto w = tape.variable(Tensor<double>{0, 1});
  Tensor fine = exp(w) + 1;
  const int line = __LINE__ + 1;
  const auto inner = message_of([&] { Tensor y = exp(1 / w) + fine; });
  const auto outer = message_of([&] { Tensor y = exp(fine * 1000); });
  CHECK(inner == at_line("div: its value is inf", line, "operands of shapes [2], [2]; "));
  CHECK(outer == at_line("exp: its value is inf", line + 1, "operand of shape [2]; "));
}

TEST_CASE("the trap names the scalar statement whose backward pass overflows") {
  Tape tape;
  tape.trap_nonfinite();
  Var x = tape.variable(1e-300);
  const int line = __LINE__ + 1;
  Var y = x * 1e200;
  Var z = y * 1e200;
  CHECK(message_of([&] { tape.backward(z); }) == at_line("mul: its adjoint is inf", line));
}

TEST_CASE("the trap catches the backward pass of tensors") {
  Tape tape;
  auto w = tape.variable(Tensor<double>{1e-200, 1});
  tape.trap_nonfinite();
  const int line = __LINE__ + 1;
  Tensor small = w * 1e-150;
  const std::string message = message_of([&] {
    tape.backward(small, Tensor<double>{std::numeric_limits<double>::infinity(), 1});
  });
  CHECK(message == at_line("mul: its adjoint is inf", line, "operand of shape [2]; "));
}

TEST_CASE("the trap is off again when asked to be") {
  Tape tape;
  tape.trap_nonfinite();
  tape.trap_nonfinite(false);
  Var x = tape.variable(0.0);
  CHECK(message_of([&] { Var(1 / x); }) == "");
  auto w = tape.variable(Tensor<double>{0, 1});
  CHECK(message_of([&] { Tensor y = 1 / w; }) == "");
}

TEST_CASE("the trap belongs to one tape") {
  {
    Tape tape;
    tape.trap_nonfinite();
    Var x = tape.variable(0.0);
    {
      Tape inner;
      Var z = inner.variable(0.0);
      CHECK(message_of([&] { Var(1 / z); }) == "");
    }
    CHECK(message_of([&] { Var(1 / x); }) != "");
  }
  Tape next;
  Var x = next.variable(0.0);
  CHECK(message_of([&] { Var(1 / x); }) == "");
}

TEST_CASE("the trap survives clear and growth") {
  Tape tape;
  tape.trap_nonfinite();
  tape.clear();
  Var x = tape.variable(1.0);
  Var sum = x;
  for (int k = 0; k < 5000; ++k) sum = sum + x;
  const int line = __LINE__ + 1;
  const auto late = message_of([&] { Var(sum / (x - 1)); });
  CHECK(late == at_line("div: its value is inf", line));
}

TEST_CASE("after the trap has sprung the tape goes on") {
  Tape tape;
  tape.trap_nonfinite();
  Var x = tape.variable(2.0);
  const std::size_t statements = tape.statements();
  CHECK(message_of([&] { Var(1 / (x - 2)); }) != "");
  CHECK(tape.statements() == statements);
  Var y = x * x;
  CHECK(tape.backward(y)[x] == 4);
}
