// The one exception of the core: a status of the C interface and a message in the caller's terms.
#pragma once

#include <recurrent/recurrent.h>

#include <exception>
#include <string>

#if defined(__MINGW32__)
// The C library of MinGW, not that of Windows, formats here.
#define RECURRENT_PRINTF(format_index, first_argument) \
  __attribute__((format(gnu_printf, format_index, first_argument)))
#elif defined(__GNUC__)
#define RECURRENT_PRINTF(format_index, first_argument) \
  __attribute__((format(printf, format_index, first_argument)))
#else
#define RECURRENT_PRINTF(format_index, first_argument)
#endif

namespace recurrent {

// Thrown inside the core, translated to a status at the C interface; it never leaves the library.
class Error : public std::exception {
 public:
  Error(recurrent_status status, std::string message);

  recurrent_status status() const noexcept { return status_; }
  const std::string& message() const noexcept { return message_; }
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  recurrent_status status_;
  std::string message_;
};

// Throws an Error whose message is formatted as printf does.
[[noreturn]] void fail(recurrent_status status, const char* format, ...) RECURRENT_PRINTF(2, 3);

// Throws INVALID_ARGUMENT with the message "<argument>: <formatted text>". The text says what was
// expected and what was found: invalid("time", "expected 0 or more, found %lld", time).
[[noreturn]] void invalid(const char* argument, const char* format, ...) RECURRENT_PRINTF(2, 3);

}  // namespace recurrent
