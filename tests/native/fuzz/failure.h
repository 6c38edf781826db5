// How a program says that the library has broken its word.
#pragma once

#include <stdexcept>

#include "text.h"

namespace recurrent::fuzz {

class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Throws a Failure with this text, formatted as printf does, unless the condition holds.
template <class... Arguments>
void expect(bool condition, const char* format, Arguments... arguments) {
  if (!condition) throw Failure(text(format, arguments...));
}

}  // namespace recurrent::fuzz
