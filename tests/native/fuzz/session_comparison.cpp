// What a trainer puts out, and what a session of a model with its parameters does.
#include "comparison_operations.h"
#include "training_batch.h"

namespace recurrent::fuzz {
namespace {

// Puts a trainer's parameters into a copy of the model's weights.
void take_parameters(const Pupil& pupil, int side, test::OwnedModel& owned) {
  std::vector<float> values(static_cast<size_t>(pupil.info.parameter_count));
  recurrent_trainer* trainer = pupil.trainers[side].get();
  expect(recurrent_trainer_get_parameters(trainer, values.data(), pupil.info.parameter_count) ==
             RECURRENT_STATUS_OK,
         "parameters: %s", recurrent_last_error());
  for (int32_t i = 0; i < pupil.info.block_count; ++i) {
    recurrent_parameter_block block{};
    block.struct_size = sizeof(block);
    expect(recurrent_trainer_get_block(trainer, i, &block) == RECURRENT_STATUS_OK, "block: %s",
           recurrent_last_error());
    test::OwnedLayer& layer = owned.layers[static_cast<size_t>(block.layer)];
    test::OwnedDirection& d =
        block.direction == RECURRENT_DIRECTION_REVERSE ? *layer.reverse : *layer.forward;
    // By recurrent_parameter_role.
    std::vector<float>* const places[] = {&d.input_weights,  &d.recurrent_weights, &d.input_bias,
                                          &d.recurrent_bias, &d.peephole,          &d.projection,
                                          &d.initial_hidden, &d.initial_cell,      &d.input_weights,
                                          &d.input_bias,     &d.input_weights};
    const auto begin = values.begin() + block.offset;
    std::vector<float>& place = *places[block.role];
    expect(static_cast<int64_t>(place.size()) == block.rows * block.columns,
           "block %d has %lld elements, the model %zu", i,
           static_cast<long long>(block.rows * block.columns), place.size());
    std::copy(begin, begin + block.rows * block.columns, place.begin());
  }
}

Handle<recurrent_session> session_of(const Subject& subject, const TrainingBatch& batch,
                                     Random& random) {
  const recurrent_model_desc desc = subject.desc_for(draw_isas(random)[0]);
  recurrent_model* model = nullptr;
  recurrent_session* session = nullptr;
  recurrent_session_desc how{};
  how.struct_size = sizeof(how);
  how.threads = number(random, 1, 2);
  how.batch = batch.rows;
  how.empty_row = batch.empty_row;
  const bool opened = recurrent_model_create(&desc, &model) == RECURRENT_STATUS_OK &&
                      recurrent_session_create(model, &how, &session) == RECURRENT_STATUS_OK;
  recurrent_model_destroy(model);
  expect(opened, "session of a trainer's parameters: %s", recurrent_last_error());
  return Handle<recurrent_session>(session);
}

}  // namespace

void compare_with_session(World& world, Random& random) {
  Pupil* pupil = world.a_pupil(random);
  if (!pupil) return;
  TrainingBatch batch(random, *pupil, world.limits);
  batch.gives_states = one_in(random, 2);
  const int side = number(random, 0, 1);
  const recurrent_status status = world.caller.one(batch.watch(*pupil, kOk), side, [&](int) {
    const recurrent_forward_args args = batch.args(side);
    return recurrent_trainer_forward(pupil->trainers[side].get(), &args);
  });
  expect(status == RECURRENT_STATUS_OK, "forward: %s", recurrent_last_error());
  lose_pass(*pupil);
  take_parameters(*pupil, side, pupil->subject->owned);
  const Handle<recurrent_session> session = session_of(*pupil->subject, batch, random);
  if (batch.gives_states)
    expect(recurrent_session_load(session.get(), 0, batch.rows, batch.initial.data(),
                                  batch.state_elements) == RECURRENT_STATUS_OK,
           "load: %s", recurrent_last_error());
  Guarded<float> y(random, batch.output_elements);
  recurrent_run_args args = batch.input.run_args();
  args.y = y.data();
  args.y_count = y.count();
  expect(recurrent_session_run(session.get(), &args) == RECURRENT_STATUS_OK, "run: %s",
         recurrent_last_error());
  expect_equal("output of a trainer and of a session", batch.y[side].data(), y.data(),
               batch.output_elements);
  Guarded<float> states(random, batch.state_elements);
  expect(recurrent_session_save(session.get(), 0, batch.rows, states.data(),
                                batch.state_elements) == RECURRENT_STATUS_OK,
         "save: %s", recurrent_last_error());
  expect_equal("states of a trainer and of a session", batch.final_states[side].data(),
               states.data(), batch.state_elements);
}

}  // namespace recurrent::fuzz
