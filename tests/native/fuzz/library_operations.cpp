#include "library_operations.h"

namespace recurrent::fuzz {

void activate(World& world, Random& random) {
  const int64_t count = uniform(random, 0, 70);
  const std::vector<float> values = draw_values(random, count, 0);
  const Guarded<float> x(random, values);
  const bool in_place = one_in(random, 3);
  Guarded<float> y[kSides] = {{random, count}, {random, count}};
  const int64_t fault = one_in(random, 4) && count > 2 ? uniform(random, 0, 4) : -1;
  const std::vector<int32_t> isas = draw_isas(random);
  const int32_t kind = fault == 0 ? no_value(random, RECURRENT_ACTIVATION_CLIP)
                                  : number(random, 0, RECURRENT_ACTIVATION_CLIP);
  const float alpha = kind == RECURRENT_ACTIVATION_CLIP ? one_of(random, {-0.0f, -1.5f})
                                                        : one_of(random, {0.2f, 1.0f, -0.5f});
  const float beta = one_of(random, {0.5f, 0.0f});
  const int64_t wrong_count = one_of<int64_t>(random, {-1, INT64_MIN, INT64_MAX});
  world.caller.draw_mode(random);
  Watched watched{"recurrent_activate", fault < 0    ? kOk
                                        : fault == 1 ? kInvalid | kUnavailable
                                                     : kInvalid};
  if (!in_place) watched.outputs[0] = {&y[0]};
  if (!in_place) watched.outputs[1] = {&y[1]};
  if (in_place)
    for (Guarded<float>& side : y) std::copy(values.begin(), values.end(), side.data());
  watched.inputs = {&x};
  const recurrent_status status = world.caller.both(watched, [&](int side) {
    float* const out = y[side].data();
    const float* const in = in_place ? out : x.data();
    const int32_t isa = fault == 1 ? 3 : isas[static_cast<size_t>(side)];
    if (fault == 2) return recurrent_activate(isa, kind, alpha, beta, out, out + 1, count - 1);
    if (fault == 3) return recurrent_activate(isa, kind, alpha, beta, nullptr, out, count);
    return recurrent_activate(isa, kind, alpha, beta, in, out, fault == 4 ? wrong_count : count);
  });
  if (status == RECURRENT_STATUS_OK) expect_equal("activation", y[0].data(), y[1].data(), count);
}

void ask_machine(World& world, Random& random) {
  recurrent_machine_info info{};
  info.struct_size = one_in(random, 2) ? wrong_size(random, sizeof(info)) : sizeof(info);
  world.caller.both(
      {"recurrent_get_machine_info", info.struct_size == sizeof(info) ? kOk : kInvalid}, [&](int) {
        recurrent_machine_info mine = info;
        return recurrent_get_machine_info(&mine);
      });
  recurrent_instruction_set sets[3]{};
  for (recurrent_instruction_set& set : sets)
    set.struct_size = one_in(random, 6) ? wrong_size(random, sizeof(set)) : sizeof(set);
  const int64_t capacity = uniform(random, -1, 3);
  bool right = capacity >= 0;
  for (int64_t i = 0; i < capacity; ++i) right = right && sets[i].struct_size == sizeof(sets[i]);
  int64_t count = -1;
  const recurrent_status status = world.caller.both(
      {"recurrent_get_instruction_sets", right ? kOk : kInvalid},
      [&](int) { return recurrent_get_instruction_sets(sets, capacity, &count); });
  expect(status != RECURRENT_STATUS_OK || count > 0, "no instruction set is known");
  expect(recurrent_abi_version() == RECURRENT_ABI_VERSION, "another version of the interface");
  expect(recurrent_status_name(number(random, -2, 20)) != nullptr, "a status without a name");
}

void give_nothing(World& world, Random& random) {
  const int64_t which = uniform(random, 0, 33);
  float value = 0;
  const recurrent_session_desc session{};
  recurrent_session* opened = nullptr;
  world.caller.both({"a function that is given nothing", kInvalid}, [&](int) {
    switch (which) {
      case 0:
        return recurrent_get_machine_info(nullptr);
      case 1:
        return recurrent_model_create(nullptr, nullptr);
      case 2:
        return recurrent_model_get_info(nullptr, nullptr);
      case 3:
        return recurrent_model_get_product_info(nullptr, 0, 0, nullptr);
      case 4:
        return recurrent_session_create(nullptr, &session, &opened);
      case 5:
        return recurrent_session_step(nullptr, nullptr, nullptr);
      case 6:
        return recurrent_session_step_indices(nullptr, nullptr, nullptr);
      case 7:
        return recurrent_session_run(nullptr, nullptr);
      case 8:
        return recurrent_session_warmup(nullptr, 1);
      case 9:
        return recurrent_session_explain(nullptr, 1, nullptr, 0, nullptr);
      case 10:
        return recurrent_session_reset(nullptr, 0, 0);
      case 11:
        return recurrent_session_get_state(nullptr, 0, 0, 0, &value, 1);
      case 12:
        return recurrent_session_set_state(nullptr, 0, 0, 0, &value, 1);
      case 13:
        return recurrent_session_save(nullptr, 0, 0, nullptr, 0);
      case 14:
        return recurrent_session_load(nullptr, 0, 0, nullptr, 0);
      case 15:
        return recurrent_trainer_create(nullptr, nullptr, nullptr);
      case 16:
        return recurrent_trainer_get_info(nullptr, nullptr);
      case 17:
        return recurrent_trainer_get_block(nullptr, 0, nullptr);
      case 18:
        return recurrent_trainer_zero_gradients(nullptr);
      case 19:
        return recurrent_trainer_gradient_norm(nullptr, -1, nullptr);
      case 20:
        return recurrent_trainer_forward(nullptr, nullptr);
      case 21:
        return recurrent_trainer_backward(nullptr, nullptr);
      case 22:
        return recurrent_trainer_update(nullptr, nullptr);
      case 23:
        return recurrent_trainer_keep(nullptr, 1);
      case 24:
        return recurrent_trainer_restore(nullptr);
      case 25:
        return recurrent_trainer_get_moments(nullptr, nullptr, 0);
      case 26:
        return recurrent_model_load(nullptr, nullptr, nullptr);
      case 27:
        return recurrent_model_load_memory(nullptr, 0, nullptr, nullptr);
      case 28:
        return recurrent_model_get_file_info(nullptr, nullptr);
      case 29:
        return recurrent_model_get_metadata(nullptr, 0, nullptr);
      case 30:
        return recurrent_model_add_packed(nullptr, nullptr, 0, nullptr, 0, nullptr);
      default:
        return recurrent_trainer_set_moments(nullptr, nullptr, 0);
    }
  });
  recurrent_model_destroy(nullptr);
  recurrent_session_destroy(nullptr);
  recurrent_trainer_destroy(nullptr);
}

}  // namespace recurrent::fuzz
