#include "api/guard.h"

#include <cstdio>

namespace recurrent::api {
namespace {

// Fixed memory: remembering why memory ran out must not need any.
constexpr int kMessageBytes = 1024;
thread_local char message_of_thread[kMessageBytes] = "";

}  // namespace

recurrent_status remember(recurrent_status status, const char* message) noexcept {
  std::snprintf(message_of_thread, sizeof(message_of_thread), "%s", message);
  return status;
}

const char* last_error() noexcept { return message_of_thread; }

}  // namespace recurrent::api
