# How this project's targets are made. Switches live on targets; nothing global is touched.

# Warnings for a target of this project; its users never see them.
function(thalweg_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
  # Sizes and positions are signed (Index) and never negative where a container is asked: they index
  # it as they are. (clang counts that among -Wconversion, g++ does not.)
  target_compile_options(${target} PRIVATE -Wno-sign-conversion)
  if(THALWEG_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()

# What the library and every program that includes its headers are compiled with.
function(thalweg_switches target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  # Without errno and traps a loop over std::sqrt or a selection becomes vector instructions.
  # Neither switch changes a value: NaN, infinities and rounding stay those of IEEE 754.
  target_compile_options(${target} PUBLIC -fno-math-errno -fno-trapping-math)
  # A scalar statement of more than six ops has more fields than g++ would otherwise keep apart; it
  # then copies them through memory, eight times slower.
  target_compile_options(
    ${target} PUBLIC $<$<CXX_COMPILER_ID:GNU>:--param=sra-max-propagations=400>)
  if(THALWEG_NATIVE)
    target_compile_options(${target} PUBLIC -march=native)
  endif()
  if(THALWEG_SANITIZE)
    set(sanitize -fsanitize=${THALWEG_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    # A null pointer that is followed ends the program by itself. Checks before every access, and of
    # what a class is, cost a third of the time to compile.
    if(THALWEG_SANITIZE MATCHES undefined)
      list(APPEND sanitize $<$<CXX_COMPILER_ID:GNU>:-fno-sanitize=null,vptr,object-size>)
    endif()
    target_compile_options(${target} PUBLIC ${sanitize})
    target_link_options(${target} PUBLIC ${sanitize})
  endif()
endfunction()

# Every public header is found as <thalweg/...>, so that no header of a user's own project, whatever
# its name and wherever its folder comes in the search, hides one of the library or is hidden by it.
# The prefix is a folder of links to the sources, which are what editors open. Tables of contents are
# copied, anew when they change: what is installed has to be a file.
set(THALWEG_INCLUDE ${PROJECT_BINARY_DIR}/include)

# <thalweg/NAME/...> for the folder NAME, <thalweg/NAME.hpp> for its table of contents.
function(thalweg_link_headers name)
  set(folder ${THALWEG_INCLUDE}/thalweg)
  file(MAKE_DIRECTORY ${folder})
  file(CREATE_LINK ${PROJECT_SOURCE_DIR}/${name} ${folder}/${name} SYMBOLIC)
  if(IS_SYMLINK ${folder}/${name}.hpp)
    file(REMOVE ${folder}/${name}.hpp)
  endif()
  configure_file(${PROJECT_SOURCE_DIR}/${name}/${name}.hpp ${folder}/${name}.hpp COPYONLY)
endfunction()

# thalweg::NAME, a static library of all sources in the folder NAME. Each of its headers is compiled
# alone by `all_verify_interface_header_sets`. Further arguments: headers to precompile.
function(thalweg_layer name)
  set(target thalweg_${name})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${name}/*.cpp)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}
       ${PROJECT_SOURCE_DIR}/${name}/*.hpp)
  list(TRANSFORM headers REPLACE "^${name}/${name}.hpp$" "${name}.hpp")
  list(TRANSFORM headers PREPEND ${THALWEG_INCLUDE}/thalweg/)
  set(beside_eigen ${headers})
  list(FILTER headers EXCLUDE REGEX "/eigen[/.]")
  list(FILTER beside_eigen INCLUDE REGEX "/eigen[/.]")
  thalweg_link_headers(${name})
  add_library(${target} STATIC ${sources})
  add_library(thalweg::${name} ALIAS ${target})
  target_sources(
    ${target}
    PUBLIC FILE_SET HEADERS BASE_DIRS ${THALWEG_INCLUDE} FILES ${headers}
           FILE_SET eigen TYPE HEADERS BASE_DIRS ${THALWEG_INCLUDE} FILES ${beside_eigen})
  # Eigen is optional: its tests compile the headers that are for users who have it.
  set_target_properties(
    ${target}
    PROPERTIES EXPORT_NAME ${name}
               CXX_EXTENSIONS OFF
               LINKER_LANGUAGE CXX
               VERIFY_INTERFACE_HEADER_SETS ${PROJECT_IS_TOP_LEVEL}
               INTERFACE_HEADER_SETS_TO_VERIFY HEADERS)
  # What most sources read anyway. A header that needs one of these and does not say so is found by
  # `make headers`, which compiles each alone.
  target_precompile_headers(${target} PRIVATE <algorithm> <cmath> <string> <vector>
                                              <fmt/format.h> ${ARGN})
  thalweg_switches(${target})
  thalweg_warnings(${target})
endfunction()

# A program of this project: a test, an example, a benchmark.
function(thalweg_program name)
  add_executable(${name} ${ARGN})
  set_target_properties(${name} PROPERTIES CXX_EXTENSIONS OFF)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})  # its neighbours, from the root
  thalweg_warnings(${name})
endfunction()

# Compile time is what tests cost. The library that they link is optimised as its users' is, and under
# the address sanitizer its accesses are checked where they stand; the tests' own by calls.
function(thalweg_test_options target)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
    return()
  endif()
  if(CMAKE_BUILD_TYPE STREQUAL Release OR THALWEG_SANITIZE)
    target_compile_options(${target} PRIVATE -Og)
  endif()
  if(THALWEG_SANITIZE MATCHES address)
    target_compile_options(${target} PRIVATE --param=asan-instrumentation-with-call-threshold=0)
  endif()
  if(THALWEG_SANITIZE MATCHES undefined)
    target_compile_options(${target} PRIVATE -fno-sanitize=alignment)
  endif()
endfunction()
