#pragma once

#include <string>
#include <vector>

#include "compare/adapter.h"

namespace compare {

// What is timed.
struct Shape {
  std::string name;
  Workload workload;

  double operations() const;  // multiply-adds count as two; activations are left out
};

// The workloads of shapes.json, sizes that are no multiple of a vector, and the variants of a cell.
std::vector<Shape> all_shapes(int32_t isa, int32_t threads);

}  // namespace compare
