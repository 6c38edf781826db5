#pragma once

#include <recurrent/recurrent.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <vector>

#include "base/aligned_buffer.h"
#include "exec/session.h"
#include "model/model.h"

namespace recurrent {

// Streams of a model that come and go. The states of a stream are a row of one slab; a call gathers
// the rows of a block of streams, computes them with a session that any call may borrow, and puts
// them back. Every operation throws Error before it changes anything, and may be called by several
// threads at once for different streams.
class Pool {
 public:
  Pool(std::shared_ptr<const Model> model, int64_t capacity);
  ~Pool();

  int64_t open();
  void close(int64_t stream);
  void reset(const int64_t* streams, int64_t count);
  void step(const int64_t* streams, int64_t count, const float* x, float* y);
  void run(const recurrent_pool_run_args& args);
  void save(const int64_t* streams, int64_t count, float* states, int64_t state_count);
  void load(const int64_t* streams, int64_t count, const float* states, int64_t state_count);
  void replace(std::shared_ptr<const Model> model);
  void fill(recurrent_pool_info& info) const;

 private:
  // Streams that a call has for itself, until it ends.
  class Taken;
  // The model, for a call.
  class Using;
  // A session and memory beside it, borrowed for a call.
  struct Worker;
  class Borrowed;
  // A call whose arguments have been checked.
  struct Call {
    const int64_t* streams;
    const int32_t* steps;  // null for one each
    Run run;
  };
  // Streams that are computed at once, from the one of number `first` on, and the first of the
  // call's steps that is theirs.
  struct Block {
    int64_t first;
    int64_t count;
    int64_t step;
    int64_t longest;
    bool ragged;
  };

  Block block_at(const Call& call, int64_t count, int64_t first, int64_t step) const;
  void compute(const Call& call, int64_t count);
  void reserve(const Call& call, int64_t count, Worker& worker);
  void compute_block(const Call& call, const Block& block, Worker& worker);
  void compute_equal(const Call& call, const Block& block, const StateRows& states,
                     Worker& worker) const;
  void compute_ragged(const Call& call, const Block& block, const StateRows& states,
                      Worker& worker) const;
  float* row(int64_t stream);
  // Of its place: what is below.
  std::atomic<int64_t>& id_of(int64_t stream);
  void return_place(int64_t place) noexcept;

  const int64_t capacity_;
  // Exclusive for another model. What is needed of the layout is the same for all of them.
  mutable std::shared_mutex models_;
  mutable std::mutex replacing_;  // whoever waits for models_, exclusive
  std::atomic<bool> is_replacing_{false};
  std::shared_ptr<const Model> model_;
  const int64_t stride_;  // floats of a stream
  AlignedBuffer<float> slab_;
  // The stream in each place, negative while a call has it, 0 for none.
  std::unique_ptr<std::atomic<int64_t>[]> ids_;
  mutable std::mutex places_;  // guards the following
  std::vector<int32_t> free_;
  mutable std::mutex workers_lock_;  // and the following two
  std::vector<std::unique_ptr<Worker>> idle_;
  int64_t workers_ = 0;
};

}  // namespace recurrent
