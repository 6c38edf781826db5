# The two kernel files that are compiled for more than the architecture's baseline.

# Sets `out_architecture` to "x86_64" if the target is one, and to "other" otherwise.
function(recurrent_target_architecture out_architecture)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|amd64|AMD64|x64)$" AND CMAKE_SIZEOF_VOID_P EQUAL 8)
    set(${out_architecture} "x86_64" PARENT_SCOPE)
  else()
    set(${out_architecture} "other" PARENT_SCOPE)
  endif()
endfunction()

# Takes the sources of the core and, on x86-64, gives the AVX2 and AVX-512 kernels their flags;
# elsewhere removes them from the list, so that the scalar kernels are the only table.
function(recurrent_configure_kernels sources_variable)
  set(avx2 "${CMAKE_CURRENT_SOURCE_DIR}/src/kernels/kernels_avx2.cpp")
  set(avx512 "${CMAKE_CURRENT_SOURCE_DIR}/src/kernels/kernels_avx512.cpp")
  recurrent_target_architecture(architecture)

  if(NOT architecture STREQUAL "x86_64")
    set(sources ${${sources_variable}})
    list(REMOVE_ITEM sources "${avx2}" "${avx512}")
    set(${sources_variable} ${sources} PARENT_SCOPE)
    return()
  endif()

  if(MSVC)
    set(avx2_flags /arch:AVX2)
    set(avx512_flags /arch:AVX512)
  else()
    set(avx2_flags -mavx2 -mfma -mf16c)
    set(avx512_flags -mavx512f -mavx512dq -mavx512bw -mavx512vl -mfma)
  endif()
  set_source_files_properties("${avx2}" PROPERTIES COMPILE_OPTIONS "${avx2_flags}")
  set_source_files_properties("${avx512}" PROPERTIES COMPILE_OPTIONS "${avx512_flags}")
endfunction()
