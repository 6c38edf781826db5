#include "text.h"

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

}  // namespace recurrent::fuzz
