#include "exec/sequence.h"

#include <algorithm>

#include "exec/lane.h"

namespace recurrent {
namespace {

// One thread's view of a job. All threads go through the same stages.
class Runner {
 public:
  Runner(const SequenceJob& job, Shift& shift) : job_(job), shift_(shift) {}

  void run() {
    switch (job_.schedule.way.strategy) {
      case Strategy::kAlone:
      case Strategy::kUnits:
      case Strategy::kDirections:
        Lane(job_, lane_scratch(0), all_rows(), shift_).run();
        break;
      case Strategy::kRows:
        run_rows();
        break;
      case Strategy::kLayers:
        run_layers();
        break;
    }
  }

 private:
  Slice all_rows() const { return {0, job_.batch}; }
  float* lane_scratch(int lane) const { return job_.scratch + lane * job_.schedule.plan.floats; }

  // Rows have nothing to do with each other: one stage.
  void run_rows() {
    shift_.stage([&](int lane) {
      Shift alone;
      Lane(job_, lane_scratch(lane), slice_of(job_.batch, lane, shift_.size()), alone).run();
    });
  }

  // A wavefront: while one thread computes its layers for a block of steps, the next one computes
  // the layers above for the block before.
  void run_layers() {
    const int64_t block = job_.schedule.plan.block;
    const int64_t blocks = (job_.time + block - 1) / block;
    for (int64_t front = 0; front < blocks + shift_.size() - 1; ++front)
      shift_.stage([&](int lane) {
        const int64_t index = front - lane;
        if (index < 0 || index >= blocks) return;
        run_block({index * block, std::min(block, job_.time - index * block)}, index, lane);
      });
  }

  void run_block(TimeSpan block, int64_t index, int lane_index) {
    Shift alone;
    Lane lane(job_, lane_scratch(lane_index), all_rows(), alone);
    lane.begin_block(block);
    const LayerRange layers = layers_of(job_.model, lane_index, shift_.size());
    SequenceView<const float> in = job_.inputs[0].x.from(block.first, 0);
    if (lane_index > 0) {
      const SequenceView<float> below = link(lane_index - 1, index, layers.begin - 1);
      in = {below.data, below.time_stride, below.row_stride};
    }
    const SequenceView<float> out =
        lane_index + 1 == shift_.size() ? lane.output(0) : link(lane_index, index, layers.end - 1);
    lane.run_chain({layers.begin, layers.end}, in, out);
  }

  // What a lane hands to the next one. Two blocks take turns: one is written while the other is
  // read.
  SequenceView<float> link(int lane, int64_t block, int64_t layer) const {
    const Schedule& schedule = job_.schedule;
    const int64_t width = job_.model.layers()[static_cast<size_t>(layer)].output_size;
    return {job_.scratch + schedule.link + (int64_t{2} * lane + block % 2) * schedule.link_floats,
            job_.batch * width, width};
  }

  const SequenceJob& job_;
  Shift& shift_;
};

}  // namespace

void run_sequence(const SequenceJob& job, Team* team) {
  if (job.schedule.way.threads == 1) {
    Shift alone;
    Runner(job, alone).run();
    return;
  }
  const SequenceJob* shared = &job;
  team->run(
      job.schedule.way.threads,
      [](void* context, Shift& shift) noexcept {
        Runner(**static_cast<const SequenceJob**>(context), shift).run();
      },
      &shared);
}

}  // namespace recurrent
