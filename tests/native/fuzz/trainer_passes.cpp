#include "trainer_passes.h"

#include "training_batch.h"

namespace recurrent::fuzz {
namespace {

// Makes arguments wrong.
void break_forward(int64_t fault, bool indices, bool masks, recurrent_forward_args& args,
                   std::vector<int32_t>& integers, std::vector<uint8_t>& bytes) {
  integers.assign(static_cast<size_t>(args.time * args.batch), 0);
  bytes.assign(integers.size(), 1);
  switch (fault) {
    case 0:
      args.struct_size += 8;
      break;
    case 1:
      args.layout = 2;
      break;
    case 2:
      args.time = 0;
      break;
    case 3:
      args.time = int64_t{1} << 31;
      break;
    case 4:
      args.batch = 0;
      break;
    case 5:
      args.batch = -1;
      break;
    case 6:
      args.empty_row = 2;
      break;
    case 7:
      args.y = nullptr;
      break;
    case 8:
      // What the model takes is not given.
      args.x = nullptr;
      args.indices = nullptr;
      break;
    case 9:
      integers.back() = static_cast<int32_t>(args.time) + 1;
      args.lengths = integers.data() + integers.size() - static_cast<size_t>(args.batch);
      break;
    case 10:
      integers.back() = -1;
      args.lengths = integers.data() + integers.size() - static_cast<size_t>(args.batch);
      break;
    default:
      if (indices) {
        integers.back() = 1 << 30;
        args.indices = integers.data();
      } else if (masks) {
        args.indices = integers.data();
      } else {
        args.present = bytes.data();
      }
      break;
  }
}

}  // namespace

void go_forward(World& world, Random& random) {
  Pupil* pupil = world.a_pupil(random);
  if (!pupil) return;
  TrainingBatch batch(random, *pupil, world.limits);
  batch.gives_states = one_in(random, 3);
  const int32_t drops = pupil->drops ? number(random, 0, 1) : 0;
  const uint64_t seed = static_cast<uint64_t>(uniform(random, 0, INT64_MAX));
  const bool wants_states = one_in(random, 2);
  world.caller.draw_mode(random);
  world.note(
      text("batch %d, time %d", static_cast<int>(batch.rows), static_cast<int>(batch.input.time)));
  const recurrent_status status = world.caller.both(batch.watch(*pupil, kOk), [&](int side) {
    recurrent_forward_args args = batch.args(side);
    args.drops = drops;
    args.seed = seed;
    if (!wants_states) args.final_states = nullptr;
    return recurrent_trainer_forward(pupil->trainers[side].get(), &args);
  });
  // Without memory for this pass there is none to go back through, not even the one before.
  if (status != RECURRENT_STATUS_OK) return lose_pass(*pupil);
  pupil->can_go_back = true;
  pupil->batch = batch.rows;
  pupil->inputs = batch.input.x.count();
  pupil->outputs = batch.output_elements;
  expect_equal("output of a forward pass", batch.y[0].data(), batch.y[1].data(),
               batch.output_elements);
  if (wants_states)
    expect_equal("final states", batch.final_states[0].data(), batch.final_states[1].data(),
                 batch.state_elements);
}

void go_forward_wrongly(World& world, Random& random) {
  Pupil* pupil = world.a_pupil(random);
  if (!pupil) return;
  TrainingBatch batch(random, *pupil, world.limits);
  const int64_t fault = uniform(random, 0, 11);
  std::vector<int32_t> integers;
  std::vector<uint8_t> bytes;
  recurrent_forward_args args[kSides] = {batch.args(0), batch.args(1)};
  for (recurrent_forward_args& mine : args)
    break_forward(fault, pupil->subject->takes_indices(), pupil->subject->masks(), mine, integers,
                  bytes);
  world.caller.both(batch.watch(*pupil, kInvalid), [&](int side) {
    return recurrent_trainer_forward(pupil->trainers[side].get(), &args[side]);
  });
}

void go_back(World& world, Random& random) {
  Pupil* pupil = world.a_pupil(random);
  if (!pupil) return;
  const int64_t states = pupil->batch * pupil->info.state_size;
  const Guarded<float> dy(random, draw_values(random, pupil->outputs, 0));
  const Guarded<float> dstates(random, draw_values(random, states, 0));
  Guarded<float> dx[kSides] = {{random, pupil->inputs}, {random, pupil->inputs}};
  Guarded<float> dinitial[kSides] = {{random, states}, {random, states}};
  recurrent_backward_args args{};
  args.struct_size = sizeof(args);
  const int64_t fault = one_in(random, 5) ? uniform(random, 0, 2) : -1;
  if (fault == 0) args.struct_size = wrong_size(random, sizeof(args));
  if (fault == 1) args.reserved = 1;
  if (!one_in(random, 5)) args.dy = dy.data();
  if (one_in(random, 2)) args.dfinal_states = dstates.data();
  const bool wants_dx = pupil->inputs > 0 && one_in(random, 2);
  const bool wants_initial = one_in(random, 2);
  const bool gives_dx_to_indices = fault == 2 && pupil->subject->takes_indices();
  const bool wrong = fault == 0 || fault == 1 || gives_dx_to_indices;
  Watched watched{"recurrent_trainer_backward",
                  wrong                ? kInvalid
                  : pupil->can_go_back ? kOk
                                       : kNotSupported,
                  [&](int side) { return pupil->state(side); },
                  {{&dx[0], &dinitial[0]}, {&dx[1], &dinitial[1]}},
                  {&dy, &dstates}};
  float nowhere = 0;
  world.caller.draw_mode(random);
  const recurrent_status status = world.caller.both(watched, [&](int side) {
    recurrent_backward_args mine = args;
    if (wants_dx) mine.dx = dx[side].data();
    if (gives_dx_to_indices) mine.dx = &nowhere;
    if (wants_initial) mine.dinitial_states = dinitial[side].data();
    return recurrent_trainer_backward(pupil->trainers[side].get(), &mine);
  });
  if (status == RECURRENT_STATUS_OK) {
    pupil->can_go_back = false;
    if (wants_dx) expect_equal("gradient of the input", dx[0].data(), dx[1].data(), pupil->inputs);
    if (wants_initial)
      expect_equal("gradient of the states", dinitial[0].data(), dinitial[1].data(), states);
  }
  expect_equal("gradients", pupil->state(0), pupil->state(1));
}

}  // namespace recurrent::fuzz
