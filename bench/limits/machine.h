#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace limits {

// What the measurements need to know about the machine. Cache sizes are those of the first
// processor, in bytes; 0 where neither the system nor the processor tells.
struct Machine {
  std::string processor;
  std::vector<int> cpus;
  size_t l1d;
  size_t l2;
  size_t l3;
  bool avx2;
  bool avx512;
  bool avx512bw;
  bool avx512vnni;
};

Machine read_machine();

// Keeps the calling thread on one processor.
void pin_to(int cpu);

}  // namespace limits
