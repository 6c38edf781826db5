#include "api/guard.h"

#include <cstddef>
#include <cstring>

namespace recurrent::api {
namespace {

// Fixed memory: remembering why memory ran out must not need any.
constexpr size_t kMessageBytes = 500;
constexpr char kEllipsis[] = "...";
thread_local char message_of_thread[kMessageBytes + 1] = "";

bool continues_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0u) == 0x80u; }

// Control characters are those below 32, 127, and C2 80 to C2 9F in UTF-8.
bool controls_terminal(const char* byte) {
  const auto first = static_cast<unsigned char>(byte[0]);
  const auto second = static_cast<unsigned char>(byte[1]);
  return first < ' ' || first == 0x7F || (first == 0xC2 && second >= 0x80 && second < 0xA0);
}

}  // namespace

recurrent_status remember(recurrent_status status, const char* message) noexcept {
  const size_t length = strnlen(message, kMessageBytes + 1);
  size_t kept = length;
  if (length > kMessageBytes) {
    kept = kMessageBytes - (sizeof(kEllipsis) - 1);
    // A character of several bytes is left out whole.
    while (kept > 0 && continues_character(message[kept])) --kept;
  }
  std::memcpy(message_of_thread, message, kept);
  for (size_t i = 0; i < kept; ++i) {
    if (!controls_terminal(message + i)) continue;
    message_of_thread[i] = '?';
    if (message[i] == '\xC2') message_of_thread[++i] = '?';
  }
  std::memcpy(message_of_thread + kept, length > kMessageBytes ? kEllipsis : "",
              length > kMessageBytes ? sizeof(kEllipsis) : 1);
  return status;
}

const char* last_error() noexcept { return message_of_thread; }

}  // namespace recurrent::api
