#pragma once

#include <cstdint>
#include <vector>

#include "random_graph.h"

namespace recurrent::test {

// All values of one row with `length` steps, each `[steps, size]`, one number and one layer at a
// time. `given` are the inputs: indices are whole numbers.
std::vector<std::vector<float>> naive_graph(const OwnedGraph& graph,
                                            const std::vector<std::vector<float>>& given,
                                            int64_t length);

}  // namespace recurrent::test
