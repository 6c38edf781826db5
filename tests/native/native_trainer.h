#pragma once

#include "api/handles.h"
#include "native_session.h"

namespace recurrent::test {

struct DestroyTrainer {
  void operator()(recurrent_trainer* trainer) const { recurrent_trainer_destroy(trainer); }
};
using TrainerHandle = std::unique_ptr<recurrent_trainer, DestroyTrainer>;

// Its threads run every pass, whatever the machine is doing: tests compare their results.
inline TrainerHandle make_trainer(const OwnedModel& owned, int32_t isa, int32_t threads,
                                  Options options = {}) {
  const std::vector<recurrent_layer_desc> layers = owned.descs();
  const recurrent_model_desc desc = describe(layers, isa, options);
  recurrent_trainer_desc how{};
  how.struct_size = sizeof(how);
  how.threads = threads;
  recurrent_trainer* trainer = nullptr;
  EXPECT_OK(recurrent_trainer_create(&desc, &how, &trainer));
  if (trainer) trainer->trainer.force(true);
  return TrainerHandle(trainer);
}

inline int64_t parameter_count(const TrainerHandle& trainer) {
  recurrent_trainer_info info{};
  info.struct_size = sizeof(info);
  EXPECT_OK(recurrent_trainer_get_info(trainer.get(), &info));
  return info.parameter_count;
}

}  // namespace recurrent::test
