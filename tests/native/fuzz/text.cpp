#include "text.h"

#include <recurrent/recurrent.h>

#include <cstdarg>
#include <cstdio>

namespace recurrent::fuzz {

std::string text(const char* format, ...) {
  char buffer[512];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(buffer, sizeof(buffer), format, arguments);
  va_end(arguments);
  return buffer;
}

const char* name_of_status(int status) {
  static const char* const kNames[] = {"OK",      "INVALID_ARGUMENT", "NOT_SUPPORTED",
                                       "BUSY",    "OUT_OF_MEMORY",    "UNAVAILABLE",
                                       "INTERNAL"};
  return status >= 0 && status <= RECURRENT_STATUS_INTERNAL ? kNames[status] : "no status";
}

}  // namespace recurrent::fuzz
