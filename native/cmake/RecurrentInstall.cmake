# cmake --install: headers, both libraries, and how CMake (find_package(Recurrent)) and pkg-config
# (recurrent, recurrent-static) find them.
function(recurrent_install)
  include(GNUInstallDirs)
  include(CMakePackageConfigHelpers)
  install(
    TARGETS recurrent recurrent_archive
    EXPORT RecurrentTargets
    LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}"
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}"
    RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/native/include/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
  install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DATADIR}/licenses/recurrent")

  set(folder "${CMAKE_INSTALL_LIBDIR}/cmake/Recurrent")
  install(EXPORT RecurrentTargets NAMESPACE Recurrent:: DESTINATION "${folder}")
  configure_package_config_file(
    "${PROJECT_SOURCE_DIR}/native/cmake/RecurrentConfig.cmake.in"
    "${CMAKE_CURRENT_BINARY_DIR}/RecurrentConfig.cmake" INSTALL_DESTINATION "${folder}")
  # Until 1.0 a minor version may change the interface.
  write_basic_package_version_file(
    "${CMAKE_CURRENT_BINARY_DIR}/RecurrentConfigVersion.cmake"
    VERSION "${PROJECT_VERSION}"
    COMPATIBILITY SameMinorVersion)
  install(FILES "${CMAKE_CURRENT_BINARY_DIR}/RecurrentConfig.cmake"
                "${CMAKE_CURRENT_BINARY_DIR}/RecurrentConfigVersion.cmake" DESTINATION "${folder}")

  # From the folder of the .pc files to the prefix, so that an installed tree can be moved.
  file(RELATIVE_PATH folders_up "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
  foreach(name IN ITEMS recurrent recurrent-static)
    configure_file("${PROJECT_SOURCE_DIR}/native/cmake/${name}.pc.in"
                   "${CMAKE_CURRENT_BINARY_DIR}/${name}.pc" @ONLY)
    install(FILES "${CMAKE_CURRENT_BINARY_DIR}/${name}.pc"
            DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
  endforeach()
endfunction()
