#include "world.h"

#include <algorithm>
#include <cstdio>

#include "model_operations.h"
#include "session_operations.h"
#include "trainer_operations.h"

namespace recurrent::fuzz {

recurrent_model_desc Subject::desc_for(int32_t isa) const {
  recurrent_model_desc other = desc;
  other.isa = isa;
  return other;
}

bool Subject::has_floats() const {
  return std::all_of(
      layers.begin(), layers.end(),
      [](const recurrent_layer_desc& layer) {
        return layer.input_weight_format == RECURRENT_WEIGHT_FORMAT_FLOAT32 &&
               layer.recurrent_weight_format == RECURRENT_WEIGHT_FORMAT_FLOAT32;
      });
}

int64_t Subject::work() const {
  int64_t sum = 0;
  for (const recurrent_layer_desc& layer : layers) {
    const int64_t taps = std::max(layer.kernel_size, 1);
    const int64_t inputs = layer.kind == RECURRENT_LAYER_EMBEDDING ? 1 : taps * layer.input_size;
    const int64_t directions = layer.direction == RECURRENT_DIRECTION_BIDIRECTIONAL ? 2 : 1;
    sum += directions * test::gates_of(layer.kind) * layer.hidden_size *
           (inputs + (layer.kind < RECURRENT_LAYER_DENSE ? test::state_size(layer) : 0));
  }
  return sum;
}

std::vector<float> Stream::state(int side) const {
  std::vector<float> values(static_cast<size_t>(batch * subject->info.state_size));
  const recurrent_status status = recurrent_session_save(
      sessions[side].get(), 0, batch, values.data(), static_cast<int64_t>(values.size()));
  expect(status == RECURRENT_STATUS_OK, "save: %s", recurrent_last_error());
  return values;
}

std::vector<float> Pupil::state(int side) const {
  const auto count = static_cast<size_t>(info.parameter_count);
  std::vector<float> values((has_moments ? 4 : 2) * count);
  recurrent_trainer* trainer = trainers[side].get();
  const auto asked = static_cast<int64_t>(count);
  recurrent_status status = recurrent_trainer_get_parameters(trainer, values.data(), asked);
  if (status == RECURRENT_STATUS_OK)
    status = recurrent_trainer_get_gradients(trainer, values.data() + count, asked);
  if (status == RECURRENT_STATUS_OK && has_moments)
    status = recurrent_trainer_get_moments(trainer, values.data() + 2 * count, 2 * asked);
  expect(status == RECURRENT_STATUS_OK, "state of a trainer: %s", recurrent_last_error());
  return values;
}

namespace {

template <class T>
const T& one_of_these(Random& random, const std::vector<T>& all) {
  return all[static_cast<size_t>(uniform(random, 0, static_cast<int64_t>(all.size()) - 1))];
}

}  // namespace

std::shared_ptr<Subject> World::a_subject(Random& random) {
  std::vector<std::shared_ptr<Subject>> alive;
  for (const std::shared_ptr<Subject>& subject : subjects)
    if (subject->models[0]) alive.push_back(subject);
  return alive.empty() ? create_model(*this, random) : one_of_these(random, alive);
}

Stream* World::a_stream(Random& random) {
  return streams.empty() ? open_session(*this, random) : one_of_these(random, streams).get();
}

Pupil* World::a_pupil(Random& random) {
  return pupils.empty() ? open_trainer(*this, random) : one_of_these(random, pupils).get();
}

void World::note(const std::string& what) const {
  if (limits.prints) std::fprintf(stderr, "    %s\n", what.c_str());
}

const std::vector<int32_t>& machine_isas() {
  static const std::vector<int32_t> isas = [] {
    recurrent_instruction_set sets[32]{};
    for (recurrent_instruction_set& set : sets) set.struct_size = sizeof(set);
    int64_t count = 0;
    expect(recurrent_get_instruction_sets(sets, 32, &count) == RECURRENT_STATUS_OK && count <= 32,
           "instruction sets: %s", recurrent_last_error());
    std::vector<int32_t> found;
    for (const recurrent_instruction_set& set : sets)
      if (set.supported) found.push_back(set.isa);
    return found;
  }();
  return isas;
}

std::vector<int32_t> draw_isas(Random& random) {
  std::vector<int32_t> isas = machine_isas();
  const auto first = static_cast<size_t>(uniform(random, 0, static_cast<int64_t>(isas.size()) - 1));
  std::swap(isas[0], isas[first]);
  if (isas.size() == 1) return {isas[0], isas[0]};
  const auto second =
      static_cast<size_t>(uniform(random, 1, static_cast<int64_t>(isas.size()) - 1));
  return {isas[0], isas[second]};
}

}  // namespace recurrent::fuzz
