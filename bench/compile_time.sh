#!/usr/bin/env bash
# What does including the library cost? Preprocessed lines and seconds (median of five, user time) of a
# program that differentiates one scalar function, and of the digits example.
set -euo pipefail
cd "$(dirname "$0")/.."
cxx=${CXX:-g++}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
include=$work/include
mkdir -p "$include/thalweg"
for layer in autodiff optim nn; do
  ln -s "$PWD/$layer" "$PWD/$layer/$layer.hpp" "$include/thalweg/"
done

cat > "$work/one.cpp" << 'END'
#include <thalweg/autodiff.hpp>
int main() {
  thalweg::Tape tape;
  thalweg::Var x = tape.variable(2.0);
  thalweg::Var y = sin(x) * exp(x) + 3;
  return tape.backward(y)[x] > 0 ? 0 : 1;
}
END

measure() {  # name, source, options...
  local name=$1 source=$2
  shift 2
  local lines seconds
  lines=$("$cxx" -std=c++20 -I"$include" "$@" -E "$source" | wc -l)
  seconds=$(for _ in 1 2 3 4 5; do
    TIMEFORMAT=%U
    { time "$cxx" -w -std=c++20 -I"$include" "$@" -c "$source" -o "$work/out.o"; } 2>&1
  done | sort -n | sed -n 3p)
  printf '%-34s %8d lines %8.2f s\n' "$name" "$lines" "$seconds"
}

measure "one scalar function, -O0" "$work/one.cpp" -O0
measure "one scalar function, -O2" "$work/one.cpp" -O2
digits=(-DTHALWEG_DIGITS='""' -march=native -fno-math-errno -fno-trapping-math)
measure "examples/digits, -O0" examples/digits.cpp -O0 "${digits[@]}"
measure "examples/digits, -O3" examples/digits.cpp -O3 "${digits[@]}"
