# Installs the build in BUILD below FOLDER, and compiles the program consumer/ against that, and
# against the sources in ROOT as a part of its project. Runs the first.
#     cmake -D ROOT=... -D BUILD=... -D FOLDER=... -D COMPILER=... -P package.cmake

file(REMOVE_RECURSE ${FOLDER})

function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE status OUTPUT_VARIABLE output
                  ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    list(JOIN ARGV " " command)
    message(FATAL_ERROR "${command}\n${output}")
  endif()
endfunction()

run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${FOLDER}/prefix)

file(GLOB_RECURSE headers ${FOLDER}/prefix/include/*)
foreach(header IN LISTS headers)
  if(IS_SYMLINK ${header})
    message(SEND_ERROR "${header} is a link; installed headers are files")
  endif()
endforeach()
foreach(name IN ITEMS autodiff.hpp optim.hpp nn.hpp nn/layers/linear.hpp autodiff/eigen.hpp)
  if(NOT EXISTS ${FOLDER}/prefix/include/thalweg/${name})
    message(SEND_ERROR "<thalweg/${name}> is not installed")
  endif()
endforeach()

set(consumer ${CMAKE_CURRENT_LIST_DIR}/consumer)
set(configure ${CMAKE_COMMAND} -G Ninja -D CMAKE_CXX_COMPILER=${COMPILER} -S ${consumer} -B)

run(${configure} ${FOLDER}/installed -D CMAKE_PREFIX_PATH=${FOLDER}/prefix)
run(${CMAKE_COMMAND} --build ${FOLDER}/installed --target own_first consumer)
run(${FOLDER}/installed/consumer)

run(${configure} ${FOLDER}/part -D THALWEG_SOURCE=${ROOT})
run(${CMAKE_COMMAND} --build ${FOLDER}/part --target own_first thalweg_first)

file(REMOVE_RECURSE ${FOLDER})
