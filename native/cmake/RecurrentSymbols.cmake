# What debuggers and profilers want of a shared library and its users do not carry about.

# Strips a library when it has been linked. The names of its functions go to a file beside it,
# <library>.debug, which the library names: gdb and perf find it there.
function(recurrent_split_symbols target)
  if(WIN32 OR APPLE OR RECURRENT_SANITIZE OR CMAKE_BUILD_TYPE STREQUAL "Debug"
     OR NOT CMAKE_OBJCOPY OR NOT CMAKE_STRIP)
    return()
  endif()
  set(library "$<TARGET_FILE:${target}>")
  add_custom_command(
    TARGET ${target}
    POST_BUILD
    COMMAND "${CMAKE_OBJCOPY}" --only-keep-debug "${library}" "${library}.debug"
    COMMAND "${CMAKE_STRIP}" --strip-unneeded "${library}"
    # In its folder: objcopy writes down the name as it is given.
    COMMAND "${CMAKE_COMMAND}" -E chdir "$<TARGET_FILE_DIR:${target}>" "${CMAKE_OBJCOPY}"
            "--add-gnu-debuglink=$<TARGET_FILE_NAME:${target}>.debug" "$<TARGET_FILE_NAME:${target}>"
    VERBATIM)
endfunction()
