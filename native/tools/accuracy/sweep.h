// One function over every float.
#pragma once

#include <cstdint>
#include <vector>

#include "functions.h"

namespace recurrent::accuracy {

// A kind of violation: how many inputs, and one of them.
struct Violations {
  uint64_t count = 0;
  float example = 0.0f;

  void add(float input);
  void merge(const Violations& other);
};

struct SweepResult {
  int64_t worst_distance = 0;  // floats between ours and the correctly rounded result
  float worst_distance_at = 0.0f;
  double worst_error = 0.0;  // ulp of the correctly rounded result
  float worst_error_at = 0.0f;
  Violations range;  // results outside [least, greatest]
  Violations nan;    // NaN where there should be none, or none where there should be one
  Violations sign;   // f(-x) != -f(x) of an odd function
  Violations order;  // f falls from one float to the next; counted, and no failure
  std::vector<Violations> differs;  // bits other than the first table's, per further table

  void merge(const SweepResult& other);
};

// Measures tables[0] and compares the bits of the others with it, on `threads` threads; shows
// progress on stderr.
SweepResult sweep(const Function& function, const std::vector<const kernels::KernelTable*>& tables,
                  int threads);

}  // namespace recurrent::accuracy
