#pragma once

#include <cstdint>

#include "file/container.h"

namespace recurrent::file {

// Names of layers and counted lengths are for people and other programs. They are read all the
// same: a file is the same to everybody, or none. Throws Error (BAD_FILE).
void check_remarks(const Container& container, int32_t layers, int32_t inputs);

}  // namespace recurrent::file
