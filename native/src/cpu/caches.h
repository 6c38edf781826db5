// Sizes that block sizes and thread counts are chosen by.
#pragma once

#include <cstdint>

namespace recurrent::cpu {

// Bytes of the data caches that the first core sees, 0 where unknown.
struct Caches {
  int64_t l1d = 0;
  int64_t l2 = 0;
  int64_t l3 = 0;

  // What nearly every processor of the last ten years has at least, where the size is unknown.
  int64_t l1d_or_default() const { return l1d > 0 ? l1d : int64_t{32} << 10; }
  int64_t l2_or_default() const { return l2 > 0 ? l2 : int64_t{256} << 10; }
};

// Found once per process: from the operating system, which knows what a virtual machine hides, else
// from the processor.
const Caches& caches();

// Logical processors that this process may run on now (its affinity mask), at least 1.
int processor_count();

}  // namespace recurrent::cpu
