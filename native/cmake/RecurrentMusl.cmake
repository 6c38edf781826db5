# The library for Linux with musl (Alpine), from the same objects.
#
# Debian has musl, but no C++ library for it. What the objects and GCC's static runtime ask of glibc is in
# musl under the same names and with the same layouts, but for a few functions, which are in
# native/floor/musl.cpp. So the objects are linked a second time, against musl's libc.so and nothing else.

# Adds the target recurrent_musl, musl/librecurrent.so, which is built only when it is asked for, where
# Debian's musl-dev is and GCC compiles for x86-64.
function(recurrent_add_musl)
  recurrent_target_architecture(architecture)
  set(musl "/usr/lib/x86_64-linux-musl")
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU" OR RECURRENT_SANITIZE OR NOT architecture STREQUAL "x86_64"
     OR NOT EXISTS "${musl}/libc.so")
    return()
  endif()
  # What a compiler puts around the objects of a library.
  foreach(name IN ITEMS crtbeginS.o crtendS.o)
    execute_process(
      COMMAND "${CMAKE_CXX_COMPILER}" "-print-file-name=${name}"
      OUTPUT_VARIABLE ${name}
      OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  endforeach()
  set(version_script "${CMAKE_CURRENT_SOURCE_DIR}/cmake/recurrent.map")
  add_library(recurrent_musl SHARED EXCLUDE_FROM_ALL "$<TARGET_OBJECTS:recurrent_objects>"
                                                     floor/musl.cpp floor/compat.cpp)
  recurrent_compile_options(recurrent_musl)
  # FORTIFY would ask for what musl does not have.
  target_compile_options(recurrent_musl PRIVATE -U_FORTIFY_SOURCE -fstack-protector-strong)
  target_link_options(
    recurrent_musl
    PRIVATE
    -nostdlib
    "${musl}/crti.o"
    "${crtbeginS.o}"
    -Wl,-soname,librecurrent.so
    "-Wl,--version-script=${version_script}"
    -Wl,--no-undefined
    -Wl,-z,relro
    -Wl,-z,now
    -Wl,--gc-sections)
  # By its whole name: -lc is glibc's, and a path would be kept as one.
  target_link_libraries(
    recurrent_musl
    PRIVATE -Wl,-Bstatic -lstdc++ -lgcc -lgcc_eh -Wl,-Bdynamic "-L${musl}" -l:libc.so "${crtendS.o}"
            "${musl}/crtn.o")
  set_target_properties(
    recurrent_musl
    PROPERTIES LINKER_LANGUAGE CXX
               OUTPUT_NAME recurrent
               NO_SONAME ON
               SKIP_BUILD_RPATH ON
               LINK_DEPENDS "${version_script}"
               LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/musl")
  recurrent_split_symbols(recurrent_musl)
endfunction()
