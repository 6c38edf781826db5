// What trainers remember: parameters, gradients, moments.
#include <cmath>
#include <limits>

#include "trainer_operations.h"

namespace recurrent::fuzz {
namespace {

// How much is said to be there: mostly the truth.
int64_t told(Random& random, int64_t count) {
  return one_in(random, 5) ? count + one_of(random, {-1, 1}) : count;
}

void break_update(Random& random, recurrent_update_args& args) {
  double* const numbers[] = {&args.rate,           &args.momentum,      &args.decay_1,
                             &args.decay_2,        &args.epsilon,       &args.weight_decay,
                             &args.gradient_scale, &args.gradient_bound};
  switch (uniform(random, 0, 4)) {
    case 0:
      args.struct_size = wrong_size(random, sizeof(args));
      break;
    case 1:
      args.renews = no_value(random, 1);
      break;
    case 2:
      args.optimizer = no_value(random, RECURRENT_OPTIMIZER_ADAMW);
      break;
    case 3:
      args.step = one_of<int64_t>(random, {0, -1, INT64_MIN});
      break;
    default:
      *numbers[uniform(random, 0, 7)] =
          one_of(random, {std::nan(""), std::numeric_limits<double>::infinity()});
      break;
  }
}

recurrent_update_args draw_update(Random& random) {
  recurrent_update_args args{};
  args.struct_size = sizeof(args);
  args.optimizer = number(random, 0, RECURRENT_OPTIMIZER_ADAMW);
  args.rate = one_of(random, {0.01, 0.0, 1.0});
  args.momentum = one_of(random, {0.0, 0.9});
  args.decay_1 = one_of(random, {0.9, 0.0});
  args.decay_2 = 0.999;
  args.epsilon = one_of(random, {1e-8, 0.0});
  args.weight_decay = one_of(random, {0.0, 0.01});
  args.gradient_scale = one_of(random, {1.0, 0.25});
  args.gradient_bound = one_of(random, {0.0, 0.5});
  args.step = uniform(random, 1, 5);
  args.nesterov = number(random, 0, 1);
  args.renews = number(random, 0, 1);
  return args;
}

}  // namespace

void exchange_parameters(World& world, Random& random) {
  Pupil* pupil = world.a_pupil(random);
  if (!pupil) return;
  const int64_t count = pupil->info.parameter_count;
  const int64_t asked = told(random, count);
  const int64_t what = uniform(random, 0, 2);
  Guarded<float> out[kSides] = {{random, count}, {random, count}};
  const Guarded<float> in(random, draw_values(random, count, 0));
  Watched watched{"parameters or gradients of a trainer",
                  asked == count ? kOk : kInvalid,
                  [&](int side) { return pupil->state(side); },
                  {{&out[0]}, {&out[1]}},
                  {&in}};
  const recurrent_status status = world.caller.both(watched, [&](int side) {
    recurrent_trainer* trainer = pupil->trainers[side].get();
    if (what == 0) return recurrent_trainer_get_parameters(trainer, out[side].data(), asked);
    if (what == 1) return recurrent_trainer_get_gradients(trainer, out[side].data(), asked);
    return recurrent_trainer_set_parameters(trainer, in.data(), asked);
  });
  if (status == RECURRENT_STATUS_OK && what == 2) pupil->can_go_back = false;
  if (status == RECURRENT_STATUS_OK && what != 2)
    expect_equal(what == 0 ? "parameters" : "gradients", out[0].data(), out[1].data(), count);
}

void exchange_moments(World& world, Random& random) {
  Pupil* pupil = world.a_pupil(random);
  if (!pupil) return;
  const int64_t count = 2 * pupil->info.parameter_count;
  const int64_t asked = told(random, count);
  const bool sets = one_in(random, 2);
  const std::vector<float> values = test::random_values(random, count, 1.0f);
  Guarded<float> memory[kSides] = {{random, count}, {random, count}};
  Watched watched{sets ? "recurrent_trainer_set_moments" : "recurrent_trainer_get_moments",
                  asked == count ? kOk : kInvalid, [&](int side) { return pupil->state(side); }};
  if (!sets) watched.outputs[0] = {&memory[0]};
  if (!sets) watched.outputs[1] = {&memory[1]};
  for (Guarded<float>& side : memory)
    if (sets) std::copy(values.begin(), values.end(), side.data());
  const recurrent_status status = world.caller.both(watched, [&](int side) {
    recurrent_trainer* const trainer = pupil->trainers[side].get();
    return sets ? recurrent_trainer_set_moments(trainer, memory[side].data(), asked)
                : recurrent_trainer_get_moments(trainer, memory[side].data(), asked);
  });
  if (status != RECURRENT_STATUS_OK) return;
  pupil->has_moments = true;
  expect_equal("moments", memory[0].data(), memory[1].data(), count);
}

void clear_gradients(World& world, Random& random) {
  Pupil* pupil = world.a_pupil(random);
  if (!pupil) return;
  world.caller.both({"recurrent_trainer_zero_gradients"}, [&](int side) {
    return recurrent_trainer_zero_gradients(pupil->trainers[side].get());
  });
}

void regularize(World& world, Random& random) {
  Pupil* pupil = world.a_pupil(random);
  if (!pupil) return;
  const int32_t block = number(random, -1, pupil->info.block_count);
  const double l1 = one_of(random, {0.0, 0.5, -1.0, std::nan("")});
  const double l2 = one_of(random, {0.0, 0.25});
  const bool right = block >= 0 && block < pupil->info.block_count && l1 >= 0;
  double penalties[kSides] = {-1, -1};
  const recurrent_status status =
      world.caller.both({"recurrent_trainer_regularize", right ? kOk : kInvalid,
                         [&](int side) { return pupil->state(side); }},
                        [&](int side) {
                          return recurrent_trainer_regularize(pupil->trainers[side].get(), block,
                                                              l1, l2, &penalties[side]);
                        });
  if (status == RECURRENT_STATUS_OK) expect_equal("penalty", &penalties[0], &penalties[1], 1);
  expect_equal("state after penalties", pupil->state(0), pupil->state(1));
}

void measure_gradients(World& world, Random& random) {
  Pupil* pupil = world.a_pupil(random);
  if (!pupil) return;
  const int32_t block = number(random, -2, pupil->info.block_count);
  const bool right = block >= -1 && block < pupil->info.block_count;
  double norms[kSides] = {-1, -1};
  const recurrent_status status =
      world.caller.both({"recurrent_trainer_gradient_norm", right ? kOk : kInvalid}, [&](int side) {
        return recurrent_trainer_gradient_norm(pupil->trainers[side].get(), block, &norms[side]);
      });
  if (status == RECURRENT_STATUS_OK) expect_equal("norm", &norms[0], &norms[1], 1);
}

void update(World& world, Random& random) {
  Pupil* pupil = world.a_pupil(random);
  if (!pupil) return;
  recurrent_update_args args = draw_update(random);
  std::vector<uint8_t> trained(static_cast<size_t>(pupil->info.block_count), 1);
  for (uint8_t& block : trained) block = one_in(random, 4) ? 0 : 1;
  if (one_in(random, 2)) args.trained = trained.data();
  const bool wrong = one_in(random, 4);
  if (wrong) break_update(random, args);
  // Rows alone: of a table, which is the first block of a model that takes indices. A penalty or an
  // optimizer that moves all rows is a reason to refuse them.
  std::vector<uint8_t> sparse(trained.size());
  const bool takes_indices = pupil->subject->takes_indices();
  if (takes_indices || one_in(random, 8)) sparse[0] = one_in(random, 2) ? 1 : 0;
  if (sparse[0] || one_in(random, 2)) args.sparse = sparse.data();
  const bool moves_all = args.optimizer == RECURRENT_OPTIMIZER_SGD
                             ? args.momentum != 0
                             : args.optimizer != RECURRENT_OPTIMIZER_ADAM;
  const bool refuses_rows = sparse[0] && (!takes_indices || moves_all);
  world.caller.draw_mode(random);
  const recurrent_status status = world.caller.both(
      {"recurrent_trainer_update",
       wrong       ? kInvalid
       : sparse[0] ? (refuses_rows ? kInvalid : kOk | kInvalid)
                   : kOk,
       [&](int side) { return pupil->state(side); }},
      [&](int side) { return recurrent_trainer_update(pupil->trainers[side].get(), &args); });
  if (status == RECURRENT_STATUS_OK) {
    pupil->has_moments = true;
    pupil->can_go_back = false;
  }
  expect_equal("state after an update", pupil->state(0), pupil->state(1));
}

void keep_parameters(World& world, Random& random) {
  Pupil* pupil = world.a_pupil(random);
  if (!pupil) return;
  const int32_t keeps = one_of(random, {1, 1, 1, 0, 2});
  const recurrent_status status = world.caller.both(
      {"recurrent_trainer_keep", keeps == 2 ? kInvalid : kOk,
       [&](int side) { return pupil->state(side); }},
      [&](int side) { return recurrent_trainer_keep(pupil->trainers[side].get(), keeps); });
  if (status != RECURRENT_STATUS_OK) return;
  pupil->keeps = keeps == 1;
  pupil->kept = pupil->state(0);
  pupil->kept.resize(static_cast<size_t>(pupil->info.parameter_count));
}

void go_back_to_parameters(World& world, Random& random) {
  Pupil* pupil = world.a_pupil(random);
  if (!pupil) return;
  const recurrent_status status = world.caller.both(
      {"recurrent_trainer_restore", pupil->keeps ? kOk : kNotSupported,
       [&](int side) { return pupil->state(side); }},
      [&](int side) { return recurrent_trainer_restore(pupil->trainers[side].get()); });
  if (status != RECURRENT_STATUS_OK) return;
  pupil->can_go_back = false;
  for (int side = 0; side < kSides; ++side)
    expect_equal("kept parameters", pupil->state(side).data(), pupil->kept.data(),
                 pupil->info.parameter_count);
}

}  // namespace recurrent::fuzz
