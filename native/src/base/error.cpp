#include "base/error.h"

#include <cstdarg>
#include <cstddef>
#include <cstdio>
#include <utility>

namespace recurrent {
namespace {

RECURRENT_PRINTF(1, 0)
std::string format_message(const char* format, va_list arguments) {
  va_list measured;
  va_copy(measured, arguments);
  const int length = std::vsnprintf(nullptr, 0, format, measured);
  va_end(measured);
  if (length < 0) {
    // An encoding error in an argument: the bare format still says more than nothing.
    return format;
  }
  std::string message(static_cast<size_t>(length), '\0');
  std::vsnprintf(message.data(), message.size() + 1, format, arguments);
  return message;
}

}  // namespace

Error::Error(recurrent_status status, std::string message)
    : status_(status), message_(std::move(message)) {}

void fail(recurrent_status status, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  std::string message = format_message(format, arguments);
  va_end(arguments);
  throw Error(status, std::move(message));
}

void invalid(const char* argument, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  std::string message = format_message(format, arguments);
  va_end(arguments);
  message.insert(0, ": ").insert(0, argument);
  throw Error(RECURRENT_STATUS_INVALID_ARGUMENT, std::move(message));
}

}  // namespace recurrent
