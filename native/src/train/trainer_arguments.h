// What a caller may give to a trainer. Every function throws Error (INVALID_ARGUMENT) naming the
// argument.
#pragma once

#include <recurrent/recurrent.h>

#include <cstdint>
#include <vector>

#include "exec/run_arguments.h"
#include "model/model.h"

namespace recurrent {

void check_trainer(const recurrent_trainer_desc& desc, int32_t layers);
Run checked_forward(const Model& model, const recurrent_forward_args& args, Buffers& buffers);
void check_backward(const Model& model, const recurrent_backward_args& args);
// What is given and wanted of a batch of this shape, by number of outputs and inputs: null for
// nothing.
void take_backward(const Model& model, const recurrent_backward_args& args, int64_t batch,
                   int64_t time, std::vector<const float*>& dy, std::vector<float*>& dx);
void check_update(const recurrent_update_args& args);

// `data` for exactly so many elements, counted by the argument `count`.
void check_count(const char* name, const void* data, int64_t count, int64_t expected);

}  // namespace recurrent
