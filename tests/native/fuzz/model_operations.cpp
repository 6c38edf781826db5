#include "model_operations.h"

#include "model_draw.h"
#include "model_faults.h"

namespace recurrent::fuzz {
namespace {

recurrent_model_info ask(const recurrent_model* model) {
  recurrent_model_info info{};
  info.struct_size = sizeof(info);
  expect(recurrent_model_get_info(model, &info) == RECURRENT_STATUS_OK, "info of a model: %s",
         recurrent_last_error());
  return info;
}

void expect_same_model(const recurrent_model_info& a, const recurrent_model_info& b) {
  expect(a.input_size == b.input_size && a.output_size == b.output_size &&
             a.layer_count == b.layer_count && a.state_size == b.state_size &&
             a.can_step == b.can_step && a.vocabulary_size == b.vocabulary_size,
         "a model on isa %d and its twin on isa %d have other sizes", a.isa, b.isa);
}

// Anything but null, to see that a failure makes it null.
template <class T>
T* stale() {
  return reinterpret_cast<T*>(uintptr_t{64});
}

}  // namespace

std::shared_ptr<Subject> create_model(World& world, Random& random) {
  std::shared_ptr<Subject> subject = draw_model(random, world.limits);
  draw_weight_formats(random, *subject);
  const std::vector<int32_t> isas = draw_isas(random);
  world.note(text("model on isa %d and %d, output %d, masking %d: %s", isas[0], isas[1],
                  subject->desc.output, subject->desc.masking, subject->owned.describe().c_str()));
  const auto create = [&](int side) {
    const recurrent_model_desc desc = subject->desc_for(isas[static_cast<size_t>(side)]);
    recurrent_model* model = stale<recurrent_model>();
    const recurrent_status status = recurrent_model_create(&desc, &model);
    if (status != RECURRENT_STATUS_OK && model != nullptr) return RECURRENT_STATUS_INTERNAL;
    subject->models[side].reset(model);
    return status;
  };
  if (world.caller.both({"recurrent_model_create"}, create) != RECURRENT_STATUS_OK) return nullptr;
  subject->info = ask(subject->models[0].get());
  expect_same_model(subject->info, ask(subject->models[1].get()));
  world.subjects.push_back(subject);
  return subject;
}

void create_broken_model(World& world, Random& random) {
  const std::shared_ptr<Subject> whole = draw_model(random, world.limits);
  Description description(*whole);
  const Statuses expected = break_description(random, description);
  const bool trains = one_in(random, 3);
  world.note(text("broken: %s", whole->owned.describe().c_str()));
  recurrent_trainer_desc how{};
  how.struct_size = sizeof(how);
  how.threads = number(random, 1, 3);
  world.caller.both({"recurrent_model_create of a fault", expected}, [&](int) {
    recurrent_model* model = stale<recurrent_model>();
    recurrent_trainer* trainer = stale<recurrent_trainer>();
    const recurrent_status status =
        trains ? recurrent_trainer_create(&description.desc, &how, &trainer)
               : recurrent_model_create(&description.desc, &model);
    if (status == RECURRENT_STATUS_OK) {
      recurrent_model_destroy(trains ? nullptr : model);
      recurrent_trainer_destroy(trains ? trainer : nullptr);
      return status;
    }
    return trains ? (trainer ? RECURRENT_STATUS_INTERNAL : status)
                  : (model ? RECURRENT_STATUS_INTERNAL : status);
  });
}

namespace {

// About an input and an output, also ones that the model does not have.
void ask_values(World& world, Random& random, const Subject& subject) {
  const int32_t index = number(random, -1, 2);
  const int64_t time = one_of<int64_t>(random, {0, 1, 9, INT32_MAX, -1});
  const auto expected = [&](int32_t count) { return index >= 0 && index < count ? kOk : kInvalid; };
  world.caller.both({"recurrent_model_get_input", expected(subject.info.input_count)},
                    [&](int side) {
                      recurrent_value_info value{};
                      value.struct_size = sizeof(value);
                      return recurrent_model_get_input(subject.models[side].get(), index, &value);
                    });
  world.caller.both({"recurrent_model_get_output", expected(subject.info.output_count)},
                    [&](int side) {
                      recurrent_value_info value{};
                      value.struct_size = sizeof(value);
                      return recurrent_model_get_output(subject.models[side].get(), index, &value);
                    });
  const Statuses steps = time < 0 ? kInvalid : expected(subject.info.output_count);
  world.caller.both({"recurrent_model_output_steps", steps}, [&](int side) {
    int64_t count = 0;
    return recurrent_model_output_steps(subject.models[side].get(), index, time, &count);
  });
}

}  // namespace

void ask_model(World& world, Random& random) {
  const std::shared_ptr<Subject> subject = world.a_subject(random);
  if (!subject) return;
  recurrent_model_info info{};
  info.struct_size = one_in(random, 3) ? wrong_size(random, sizeof(info)) : sizeof(info);
  const Statuses expected = info.struct_size == sizeof(info) ? kOk : kInvalid;
  world.caller.both({"recurrent_model_get_info", expected}, [&](int side) {
    recurrent_model_info mine = info;
    return recurrent_model_get_info(subject->models[side].get(), &mine);
  });
  const int32_t layer = number(random, -1, subject->info.layer_count);
  ask_values(world, random, *subject);
  const int32_t direction = number(random, -1, 2);
  world.caller.both({"recurrent_model_get_product_info", kOk | kInvalid}, [&](int side) {
    recurrent_product_info product{};
    product.struct_size = sizeof(product);
    return recurrent_model_get_product_info(subject->models[side].get(), layer, direction,
                                            &product);
  });
}

void give_model_up(World& world, Random& random) {
  const std::shared_ptr<Subject> subject = world.a_subject(random);
  if (!subject) return;
  for (Handle<recurrent_model>& model : subject->models) model.reset();
}

}  // namespace recurrent::fuzz
