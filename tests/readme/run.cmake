# Runs each of PROGRAMS in an empty folder. It has to end with status 0, and to print what its
# source's line `// output: regular expression` says.
#     cmake -D PROGRAMS=...;... -D SOURCES=... -D FOLDER=... -P run.cmake

set(failures "")
foreach(program IN LISTS PROGRAMS)
  cmake_path(GET program STEM name)
  string(REGEX REPLACE "^readme_" "" name ${name})
  file(REMOVE_RECURSE ${FOLDER}/${name})
  file(MAKE_DIRECTORY ${FOLDER}/${name})
  execute_process(
    COMMAND ${program}
    WORKING_DIRECTORY ${FOLDER}/${name}
    RESULT_VARIABLE status
    OUTPUT_VARIABLE output
    ERROR_VARIABLE output)
  file(STRINGS ${SOURCES}/${name}.cpp expected REGEX "^// output: ")
  string(REPLACE "// output: " "" expected "${expected}")
  if(NOT status EQUAL 0 OR NOT output MATCHES "${expected}")
    string(APPEND failures "${name}.cpp: status ${status}, expected '${expected}' in\n${output}\n")
  endif()
endforeach()
file(REMOVE_RECURSE ${FOLDER})

if(failures)
  message(FATAL_ERROR "${failures}")
endif()
