# Compiles the examples in the comments of the headers below ROOT (extract.awk says what they are),
# each with its own header and with the names that they leave out (NAMES). The compiler names header
# and line.
#     cmake -D ROOT=... -D NAMES=... -D FOLDER=... -D COMPILER=... -D FLAGS=... -P check.cmake

separate_arguments(flags UNIX_COMMAND "${FLAGS}")
file(GLOB_RECURSE headers RELATIVE ${ROOT} ${ROOT}/autodiff/*.hpp ${ROOT}/optim/*.hpp
     ${ROOT}/nn/*.hpp)
list(SORT headers)
list(FILTER headers EXCLUDE REGEX "/eigen[/.]")  # not everybody has Eigen
file(MAKE_DIRECTORY ${FOLDER})
execute_process(
  COMMAND ${CMAKE_COMMAND} -E env LC_ALL=C awk -f ${CMAKE_CURRENT_LIST_DIR}/extract.awk ${headers}
  WORKING_DIRECTORY ${ROOT}
  OUTPUT_FILE ${FOLDER}/examples.cpp COMMAND_ERROR_IS_FATAL ANY)
execute_process(
  COMMAND ${CMAKE_COMMAND} -E env LC_ALL=C ${COMPILER} ${flags} -include ${NAMES} -fsyntax-only
          ${FOLDER}/examples.cpp
  RESULT_VARIABLE status
  ERROR_VARIABLE message)
if(NOT status EQUAL 0)
  message("${message}")
  message(FATAL_ERROR "an example does not compile")
endif()
file(STRINGS ${FOLDER}/examples.cpp examples REGEX "^(auto|struct) example_")
list(LENGTH examples count)
if(count EQUAL 0)
  message(FATAL_ERROR "no example found")
endif()
message("${count} examples compile")
