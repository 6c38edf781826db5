#pragma once

#include <gtest/gtest.h>
#include <recurrent/recurrent.h>

#include <memory>
#include <string>
#include <vector>

#include "every_isa.h"
#include "random_model.h"

namespace recurrent::test {

struct Destroy {
  void operator()(recurrent_model* model) const { recurrent_model_destroy(model); }
  void operator()(recurrent_session* session) const { recurrent_session_destroy(session); }
};
using ModelHandle = std::unique_ptr<recurrent_model, Destroy>;
using SessionHandle = std::unique_ptr<recurrent_session, Destroy>;

#define EXPECT_OK(expression) EXPECT_EQ(expression, RECURRENT_STATUS_OK) << recurrent_last_error()
#define ASSERT_OK(expression) ASSERT_EQ(expression, RECURRENT_STATUS_OK) << recurrent_last_error()

// A call that is refused with a message that has this text.
#define EXPECT_REFUSED(expression, status, text)                                 \
  do {                                                                           \
    EXPECT_EQ(expression, status);                                               \
    EXPECT_NE(std::string(recurrent_last_error()).find(text), std::string::npos) \
        << "the message was: " << recurrent_last_error();                        \
  } while (false)
#define EXPECT_INVALID(expression, text) \
  EXPECT_REFUSED(expression, RECURRENT_STATUS_INVALID_ARGUMENT, text)

// What a model has beside its layers.
struct Options {
  int32_t output = RECURRENT_OUTPUT_EVERY_STEP;
  int32_t masking = RECURRENT_MASKING_NONE;
  float mask_value = 0;
};

// Of these layers, which have to outlive it.
inline recurrent_model_desc describe(const std::vector<recurrent_layer_desc>& layers, int32_t isa,
                                     Options options = {}) {
  recurrent_model_desc desc{};
  desc.struct_size = sizeof(desc);
  desc.layer_count = static_cast<int32_t>(layers.size());
  desc.layers = layers.data();
  desc.isa = isa;
  desc.output = options.output;
  desc.masking = options.masking;
  desc.mask_value = options.mask_value;
  return desc;
}

inline ModelHandle make_model(const OwnedModel& owned, int32_t isa,
                              int32_t provider = RECURRENT_GEMM_BUILTIN, Options options = {}) {
  const std::vector<recurrent_layer_desc> layers = owned.descs();
  recurrent_model_desc desc = describe(layers, isa, options);
  desc.gemm_provider = provider;
  recurrent_model* model = nullptr;
  EXPECT_OK(recurrent_model_create(&desc, &model));
  return ModelHandle(model);
}

inline SessionHandle open_session(const ModelHandle& model, int64_t batch, int32_t threads = 1) {
  recurrent_session_desc desc{};
  desc.struct_size = sizeof(desc);
  desc.threads = threads;
  desc.batch = batch;
  recurrent_session* session = nullptr;
  EXPECT_OK(recurrent_session_create(model.get(), &desc, &session));
  return SessionHandle(session);
}

inline recurrent_run_args run_args(const std::vector<float>& x, std::vector<float>& y,
                                   int64_t time) {
  recurrent_run_args args{};
  args.struct_size = sizeof(args);
  args.time = time;
  args.x = x.data();
  args.x_count = static_cast<int64_t>(x.size());
  args.y = y.data();
  args.y_count = static_cast<int64_t>(y.size());
  return args;
}

// Bits, with all NaNs equal. Gives the index of the first difference, or -1.
int64_t first_difference(const float* a, const float* b, int64_t count);

// Fails where arrays do not have the same bits.
inline void expect_same(const std::vector<std::vector<float>>& want,
                        const std::vector<std::vector<float>>& got, const std::string& what) {
  ASSERT_EQ(want.size(), got.size()) << what;
  for (size_t i = 0; i < want.size(); ++i)
    ASSERT_EQ(first_difference(want[i].data(), got[i].data(), static_cast<int64_t>(want[i].size())),
              -1)
        << "array " << i << " of " << what;
}

}  // namespace recurrent::test
