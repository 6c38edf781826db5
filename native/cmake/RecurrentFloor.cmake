# The oldest glibc that the library loads with.
#
# A linker takes the newest version of a symbol that the building machine's C library has, though the
# function has been there for twenty years: pthread_create is GLIBC_2.34 since it has moved to another
# file. So the library is linked first with stubs of the files that had these functions before, which
# have the old versions and nothing else (native/floor). Every glibc since has kept those. What is
# really new, and only wanted by the compiler's own runtime, is in native/floor/compat.cpp.

# Links a shared library so that it asks for nothing newer than GLIBC_2.27, the floor of .NET itself.
function(recurrent_lower_floor target)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU" OR RECURRENT_SANITIZE)
    return()
  endif()
  include(CheckCXXSourceCompiles)
  # Where neither is there, the C library is not glibc or is older than what is new in it.
  check_cxx_source_compiles(
    "#include <dlfcn.h>
     #if !defined(__GLIBC__) || !defined(DLFO_STRUCT_HAS_EH_COUNT)
     #error
     #endif
     int main() {}"
    RECURRENT_HAS_NEW_GLIBC)
  if(NOT RECURRENT_HAS_NEW_GLIBC)
    return()
  endif()
  set(folder "${CMAKE_CURRENT_SOURCE_DIR}/floor")
  foreach(name IN ITEMS dl:2 pthread:0)
    string(REPLACE ":" ";" parts "${name}")
    list(GET parts 0 file)
    list(GET parts 1 number)
    set(stub "recurrent_floor_${file}")
    add_library(${stub} SHARED "${folder}/${file}.c")
    set_target_properties(
      ${stub}
      PROPERTIES OUTPUT_NAME "${file}"
                 SUFFIX ".so.${number}"
                 NO_SONAME ON
                 LIBRARY_OUTPUT_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}/floor")
    target_link_options(${stub} PRIVATE -nostdlib "-Wl,-soname,lib${file}.so.${number}"
                        "-Wl,--version-script=${folder}/versions.map")
    # Behind the objects and before the system's, by the whole name: CMake would make -lpthread of
    # its path, which is the system's.
    target_link_libraries(${target} PRIVATE "-L$<TARGET_FILE_DIR:${stub}>"
                                            "-l:lib${file}.so.${number}")
    add_dependencies(${target} ${stub})
  endforeach()
  target_sources(${target} PRIVATE "${folder}/compat.cpp")
  # The stubs are no place to look at when the library is loaded.
  set_target_properties(${target} PROPERTIES SKIP_BUILD_RPATH ON)
endfunction()
