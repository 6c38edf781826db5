// What a caller may give to a trainer. Every function throws Error (INVALID_ARGUMENT) naming the
// argument.
#pragma once

#include <recurrent/recurrent.h>

#include <cstdint>

#include "model/model.h"

namespace recurrent {

void check_trainer(const recurrent_trainer_desc& desc, int32_t layers);
void check_forward(const Model& model, const recurrent_forward_args& args);
void check_backward(const Model& model, const recurrent_backward_args& args);
void check_update(const recurrent_update_args& args);

// `data` for exactly so many elements, counted by the argument `count`.
void check_count(const char* name, const void* data, int64_t count, int64_t expected);

}  // namespace recurrent
