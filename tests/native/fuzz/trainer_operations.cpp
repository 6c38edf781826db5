#include "trainer_operations.h"

#include <limits>

namespace recurrent::fuzz {
namespace {

// Rates of dropout for all layers, where a layer may have them; empty for none.
std::vector<float> draw_rates(Random& random, const Subject& subject, bool of_states) {
  if (!one_in(random, 4)) return {};
  std::vector<float> rates(subject.layers.size());
  for (size_t i = 0; i < rates.size(); ++i) {
    const int32_t kind = subject.layers[i].kind;
    const bool may = of_states ? kind < RECURRENT_LAYER_DENSE : kind != RECURRENT_LAYER_EMBEDDING;
    if (may && one_in(random, 2)) rates[i] = one_of(random, {0.0f, 0.1f, 0.5f, 0.99f});
  }
  return rates;
}

const float* data_or_null(const std::vector<float>& values) {
  return values.empty() ? nullptr : values.data();
}

void fill_info(Pupil& pupil) {
  pupil.info.struct_size = sizeof(pupil.info);
  expect(recurrent_trainer_get_info(pupil.trainers[0].get(), &pupil.info) == RECURRENT_STATUS_OK,
         "info of a trainer: %s", recurrent_last_error());
}

}  // namespace

Pupil* open_trainer(World& world, Random& random) {
  auto pupil = std::make_unique<Pupil>();
  pupil->subject = world.a_subject(random);
  if (!pupil->subject) return nullptr;
  const Subject& subject = *pupil->subject;
  const std::vector<float> rates[] = {draw_rates(random, subject, false),
                                      draw_rates(random, subject, false),
                                      draw_rates(random, subject, true)};
  recurrent_trainer_desc desc{};
  desc.struct_size = sizeof(desc);
  desc.dropout = data_or_null(rates[0]);
  desc.input_dropout = data_or_null(rates[1]);
  desc.recurrent_dropout = data_or_null(rates[2]);
  pupil->drops = desc.dropout || desc.input_dropout || desc.recurrent_dropout;
  const recurrent_model_desc model = subject.desc_for(draw_isas(random)[0]);
  const int32_t threads[] = {number(random, 1, 4), number(random, 1, 4)};
  world.note(text("trainer on isa %d, threads %d and %d", model.isa, threads[0], threads[1]));
  const auto open = [&](int side) {
    recurrent_trainer_desc mine = desc;
    mine.threads = threads[side];
    recurrent_trainer* trainer = nullptr;
    const recurrent_status status = recurrent_trainer_create(&model, &mine, &trainer);
    pupil->trainers[side].reset(trainer);
    return status;
  };
  if (world.caller.both({"recurrent_trainer_create", subject.has_floats() ? kOk : kNotSupported},
                        open) != RECURRENT_STATUS_OK)
    return nullptr;
  fill_info(*pupil);
  return world.pupils.emplace_back(std::move(pupil)).get();
}

void open_broken_trainer(World& world, Random& random) {
  const std::shared_ptr<Subject> subject = world.a_subject(random);
  if (!subject || !subject->has_floats()) return;
  std::vector<float> rates(subject->layers.size());
  rates[static_cast<size_t>(uniform(random, 0, static_cast<int64_t>(rates.size()) - 1))] =
      one_of(random, {1.0f, -0.1f, 2.0f, std::numeric_limits<float>::quiet_NaN()});
  recurrent_trainer_desc desc{};
  desc.struct_size = sizeof(desc);
  desc.threads = 2;
  switch (uniform(random, 0, 4)) {
    case 0:
      desc.struct_size = wrong_size(random, sizeof(desc));
      break;
    case 1:
      desc.threads = one_of(random, {0, -1, RECURRENT_MAX_THREADS + 1});
      break;
    case 2:
      desc.dropout = rates.data();
      break;
    case 3:
      desc.input_dropout = rates.data();
      break;
    default:
      desc.recurrent_dropout = rates.data();
      break;
  }
  world.caller.both({"recurrent_trainer_create of a fault", kInvalid}, [&](int) {
    const recurrent_model_desc model = subject->desc_for(RECURRENT_ISA_AUTO);
    recurrent_trainer* trainer = nullptr;
    const recurrent_status status = recurrent_trainer_create(&model, &desc, &trainer);
    recurrent_trainer_destroy(trainer);
    return status;
  });
}

void ask_trainer(World& world, Random& random) {
  Pupil* pupil = world.a_pupil(random);
  if (!pupil) return;
  const int32_t index = number(random, -1, pupil->info.block_count);
  const bool exists = index >= 0 && index < pupil->info.block_count;
  recurrent_parameter_block block{};
  block.struct_size = one_in(random, 6) ? wrong_size(random, sizeof(block)) : sizeof(block);
  const Statuses expected = exists && block.struct_size == sizeof(block) ? kOk : kInvalid;
  recurrent_parameter_block found[kSides] = {block, block};
  const recurrent_status status =
      world.caller.both({"recurrent_trainer_get_block", expected}, [&](int side) {
        return recurrent_trainer_get_block(pupil->trainers[side].get(), index, &found[side]);
      });
  if (status == RECURRENT_STATUS_OK)
    expect(found[0].offset == found[1].offset && found[0].offset >= 0 &&
               found[0].offset + found[0].rows * found[0].columns <= pupil->info.parameter_count,
           "block %d lies outside of the parameters", index);
  recurrent_trainer_info info{};
  info.struct_size = one_in(random, 6) ? wrong_size(random, sizeof(info)) : sizeof(info);
  world.caller.both(
      {"recurrent_trainer_get_info", info.struct_size == sizeof(info) ? kOk : kInvalid},
      [&](int side) {
        recurrent_trainer_info mine = info;
        return recurrent_trainer_get_info(pupil->trainers[side].get(), &mine);
      });
}

void close_trainer(World& world, Random& random) {
  if (world.pupils.empty()) return;
  const int64_t last = static_cast<int64_t>(world.pupils.size()) - 1;
  world.pupils.erase(world.pupils.begin() + uniform(random, 0, last));
}

}  // namespace recurrent::fuzz
