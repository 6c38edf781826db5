#pragma once

#include "native_session.h"

namespace recurrent::test {

struct DestroyTrainer {
  void operator()(recurrent_trainer* trainer) const { recurrent_trainer_destroy(trainer); }
};
using TrainerHandle = std::unique_ptr<recurrent_trainer, DestroyTrainer>;

inline TrainerHandle make_trainer(const OwnedModel& owned, int32_t isa, int32_t threads,
                                  Options options = {}) {
  const std::vector<recurrent_layer_desc> layers = owned.descs();
  recurrent_model_desc desc{};
  desc.struct_size = sizeof(desc);
  desc.layer_count = static_cast<int32_t>(layers.size());
  desc.layers = layers.data();
  desc.isa = isa;
  desc.output = options.output;
  desc.masking = options.masking;
  desc.mask_value = options.mask_value;
  recurrent_trainer_desc how{};
  how.struct_size = sizeof(how);
  how.threads = threads;
  recurrent_trainer* trainer = nullptr;
  EXPECT_OK(recurrent_trainer_create(&desc, &how, &trainer));
  return TrainerHandle(trainer);
}

inline int64_t parameter_count(const TrainerHandle& trainer) {
  recurrent_trainer_info info{};
  info.struct_size = sizeof(info);
  EXPECT_OK(recurrent_trainer_get_info(trainer.get(), &info));
  return info.parameter_count;
}

}  // namespace recurrent::test
