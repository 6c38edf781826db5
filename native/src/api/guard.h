#pragma once

#include <recurrent/recurrent.h>

#include <new>

#include "base/error.h"

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

}  // namespace recurrent::api
