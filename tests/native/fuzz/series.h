// Programs one after the other, until the time is over or one of them fails.
#pragma once

#include "options.h"

namespace recurrent::fuzz {

// Gives the status that the process ends with: 0 if all went well.
int run_series(const Options& options);

}  // namespace recurrent::fuzz
