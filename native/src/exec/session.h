#pragma once

#include <recurrent/recurrent.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/aligned_buffer.h"
#include "exec/plan.h"
#include "exec/sequence.h"
#include "exec/team.h"
#include "exec/workspace.h"
#include "model/model.h"

namespace recurrent {

// Batch rows of states, which every operation below counts and copies in a range.
struct RowRange {
  int64_t first;
  int64_t count;
};

// Which state of which layer.
struct StateId {
  int32_t layer;
  int32_t direction;  // recurrent_direction
  int32_t kind;       // recurrent_state_kind
};

// The mutable side of a model: states, scratch memory, threads. One caller at a time; a second one
// is refused when it is noticed, which is not always. Every operation throws Error before it
// changes anything.
class Session {
 public:
  Session(std::shared_ptr<const Model> model, const recurrent_session_desc& desc);

  void step(const float* x, float* y);
  void run(const recurrent_run_args& args);
  void warm_up(int64_t time);
  void reset(RowRange rows);
  void get_state(StateId id, float* state, int64_t count) const;
  void set_state(StateId id, const float* state, int64_t count);
  void save(RowRange rows, float* states, int64_t count) const;
  void load(RowRange rows, const float* states, int64_t count);

 private:
  // Marks the session as in use for a scope.
  class Use;

  // One state in memory: row b begins at `data + b * stride`.
  struct State {
    float* data;
    int64_t stride;
    int64_t size;
  };
  State find(StateId id) const;
  template <class Visitor>
  void for_each_state(Visitor visit) const;
  void check_rows(RowRange rows) const;
  void check_run(const recurrent_run_args& args) const;
  void check_pieces() const;
  Ragged sort_rows(const recurrent_run_args& args);
  void zero_empty_rows(const recurrent_run_args& args);
  void zero(RowRange rows);
  Workspace& workspace_for(const Plan& plan);
  void execute(const Plan& plan, const SequenceView<const float>& x, const SequenceView<float>& y,
               const Ragged& ragged);

  std::shared_ptr<const Model> model_;
  int64_t batch_;
  bool empty_row_zeroes_;
  // A model with a reverse direction has been given its whole sequence and is to be reset before
  // the next one.
  bool sequence_given_ = false;
  bool backwards_ = false;  // how the last single step walked the weights
  Plan step_plan_;
  // `[layer, direction, hidden and cell][batch][padded size]`
  AlignedBuffer<float> states_;
  // Rows of ragged batches in falling order of length, and those lengths; `[batch]` each once one
  // was seen.
  std::vector<int32_t> row_order_;
  std::vector<int32_t> row_lengths_;
  Workspace workspace_;
  std::unique_ptr<Team> team_;  // null for a single thread
  mutable std::atomic<bool> in_use_{false};
};

}  // namespace recurrent
