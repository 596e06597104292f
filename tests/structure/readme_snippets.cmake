# Each ```cpp block of README.md stands, but for indentation, in a program that is compiled and run:
# in tests/ or examples/, between the lines `// [snippet NAME]` and `// [end]`.
#     cmake -D ROOT=... -P readme_snippets.cmake

# `text` without indentation, trailing spaces and empty lines.
function(normalise text result)
  string(REGEX REPLACE "[ \t\r]*\n[ \t]*" "\n" text "\n${text}\n")
  string(REGEX REPLACE "\n+" "\n" text "${text}")
  set(${result} "${text}" PARENT_SCOPE)
endfunction()

# Moves what lies between the first `begin` and the next `end` of the variable named `source` to
# `result`, which becomes empty when there is no more. A begin without an end is an error.
function(take_between source begin end result)
  set(rest "${${source}}")
  set(${result} "" PARENT_SCOPE)
  string(FIND "${rest}" "${begin}" from)
  if(from EQUAL -1)
    return()
  endif()
  string(LENGTH "${begin}" length)
  math(EXPR from "${from} + ${length}")
  string(SUBSTRING "${rest}" ${from} -1 rest)
  string(FIND "${rest}" "${end}" to)
  if(to EQUAL -1)
    message(FATAL_ERROR "'${begin}' without '${end}'")
  endif()
  string(SUBSTRING "${rest}" 0 ${to} body)
  string(SUBSTRING "${rest}" ${to} -1 rest)
  set(${result} "${body}\n" PARENT_SCOPE)
  set(${source} "${rest}" PARENT_SCOPE)
endfunction()

# All snippets, one after the other.
set(snippets "")
file(GLOB_RECURSE files ${ROOT}/tests/*.cpp ${ROOT}/examples/*.cpp)
list(FILTER files EXCLUDE REGEX "/compile_fail/")
foreach(file IN LISTS files)
  file(READ ${file} text)
  if(text MATCHES "// \\[snippet ")
    normalise("${text}" text)
    take_between(text "\n// [snippet " "\n// [end]" body)
    while(NOT body STREQUAL "")
      string(APPEND snippets "${body}")
      take_between(text "\n// [snippet " "\n// [end]" body)
    endwhile()
  endif()
endforeach()

file(READ ${ROOT}/README.md text)
normalise("${text}" text)
set(failures "")
take_between(text "\n```cpp" "\n```" block)
while(NOT block STREQUAL "")
  string(FIND "${snippets}" "${block}" found)
  if(found EQUAL -1)
    string(APPEND failures "README.md: no compiled snippet reads\n${block}\n")
  endif()
  take_between(text "\n```cpp" "\n```" block)
endwhile()

if(failures)
  message(FATAL_ERROR "${failures}")
endif()
