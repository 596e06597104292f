# Finds everything the enabled parts need, then names all that is missing in one message.

# Imported targets become visible to a project that adds this one by add_subdirectory.
set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL ON)
set(thalweg_missing "")

# Notes `dependency`, a row of packages.txt, as missing unless `target` exists.
macro(thalweg_require dependency target)
  if(NOT TARGET ${target})
    list(APPEND thalweg_missing ${dependency})
  endif()
endmacro()

# Makes `target` from a header and a library. Further arguments: folders to look into first.
function(thalweg_import target header library_names)
  string(MAKE_C_IDENTIFIER ${target} id)
  find_path(${id}_INCLUDE ${header} PATH_SUFFIXES ${ARGN})
  find_library(${id}_LIBRARY NAMES ${library_names} PATH_SUFFIXES ${ARGN})
  mark_as_advanced(${id}_INCLUDE ${id}_LIBRARY)
  if(${id}_INCLUDE AND ${id}_LIBRARY AND NOT TARGET ${target})
    add_library(${target} UNKNOWN IMPORTED GLOBAL)
    set_target_properties(
      ${target} PROPERTIES IMPORTED_LOCATION "${${id}_LIBRARY}"
                           INTERFACE_INCLUDE_DIRECTORIES "${${id}_INCLUDE}")
  endif()
endfunction()

# Column `column` of packages.txt for the dependencies in `dependencies`, separated by spaces.
function(thalweg_package_names dependencies column result)
  file(STRINGS ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/packages.txt rows REGEX "^[a-z]")
  set(names "")
  foreach(row IN LISTS rows)
    string(REGEX REPLACE " +" ";" row "${row}")
    list(GET row 1 dependency)
    if(dependency IN_LIST dependencies)
      list(GET row ${column} name)
      list(APPEND names ${name})
    endif()
  endforeach()
  list(JOIN names " " names)
  set(${result} "${names}" PARENT_SCOPE)
endfunction()

find_package(Threads REQUIRED)
find_package(fmt QUIET CONFIG)
thalweg_require(fmt fmt::fmt)
find_package(TBB QUIET CONFIG)
thalweg_require(tbb TBB::tbb)
find_package(OpenMP QUIET COMPONENTS CXX)
thalweg_require(openmp OpenMP::OpenMP_CXX)
find_package(ZLIB QUIET)
thalweg_require(zlib ZLIB::ZLIB)
find_package(PNG QUIET)
thalweg_require(png PNG::PNG)
thalweg_import(thalweg::turbojpeg turbojpeg.h turbojpeg)
thalweg_require(jpeg thalweg::turbojpeg)
if(NOT THALWEG_INSTALLED)  # headers alone, and only the library's sources include them
  find_package(nlohmann_json QUIET CONFIG)
  thalweg_require(json nlohmann_json::nlohmann_json)
endif()

# By hand: Debian's dnnl-config.cmake stops at the first missing OpenCL header.
thalweg_import(thalweg::dnnl dnnl.hpp dnnl)
thalweg_require(dnnl thalweg::dnnl)

# The library calls it from its own threads and holds the OpenMP build to one in each of them; the
# other build has a pool that gets in the way. Debian keeps the first in a folder, Fedora calls it
# openblaso.
thalweg_import(thalweg::blas cblas.h "openblaso;openblas;cblas;blas" openblas-openmp openblas
               opt/openblas/include opt/openblas/lib)
thalweg_require(blas thalweg::blas)

# glibc's vector functions; other systems have none and the headers fall back on libm.
set(THALWEG_VECTOR_MATHEMATICS "")
if(CMAKE_SYSTEM_NAME STREQUAL "Linux" AND CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  find_library(THALWEG_MVEC mvec)
  mark_as_advanced(THALWEG_MVEC)
  if(THALWEG_MVEC)
    set(THALWEG_VECTOR_MATHEMATICS mvec)
  endif()
endif()

if(THALWEG_TESTS)
  find_package(doctest QUIET CONFIG)
  thalweg_require(doctest doctest::doctest)
  find_package(Eigen3 3.4 QUIET CONFIG)  # optional
endif()
if(THALWEG_EXAMPLES)
  find_package(CLI11 QUIET CONFIG)
  thalweg_require(cli11 CLI11::CLI11)
endif()
if(THALWEG_BENCH)
  find_package(benchmark QUIET CONFIG)
  thalweg_require(benchmark benchmark::benchmark)
endif()

if(thalweg_missing)
  thalweg_package_names("${thalweg_missing}" 2 debian)
  thalweg_package_names("${thalweg_missing}" 3 fedora)
  thalweg_package_names("${thalweg_missing}" 4 homebrew)
  list(JOIN thalweg_missing ", " missing)
  message(FATAL_ERROR "Thalweg needs what is not installed here: ${missing}. To install it:\n"
                      "  Debian, Ubuntu:  sudo apt-get install ${debian}\n"
                      "  Fedora:          sudo dnf install ${fedora}\n"
                      "  macOS:           brew install ${homebrew}\n")
endif()
