#pragma once

#include <string>
#include <vector>

#include "limits/machine.h"
#include "limits/probe.h"

namespace limits {

// A level of the memory hierarchy, and a buffer of one thread that it holds and no nearer one does.
struct Level {
  std::string name;
  size_t bytes_per_thread;
};

// The levels of this machine for a number of threads with a buffer each.
std::vector<Level> levels_of(const Machine& machine, int threads);

// GFLOP/s of all threads together: what lasts, and the best millisecond.
struct MultiplyAddRate {
  double sustained;
  double burst;
};
MultiplyAddRate multiply_add_rate(const Machine& machine, const Probe& probe, int threads);

// Gop/s of all threads together with weights of 8 bits: what lasts, by the width of the inputs.
struct IntegerRate {
  double inputs_16_bits;
  double inputs_8_bits;
};
IntegerRate integer_rate(const Machine& machine, const IntegerProbe& probe, int threads);

// GB/s (10^9 bytes) of all threads together, each reading its own buffer.
double read_bandwidth(const Machine& machine, const Probe& probe, int threads, size_t bytes);

}  // namespace limits
