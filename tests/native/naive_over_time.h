#pragma once

#include <recurrent/recurrent.h>

#include <cstdint>
#include <vector>

namespace recurrent::test {

// The row that a layer over time (mean, maximum, softmax, flatten) makes of `steps` steps `x` and,
// of a softmax, `scores`, one number at a time.
std::vector<float> naive_over_time(const recurrent_layer_desc& layer, std::vector<float> x,
                                   std::vector<float> scores, int64_t steps);

// The steps that a pooling layer makes of `steps` steps `x`.
std::vector<float> naive_pooling(const recurrent_layer_desc& layer, std::vector<float> x,
                                 int64_t steps);

}  // namespace recurrent::test
