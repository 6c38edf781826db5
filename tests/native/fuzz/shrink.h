// From a program that fails to a smaller one that still does.
#pragma once

#include "program.h"

namespace recurrent::fuzz {

// Leaves operations out as long as `fails` says so of what is left, within so many seconds.
Program shrink(Program program, int seconds, const std::function<bool(const Program&)>& fails);

}  // namespace recurrent::fuzz
