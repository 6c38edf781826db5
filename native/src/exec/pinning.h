#pragma once

#include <thread>
#include <vector>

namespace recurrent {

// One processor for each of `threads` threads, among those that this process may run on. The first
// one is meant for the caller, which is never pinned. Throws INVALID_ARGUMENT naming `pin_threads`
// if there are fewer, UNAVAILABLE where the system does not pin.
std::vector<int> processors_for_pinning(int threads);

// Keeps a thread on one processor. Throws UNAVAILABLE naming `pin_threads` if the system refuses.
void pin(std::thread& thread, int processor);

}  // namespace recurrent
