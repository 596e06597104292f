# Includes point one way: autodiff <- optim <- nn; kernels/ know no derivative; nothing in the
# library includes tests, benchmarks or examples.        cmake -D ROOT=... -P include_direction.cmake

set(failures "")

# No file below `folder` may include a header below one of the folders ARGN.
function(forbid folder)
  list(JOIN ARGN "|" forbidden)
  file(GLOB_RECURSE files RELATIVE ${ROOT} ${ROOT}/${folder}/*.hpp ${ROOT}/${folder}/*.cpp)
  foreach(file IN LISTS files)
    file(READ ${ROOT}/${file} text)
    if("\n${text}" MATCHES "(.*\n) *# *include *[<\"]((${forbidden})/[^>\"]*)")
      set(include "${CMAKE_MATCH_2}")
      string(REGEX REPLACE "[^\n]" "" line "${CMAKE_MATCH_1}")
      string(LENGTH "${line}" line)
      string(APPEND failures "${file}:${line}: ${folder} must not include ${include}\n")
    endif()
  endforeach()
  set(failures "${failures}" PARENT_SCOPE)
endfunction()

set(outside tests bench examples)
forbid(autodiff optim nn ${outside})
forbid(autodiff/kernels autodiff/ops)
forbid(optim nn ${outside})
forbid(nn ${outside})

if(failures)
  message(FATAL_ERROR "${failures}")
endif()
