# What every native target of the project is compiled with.

# Applies the project's language, floating-point and warning flags to a target.
function(recurrent_compile_options target)
  if(MSVC)
    # /fp:precise neither reassociates nor contracts: what -ffp-contract=off asks of the others.
    target_compile_options(${target} PRIVATE /W4 /permissive- /utf-8 /fp:precise /EHsc)
    if(RECURRENT_WARNINGS_AS_ERRORS)
      target_compile_options(${target} PRIVATE /WX)
    endif()
  else()
    # A contracted a*b+c would round once where the arithmetic contract rounds twice.
    target_compile_options(
      ${target} PRIVATE -ffp-contract=off -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                        -Wsign-conversion)
    if(RECURRENT_WARNINGS_AS_ERRORS)
      target_compile_options(${target} PRIVATE -Werror)
    endif()
  endif()

  if(RECURRENT_SANITIZE)
    if(MSVC)
      message(FATAL_ERROR "RECURRENT_SANITIZE needs GCC or Clang.")
    endif()
    target_compile_options(${target} PRIVATE "-fsanitize=${RECURRENT_SANITIZE}" -fno-sanitize-recover=all
                                             -fno-omit-frame-pointer)
    target_link_options(${target} PRIVATE "-fsanitize=${RECURRENT_SANITIZE}")
  endif()
endfunction()

# Makes the compiler's checks part of what is shipped: canaries behind arrays on the stack, copies that
# know the size of where they go. Kernel files do without (see RecurrentKernels.cmake).
function(recurrent_harden target)
  if(MSVC)
    target_compile_options(${target} PRIVATE /GS /guard:cf)
    return()
  endif()
  target_compile_options(${target} PRIVATE -fstack-protector-strong)
  if(NOT RECURRENT_SANITIZE)
    # FORTIFY needs an optimizer, and the sanitizers' own checks know more. What a distribution sets is replaced.
    target_compile_options(
      ${target} PRIVATE "$<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=3>")
  endif()
endfunction()
