// Programs in a process of their own, watched by this one: whatever becomes of them, their number
// is known.
#pragma once

#include <functional>
#include <string>

#include "program.h"
#include "progress.h"

namespace recurrent::fuzz {

// Memory that this process shares with those that it starts.
Progress& shared_progress();

// Runs `body` in a process of its own. Gives what was wrong, or an empty text: it threw, crashed,
// leaked memory, or did nothing for longer than `patience` seconds.
std::string run_apart(Progress& progress, bool quiet, int patience,
                      const std::function<void()>& body);

}  // namespace recurrent::fuzz
