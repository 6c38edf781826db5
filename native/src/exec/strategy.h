#pragma once

#include <recurrent/recurrent.h>

#include <cstdint>
#include <vector>

#include "model/model.h"

namespace recurrent {

// How the work of a call is divided between threads. None of it touches the bits.
enum class Strategy : int32_t {
  kAlone = RECURRENT_STRATEGY_ALONE,
  kUnits = RECURRENT_STRATEGY_UNITS,
  kRows = RECURRENT_STRATEGY_ROWS,
  kDirections = RECURRENT_STRATEGY_DIRECTIONS,
  kLayers = RECURRENT_STRATEGY_LAYERS,
};

// What a call is to compute.
struct Workload {
  int64_t batch = 0;
  int64_t time = 0;
  bool ragged = false;

  bool operator==(const Workload&) const = default;
};

// A way to compute it, and how long that is predicted to take.
struct Candidate {
  Strategy strategy = Strategy::kAlone;
  int threads = 1;
  // kLayers: steps that go through one thread's layers before the next thread has them.
  int64_t span = 0;
  double microseconds = 0;
};

// Every way that makes sense for the workload with at most `threads` threads; kAlone is the
// first.
void find_candidates(const Model& model, const Workload& work, int threads,
                     std::vector<Candidate>& all);

// The index of the one to take: the fastest, but kAlone unless the others are well ahead, so that
// an error of the prediction never makes threads a loss.
size_t choose(const std::vector<Candidate>& all);

// Whether a strategy can compute the workload with so many threads.
bool is_possible(Strategy strategy, const Model& model, const Workload& work, int threads);

// kLayers: the layers of thread `index` of `threads`, consecutive and about equal in work; may be
// empty.
struct LayerRange {
  int64_t begin;
  int64_t end;
};
LayerRange layers_of(const Model& model, int index, int threads);

}  // namespace recurrent
