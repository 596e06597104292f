# `cmake --install` and, for its users, find_package(thalweg).

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(folder ${CMAKE_INSTALL_LIBDIR}/cmake/thalweg)

install(
  TARGETS thalweg_autodiff thalweg_optim thalweg_nn
  EXPORT thalweg_targets
  FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  FILE_SET eigen DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT thalweg_targets NAMESPACE thalweg:: DESTINATION ${folder})

configure_package_config_file(cmake/thalweg-config.cmake.in thalweg-config.cmake
                              INSTALL_DESTINATION ${folder})
write_basic_package_version_file(thalweg-config-version.cmake COMPATIBILITY SameMinorVersion)
install(
  FILES ${CMAKE_CURRENT_BINARY_DIR}/thalweg-config.cmake
        ${CMAKE_CURRENT_BINARY_DIR}/thalweg-config-version.cmake cmake/dependencies.cmake
        cmake/packages.txt
  DESTINATION ${folder})
