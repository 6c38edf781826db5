# How the kernel files are compiled: for an instruction set, and without canaries on the stack.

# Sets `out_architecture` to "x86_64" or "aarch64" if the target is one, and to "other" otherwise.
function(recurrent_target_architecture out_architecture)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|amd64|AMD64|x64)$" AND CMAKE_SIZEOF_VOID_P EQUAL 8)
    set(${out_architecture} "x86_64" PARENT_SCOPE)
  elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64|ARM64)$" AND CMAKE_SIZEOF_VOID_P EQUAL 8)
    set(${out_architecture} "aarch64" PARENT_SCOPE)
  else()
    set(${out_architecture} "other" PARENT_SCOPE)
  endif()
endfunction()

# Takes the sources of the core and gives the kernels of every instruction set of the target's
# architecture their flags; removes those of others from the list. A line here belongs to each row
# of kernels.inc and of integers.inc. What canaries would cost is in docs/kernels.md.
function(recurrent_configure_kernels sources_variable)
  recurrent_target_architecture(architecture)
  # Flags of GCC and Clang, flags of MSVC.
  macro(kernels name built_for flags msvc_flags)
    set(file "${CMAKE_CURRENT_SOURCE_DIR}/src/kernels/${name}.cpp")
    if(NOT architecture STREQUAL "${built_for}")
      list(REMOVE_ITEM ${sources_variable} "${file}")
    elseif(MSVC)
      set_source_files_properties("${file}" PROPERTIES COMPILE_OPTIONS "${msvc_flags};/GS-")
    else()
      set_source_files_properties("${file}" PROPERTIES COMPILE_OPTIONS "${flags};-fno-stack-protector")
    endif()
    if(MINGW)
      # GCC aligns its spills of vectors to more than the 16 bytes that a stack has on Windows
      # (GCC bug 54412); the assembler takes its aligned moves for unaligned ones.
      set_property(SOURCE "${file}" APPEND PROPERTY COMPILE_OPTIONS "-Wa,-muse-unaligned-vector-move")
    endif()
  endmacro()

  set(avx2 "-mavx2;-mfma;-mf16c")
  set(avx512 "-mavx512f;-mavx512dq;-mavx512bw;-mavx512vl;-mfma")
  foreach(kind kernels integers)
    kernels(${kind}_scalar "${architecture}" "" "")
    kernels(${kind}_avx2 x86_64 "${avx2}" "/arch:AVX2")
    kernels(${kind}_avx512 x86_64 "${avx512}" "/arch:AVX512")
    kernels(${kind}_neon aarch64 "" "")
  endforeach()
  kernels(integers_neon_dot aarch64 "-march=armv8.2-a+dotprod" "/arch:armv8.2")
  kernels(integers_avx_vnni x86_64 "${avx2};-mavxvnni" "/arch:AVX2")
  kernels(integers_avx512vl_vnni x86_64 "${avx2};-mavx512f;-mavx512vl;-mavx512vnni" "/arch:AVX512")
  kernels(integers_avx512_vnni x86_64 "${avx512};-mavx512vnni" "/arch:AVX512")

  # Checks of these kernels take a minute and more of compiling each, and they are all one body. Threads
  # meet in the kernels of floats as well, and three of the files see every path of the body.
  if(RECURRENT_SANITIZE)
    set(unchecked integers_avx512 integers_avx_vnni integers_avx512vl_vnni)
    if(RECURRENT_SANITIZE MATCHES "thread")
      list(APPEND unchecked integers_scalar integers_avx2 integers_avx512_vnni)
    endif()
    foreach(name IN LISTS unchecked)
      set_property(SOURCE "${CMAKE_CURRENT_SOURCE_DIR}/src/kernels/${name}.cpp" APPEND
                   PROPERTY COMPILE_OPTIONS -fno-sanitize=all)
    endforeach()
  endif()

  set(${sources_variable} ${${sources_variable}} PARENT_SCOPE)
endfunction()
