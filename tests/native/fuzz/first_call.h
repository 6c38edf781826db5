#pragma once

#include "progress.h"

namespace recurrent::fuzz {

// The first call of a process finds out about the machine and keeps it: refuses every request that
// it makes, each in a process of its own. False if one of them did not come back as it should.
bool refuse_first_call(Progress& progress);

}  // namespace recurrent::fuzz
