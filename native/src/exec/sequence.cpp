#include "exec/sequence.h"

#include <algorithm>

#include "exec/portion.h"

namespace recurrent {
namespace {

// One thread's view of a job. All threads go through the same stages.
class Runner {
 public:
  Runner(const SequenceJob& job, Participant& participant) : job_(job), participant_(participant) {}

  void run() {
    switch (job_.schedule.way.strategy) {
      case Strategy::kAlone:
      case Strategy::kUnits:
      case Strategy::kDirections:
        Portion(job_, portion_scratch(0), all_rows(), participant_).run();
        break;
      case Strategy::kRows:
        run_by_rows();
        break;
      case Strategy::kLayers:
        run_by_layers();
        break;
    }
  }

 private:
  Slice all_rows() const { return {0, job_.batch}; }
  float* portion_scratch(int portion) const {
    return job_.scratch + portion * job_.schedule.plan.floats;
  }

  // Rows have nothing to do with each other: one stage.
  void run_by_rows() {
    participant_.stage([&](int portion) {
      Participant alone;
      Portion(job_, portion_scratch(portion), slice_of(job_.batch, portion, participant_.size()),
              alone)
          .run();
    });
  }

  // A wavefront: while one thread computes its layers for a span of steps, the next one computes
  // the layers above for the span before.
  void run_by_layers() {
    const int64_t span = job_.schedule.plan.span;
    const int64_t spans = (job_.time + span - 1) / span;
    for (int64_t front = 0; front < spans + participant_.size() - 1; ++front)
      participant_.stage([&](int portion) {
        const int64_t index = front - portion;
        if (index < 0 || index >= spans) return;
        run_span({index * span, std::min(span, job_.time - index * span)}, index, portion);
      });
  }

  void run_span(TimeSpan span, int64_t index, int portion_index) {
    Participant alone;
    Portion portion(job_, portion_scratch(portion_index), all_rows(), alone);
    portion.begin_span(span);
    const LayerRange layers = layers_of(job_.model, portion_index, participant_.size());
    SequenceView<const float> in = job_.inputs[0].x.from(span.first, 0);
    if (portion_index > 0) {
      const SequenceView<float> below = link(portion_index - 1, index, layers.begin - 1);
      in = {below.data, below.time_stride, below.row_stride};
    }
    const SequenceView<float> out = portion_index + 1 == participant_.size()
                                        ? portion.output(0)
                                        : link(portion_index, index, layers.end - 1);
    portion.run_chain({layers.begin, layers.end}, in, out);
  }

  // What a portion hands to the next one. Two spans take turns: one is written while the other is
  // read.
  SequenceView<float> link(int portion, int64_t span, int64_t layer) const {
    const Schedule& schedule = job_.schedule;
    const int64_t width = job_.model.layers()[static_cast<size_t>(layer)].output_size;
    return {job_.scratch + schedule.link + (int64_t{2} * portion + span % 2) * schedule.link_floats,
            job_.batch * width, width};
  }

  const SequenceJob& job_;
  Participant& participant_;
};

}  // namespace

void run_sequence(const SequenceJob& job, Team* team) {
  if (job.schedule.way.threads == 1) {
    Participant alone;
    Runner(job, alone).run();
    return;
  }
  const SequenceJob* shared = &job;
  team->run(
      job.schedule.way.threads,
      [](void* context, Participant& participant) noexcept {
        Runner(**static_cast<const SequenceJob**>(context), participant).run();
      },
      &shared);
}

}  // namespace recurrent
