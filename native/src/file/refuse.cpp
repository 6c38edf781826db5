#include "file/refuse.h"

#include <array>
#include <cstdarg>
#include <cstdio>

namespace recurrent::file {

void refuse(int64_t offset, const char* format, ...) {
  // More is not kept of a message.
  std::array<char, 512> text{};
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text.data(), text.size(), format, arguments);
  va_end(arguments);
  fail(RECURRENT_STATUS_BAD_FILE, "byte %lld: %s", wide(offset), text.data());
}

}  // namespace recurrent::file
