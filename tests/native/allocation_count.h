// Counts what a step must not do. The runner's own malloc and its kin stand before those of the C
// library, so everything in the process is seen, the library under test and its threads included.
#pragma once

#include <cstdint>

namespace recurrent::test {

// Whether anything is counted in this build: sanitizers bring an allocator of their own, and the
// numbers below are then 0.
bool counts_allocations();

// Calls of malloc, calloc, realloc and the aligned ones since the process began, on any thread.
int64_t allocations();

// Mutexes locked since the process began, on any thread.
int64_t locks();

// Page faults of this process that needed no disk.
int64_t minor_faults();

}  // namespace recurrent::test
