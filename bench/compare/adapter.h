// What recurrent_compare knows of a library: a workload in it, behind functions that no version of
// the C interface changes. The adapter is compiled with the header that its library was built with.
#pragma once

#include <stdint.h>

namespace compare {

enum class Variant : int32_t { kPlain, kPeephole, kClip, kCoupled, kProjected, kRelu };

// Layers of one kind and how they are called: one step, one sequence, or one pass of training
// forward and backward.
struct Workload {
  int32_t kind;  // recurrent_layer_kind
  int32_t input;
  int32_t hidden;
  int32_t layers;
  int64_t time;
  int64_t batch;
  int32_t bidirectional;
  Variant variant;
  int32_t trains;
  int32_t isa;
  int32_t threads;
  // A convolution: taps of the kernel, and whether each layer's are twice as far apart as those of
  // the one before; or as many groups as features.
  int32_t taps = 0;
  int32_t dilates = 0;
  int32_t depthwise = 0;
  int32_t weights = 0;  // recurrent_weight_format of all layers
};

}  // namespace compare

extern "C" {
// Loads a library and makes the workload in it, with random weights that are the same in every
// library. Null on failure; `error` then has the reason.
void* compare_create(const char* library, const compare::Workload* workload, char* error,
                     int64_t error_size);
void compare_call(void* subject);
void compare_destroy(void* subject);
}
