#pragma once

#include <vector>

#include "random_model.h"

namespace recurrent::test {

// A model computed one number at a time as docs/numerics.md writes it: no tiles, no packing, no
// batches. States are the initial ones at the start. x is `[time, input_size]` of one row with that
// many valid steps, or, if the first layer is an embedding, `[time]` indices; gives `[time,
// output_size]`. `final_states` receives those of the last recurrent layer, its directions side by
// side, if it is not null, and `final_cells` the cell states of all layers likewise.
std::vector<float> naive_run(const OwnedModel& model, const std::vector<float>& x, int64_t time,
                             std::vector<float>* final_states = nullptr,
                             std::vector<float>* final_cells = nullptr);

// What a convolution makes of `steps` steps of one row, `[windows, hidden_size]`.
std::vector<float> naive_convolution(const recurrent_layer_desc& layer, const std::vector<float>& x,
                                     int64_t steps);

}  // namespace recurrent::test
