#pragma once

#include <cstdint>
#include <vector>

#include "exec/plan.h"
#include "exec/workspace.h"
#include "model/model.h"

namespace recurrent {

// A single step on the caller's thread, with everything decided beforehand that does not change
// from step to step. A small step takes less time than deciding would. It gives what run_sequence()
// gives for one step.
class StepProgram {
 public:
  // `plan` is that of one step; `states` are the session's, which stay where they are. The model
  // can be stepped.
  StepProgram(const Model& model, const Plan& plan, float* states);

  // x `[batch, input_size]`, y `[batch, output_size]` or null. One caller at a time.
  void run(Workspace& workspace, const float* x, float* y);

 private:
  struct Stage {
    kernels::CellFn cell = nullptr;
    kernels::CellFn second = nullptr;  // projection, or the candidate of a reset-before GRU
    kernels::CellArgs args{};
    kernels::CellArgs second_args{};
    float* hidden = nullptr;  // the state, replaced by the step; null for a dense layer
    int64_t hidden_floats = 0;
    bool projected = false;
    bool flush_input =
        false;  // the input is the caller's or a dense layer's and may have denormals
  };
  Stage make_stage(const PackedLayer& layer, float* states) const;
  void connect(Stage& stage, Workspace& workspace) const;

  const kernels::KernelTable& kernels_;
  Plan plan_;
  std::vector<Stage> stages_;
};

}  // namespace recurrent
