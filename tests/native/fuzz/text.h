#pragma once

#include <string>

namespace recurrent::fuzz {

// A text that is formatted as printf does.
std::string text(const char* format, ...) __attribute__((format(printf, 1, 2)));

}  // namespace recurrent::fuzz
