# A thin front over the CMake presets. Each target installs missing packages first (Debian, Ubuntu).
#
#   make demo     train a network on handwritten digits; writes report.html
#   make test     release build and all tests
#   make bench    all benchmarks, in the release build
#   make headers  every public header compiles alone
#   make asan     tests under the address and undefined-behaviour sanitizers
#   make tsan     tests under the thread sanitizer
#   make fuzz     each reader of outside bytes for FUZZ_SECONDS (600) under libFuzzer
#   make clang    tests as clang++ builds them
#   make tidy     clang-tidy over the library's sources
#   make format   clang-format over all sources

export CMAKE_BUILD_PARALLEL_LEVEL ?= $(shell nproc 2> /dev/null || sysctl -n hw.ncpu)
export CTEST_PARALLEL_LEVEL ?= $(CMAKE_BUILD_PARALLEL_LEVEL)

# A core type forced on OpenBLAS can halve its speed; benchmarks run without one.
clean_blas := env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE

sources = $(shell find autodiff optim nn tests bench examples -name '*.?pp')

.PHONY: demo test bench headers asan tsan fuzz clang tidy format packages packages-data packages-eigen packages-clang packages-format packages-tidy

demo: packages
	cmake --preset release
	cmake --build --preset release --target digits
	build/release/examples/digits

test: packages packages-data packages-eigen
	cmake --preset release
	cmake --build --preset release
	ctest --preset release

bench: packages
	cmake --preset release
	cmake --build --preset release --target benchmarks
	@for program in build/release/bench/*_bench; do $(clean_blas) $$program || exit 1; done
	bench/compile_time.sh

headers: packages
	cmake --preset release
	cmake --build --preset headers

asan tsan: packages
	cmake --preset $@
	cmake --build --preset $@
	ctest --preset $@

FUZZ_SECONDS ?= 600

fuzz: packages packages-clang
	cmake --preset fuzz
	cmake --build --preset fuzz
	@for seeds in tests/fuzz/corpus/*; do \
	  name=$${seeds##*/}; mkdir -p build/fuzz/corpus/$$name; \
	  build/fuzz/tests/fuzz/fuzz_$$name -max_total_time=$(FUZZ_SECONDS) -max_len=4096 \
	    -timeout=20 -artifact_prefix=build/fuzz/$$name- -print_final_stats=1 \
	    build/fuzz/corpus/$$name $$seeds || exit 1; \
	done

clang: packages packages-clang
	cmake --preset clang
	cmake --build --preset clang
	ctest --preset clang

# The clang preset's commands without its precompiled headers, which only that clang++ reads. One
# process per file; a finding of any ends it.
tidy: packages packages-clang packages-tidy
	cmake --preset clang -B build/tidy -D CMAKE_DISABLE_PRECOMPILE_HEADERS=ON
	find autodiff optim nn -name '*.cpp' | \
	  xargs -n 1 -P $(CMAKE_BUILD_PARALLEL_LEVEL) clang-tidy --quiet -p build/tidy

format: packages-format
	clang-format -i $(sources)

packages:
	@scripts/install_packages build

# Data sets that examples learn from, and Eigen: without them their tests are skipped.
packages-data packages-eigen: packages-%:
	-@scripts/install_packages $*

packages-clang packages-format packages-tidy: packages-%:
	@scripts/install_packages $*
