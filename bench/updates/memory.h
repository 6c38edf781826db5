#pragma once

#include <cstdint>

namespace updates {

// Bytes a second (10^9) of one thread that reads and writes arrays larger than the caches, counting
// what it asks for: the best of some passes of `a = c * a + b` over `floats` elements of `streams`
// arrays that are read and written, and one that is only read.
double bandwidth(int64_t floats, int streams);

}  // namespace updates
