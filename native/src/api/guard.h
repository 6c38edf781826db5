#pragma once

#include <recurrent/recurrent.h>

#include <algorithm>
#include <new>
#include <string>

#include "base/error.h"
#include "base/expect.h"

namespace recurrent::api {

// Keeps the reason for recurrent_last_error() of this thread and gives the status back.
recurrent_status remember(recurrent_status status, const char* message) noexcept;
const char* last_error() noexcept;

// Runs a function behind the C interface: nothing is thrown across it.
template <class Function>
recurrent_status guarded(Function function) noexcept {
  try {
    function();
    return RECURRENT_STATUS_OK;
  } catch (const Error& error) {
    return remember(error.status(), error.what());
  } catch (const std::bad_alloc&) {
    return remember(RECURRENT_STATUS_OUT_OF_MEMORY,
                    "memory: there is not enough for what was asked for");
  } catch (const std::exception& error) {
    return remember(RECURRENT_STATUS_INTERNAL, error.what());
  } catch (...) {
    return remember(RECURRENT_STATUS_INTERNAL, "an unknown exception");
  }
}

// Throws INVALID_ARGUMENT if a required pointer is null.
template <class T>
T& required(T* pointer, const char* name) {
  if (!pointer) invalid(name, "expected a pointer, found null");
  return *pointer;
}

// The same for a struct, which has to be of the size that the library knows.
template <class T>
T& sized(T* pointer, const char* name) {
  T& given = required(pointer, name);
  expect_struct_size(given);
  return given;
}

// An array of structs that the caller has room for; its first `count` ones have to have that size.
template <class T>
void check_capacity(const T* array, const char* name, int64_t capacity, int64_t count) {
  expect_range("capacity", capacity, 0, INT64_MAX);
  if (capacity > 0) required(array, name);
  for (int64_t i = 0; i < std::min(capacity, count); ++i)
    if (array[i].struct_size != sizeof(T))
      expect_struct_size(std::string(name) + "[" + std::to_string(i) + "].", array[i].struct_size,
                         sizeof(T));
}

}  // namespace recurrent::api
