# A formatter in a header derives from TextFormatter or from another one of the library's. Those of
# fmt itself are declared in <fmt/core.h>, but defined in <fmt/format.h>: a program that includes the
# header alone would compile and not link.
#     cmake -D ROOT=... -P formatters.cmake

set(failures "")
foreach(layer IN ITEMS autodiff optim nn)
  file(GLOB_RECURSE files RELATIVE ${ROOT} ${ROOT}/${layer}/*.hpp)
  foreach(file IN LISTS files)
    file(STRINGS ${ROOT}/${file} lines REGEX "(: |, )(public )?(fmt::)?formatter<")
    list(FILTER lines EXCLUDE REGEX "(: |, )(public )?(fmt::)?formatter<thalweg::")
    if(lines)
      string(APPEND failures "${file}: a formatter must not derive from one of fmt's:\n${lines}\n")
    endif()
  endforeach()
endforeach()

if(failures)
  message(FATAL_ERROR "${failures}")
endif()
