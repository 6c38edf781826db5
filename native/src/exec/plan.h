#pragma once

#include <cstdint>

#include "model/model.h"

namespace recurrent {

// How a run is cut up, and where its scratch memory is: offsets in floats into one buffer, which is
// what a session or a thread keeps. A plan depends on the model, the batch and the number of steps,
// and on nothing else.
struct Plan {
  int64_t batch = 0;
  int64_t time = 0;
  // Steps that go through all layers before the next ones: all of them if a layer has a reverse
  // direction, else few enough for the chunk's pre-activations to stay in the second-level cache.
  int64_t span = 0;
  // Steps of a layer whose input products are computed at once.
  int64_t chunk = 0;

  int64_t input = 0;  // `[chunk * batch, widest input]`, gathered, denormals removed
  // Steps that windows see, gathered by each of the threads that share the plan.
  int64_t windows = 0;
  int64_t window_floats = 0;  // of each
  int64_t product = 0;        // `[chunk * batch, widest columns]`
  int64_t hidden[2] = {};     // `[batch, widest state]`, previous and next in turn
  int64_t cell = 0;  // `[batch, widest hidden]`, for ragged batches, whose rows are reordered
  int64_t unprojected = 0;  // `[batch, widest hidden]`, h' before a projection
  int64_t reset_state = 0;  // `[batch, widest hidden]` each: the first phase of a reset-before GRU
  int64_t update = 0;
  int64_t candidate = 0;
  // Rows that kernels of integers round, of each of the threads that share the plan.
  int64_t rounded = 0;
  int64_t rounded_floats = 0;
  // Values, by Location: of steps `[slot][span, batch, widest]`, of rows `[slot][batch, widest]`.
  int64_t values[2] = {};
  int64_t value_stride[2] = {};  // of a slot
  int64_t floats = 0;            // all of it

  // Of a thread, in the scratch memory that the plan is for.
  kernels::RowMemory rounded_rows(float* scratch, int thread = 0) const {
    return {reinterpret_cast<unsigned char*>(scratch + rounded + thread * rounded_floats),
            rounded_floats * int64_t{sizeof(float)}};
  }
  int64_t at(const Location& location) const {
    return values[location.is_row] + location.slot * value_stride[location.is_row];
  }
};

// Throws Error (INVALID_ARGUMENT) naming `time` if the scratch memory of such a run cannot even be
// counted. `threads` compute it together.
Plan make_plan(const Model& model, int64_t batch, int64_t time, bool ragged, int threads = 1);

}  // namespace recurrent
