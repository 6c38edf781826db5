#include "training_batch.h"

namespace recurrent::fuzz {

TrainingBatch::TrainingBatch(Random& random, const Pupil& pupil, const Limits& limits)
    : rows(uniform(random, 1, 6)),
      input(random, *pupil.subject, rows, draw_time(random, *pupil.subject, rows, limits)),
      output_elements(output_count(*pupil.subject, rows, input.time)),
      state_elements(rows * pupil.info.state_size),
      empty_row(number(random, 0, 1)) {
  if (one_in(random, 3)) input.draw_lengths(random);
  initial = {random, draw_values(random, state_elements, 0)};
  for (int side = 0; side < kSides; ++side) {
    y[side] = {random, output_elements};
    final_states[side] = {random, state_elements};
  }
}

recurrent_forward_args TrainingBatch::args(int side) {
  recurrent_forward_args args{};
  args.struct_size = sizeof(args);
  args.layout = input.layout;
  args.time = input.time;
  args.batch = rows;
  args.x = input.x.data();
  args.indices = input.indices.data();
  args.y = y[side].data();
  args.lengths = input.lengths.data();
  args.present = input.present.data();
  args.initial_states = gives_states ? initial.data() : nullptr;
  args.final_states = final_states[side].data();
  args.empty_row = empty_row;
  return args;
}

Watched TrainingBatch::watch(const Pupil& pupil, Statuses expected) {
  Watched watched{"recurrent_trainer_forward", expected,
                  [&pupil](int side) { return pupil.state(side); }};
  for (int side = 0; side < kSides; ++side) watched.outputs[side] = {&y[side], &final_states[side]};
  watched.inputs = input.guards();
  watched.inputs.push_back(&initial);
  return watched;
}

void lose_pass(Pupil& pupil) {
  pupil.can_go_back = false;
  const int64_t count = pupil.info.parameter_count;
  for (int side = 0; side < kSides; ++side) {
    const std::vector<float> values = pupil.state(side);
    expect(recurrent_trainer_set_parameters(pupil.trainers[side].get(), values.data(), count) ==
               RECURRENT_STATUS_OK,
           "parameters: %s", recurrent_last_error());
  }
}

}  // namespace recurrent::fuzz
