#include "exec/schedule.h"

#include <algorithm>

#include "base/checked.h"
#include "base/ledger.h"

namespace recurrent {

bool is_step(const Model& model, const Workload& work) {
  return work.time == 1 && !work.ragged && model.can_step();
}

bool is_split_step(const Model& model, const Workload& work, const Candidate& way) {
  return is_step(model, work) && model.is_plain() && way.strategy == Strategy::kUnits;
}

Schedule make_schedule(const Model& model, const Workload& work, const Candidate& way) {
  Schedule schedule;
  schedule.way = way;
  int64_t rows = work.batch;
  int64_t time = work.time;
  switch (way.strategy) {
    case Strategy::kAlone:
    case Strategy::kUnits:
      break;
    case Strategy::kRows:
      schedule.portions = way.threads;
      rows = div_up(rows, way.threads);
      break;
    case Strategy::kDirections:
      schedule.portions = 2;
      break;
    case Strategy::kLayers:
      schedule.portions = way.threads;
      time = std::min(time, way.span);
      break;
  }
  const bool together = way.strategy == Strategy::kUnits || way.strategy == Strategy::kDirections;
  schedule.plan = make_plan(model, rows, time, work.ragged, together ? way.threads : 1);
  Ledger ledger;
  ledger.book(schedule.portions, schedule.plan.floats);
  if (is_split_step(model, work, way))
    schedule.next_states = ledger.book(work.batch, model.states().renewed_stride(), "batch");
  if (way.strategy == Strategy::kLayers) {
    int64_t width = 0;
    for (const PackedLayer& layer : model.layers()) width = std::max(width, layer.output_size);
    Ledger link;
    link.book(checked_mul(schedule.plan.span, rows, "time"), width);
    schedule.link_floats = link.size();
    schedule.link = ledger.book(int64_t{2} * (schedule.portions - 1), schedule.link_floats);
  }
  schedule.floats = ledger.size();
  return schedule;
}

}  // namespace recurrent
