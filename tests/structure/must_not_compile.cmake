# Compiles each case of one file. Case 0 has to compile; every other one has to be refused with a
# message that matches the regular expression of its comment:
#
#     #if CASE == 1  // a variable does not turn into a number by itself
#       double y = x;
#       // expect: cannot convert|no viable conversion
#     #endif
#
#     cmake -D FILE=... -D COMPILER=... -D FLAGS=... -P must_not_compile.cmake

separate_arguments(flags UNIX_COMMAND "${FLAGS}")
cmake_path(GET FILE FILENAME file)
file(READ ${FILE} text)
set(failures "")

function(compile case status output)
  execute_process(
    COMMAND ${CMAKE_COMMAND} -E env LC_ALL=C ${COMPILER} ${flags} -DCASE=${case} -fsyntax-only
            ${FILE}
    RESULT_VARIABLE result
    OUTPUT_VARIABLE message
    ERROR_VARIABLE message)
  set(${status} ${result} PARENT_SCOPE)
  set(${output} "${message}" PARENT_SCOPE)
endfunction()

compile(0 status output)
if(NOT status EQUAL 0)
  string(APPEND failures "${file}: case 0 has to compile:\n${output}\n")
endif()

string(REGEX MATCHALL "#if CASE == [1-9][0-9]*" cases "${text}")
if(NOT cases)
  string(APPEND failures "${file}: there is no `#if CASE == 1`\n")
endif()
foreach(guard IN LISTS cases)
  string(REGEX MATCH "[0-9]+" case "${guard}")
  string(REGEX MATCH "${guard}[^0-9].*" body "${text}")
  string(FIND "${body}" "#endif" end)
  string(SUBSTRING "${body}" 0 ${end} body)
  if(NOT body MATCHES "// expect: ([^\n]+)")
    string(APPEND failures "${file}: case ${case} lacks `// expect: text`\n")
    continue()
  endif()
  set(expected "${CMAKE_MATCH_1}")
  compile(${case} status output)
  if(status EQUAL 0)
    string(APPEND failures "${file}: case ${case} compiles\n")
  elseif(NOT output MATCHES "${expected}")
    string(APPEND failures "${file}: case ${case} lacks '${expected}' in\n${output}\n")
  endif()
endforeach()

if(failures)
  message(FATAL_ERROR "${failures}")
endif()
list(LENGTH cases count)
message("${file}: ${count} cases refused as expected")
