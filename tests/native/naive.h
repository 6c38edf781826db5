#pragma once

#include <vector>

#include "random_model.h"

namespace recurrent::test {

// A model computed one number at a time as docs/numerics.md writes it: no tiles, no packing, no
// batches. States are zero at the start. x is `[time, input_size]` of one row with that many valid
// steps; gives `[time, output_size]`.
std::vector<float> naive_run(const OwnedModel& model, const std::vector<float>& x, int64_t time);

}  // namespace recurrent::test
