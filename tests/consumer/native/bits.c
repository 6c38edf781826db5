/* What the library computes, as numbers that are the same on every C library: an LSTM of every
   instruction set that the machine has, on two threads, called by a thread that ends. A call that
   is refused throws inside, and tells why. */
#include <pthread.h>
#include <recurrent/recurrent.h>
#include <stdio.h>
#include <stdlib.h>

enum { kInputs = 7, kUnits = 33, kGates = 4, kTime = 40, kBatch = 5 };

static float w[kGates * kUnits * kInputs], r[kGates * kUnits * kUnits], b[kGates * kUnits];
static float x[kTime * kBatch * kInputs], y[kTime * kBatch * kUnits];

static uint32_t seed = 1;
static void fill(float* values, int count) {
  for (int i = 0; i < count; ++i) {
    seed = seed * 1664525u + 1013904223u;
    values[i] = (float)(int32_t)(seed >> 8) / 16777216.0f - 0.5f;
  }
}

static int give_up(const char* what) {
  printf("%s: %s\n", what, recurrent_last_error());
  return 1;
}

static int compute(const recurrent_instruction_set* set) {
  recurrent_direction_desc weights = {0};
  weights.struct_size = sizeof(weights);
  weights.gate_activation = RECURRENT_ACTIVATION_SIGMOID;
  weights.input_weights = w;
  weights.recurrent_weights = r;
  weights.input_bias = b;
  recurrent_layer_desc layer = {0};
  layer.struct_size = sizeof(layer);
  layer.kind = RECURRENT_LAYER_LSTM;
  layer.input_size = kInputs;
  layer.hidden_size = kUnits;
  layer.forward = &weights;
  recurrent_model_desc desc = {0};
  desc.struct_size = sizeof(desc);
  desc.layer_count = 1;
  desc.layers = &layer;
  desc.isa = set->isa;
  recurrent_session_desc stream = {0};
  stream.struct_size = sizeof(stream);
  stream.threads = 2;
  stream.batch = kBatch;
  recurrent_model* model = NULL;
  recurrent_session* session = NULL;
  if (recurrent_model_create(&desc, &model)) return give_up("model");
  if (recurrent_session_create(model, &stream, &session)) return give_up("session");
  recurrent_run_args call = {0};
  call.struct_size = sizeof(call);
  call.time = kTime;
  call.x = x;
  call.x_count = kTime * kBatch * kInputs;
  call.y = y;
  call.y_count = kTime * kBatch * kUnits;
  if (recurrent_session_run(session, &call)) return give_up("run");
  uint32_t hash = 2166136261u;
  for (size_t i = 0; i < sizeof(y); ++i) hash = (hash ^ ((const unsigned char*)y)[i]) * 16777619u;
  printf("%s %08x\n", set->name, hash);
  call.y_count = 1;
  if (recurrent_session_run(session, &call) == RECURRENT_STATUS_OK) return give_up("not refused");
  printf("%s\n", recurrent_last_error());
  recurrent_session_destroy(session);
  recurrent_model_destroy(model);
  return 0;
}

static void* run(void* argument) {
  static recurrent_instruction_set sets[16];
  const int64_t count = (int64_t)(sizeof(sets) / sizeof(sets[0]));
  int64_t known = 0;
  int* failed = argument;
  for (int64_t i = 0; i < count; ++i) sets[i].struct_size = sizeof(sets[i]);
  if (recurrent_get_instruction_sets(sets, count, &known)) {
    *failed = give_up("instruction sets");
    return NULL;
  }
  for (int64_t i = 0; i < known && i < count; ++i)
    if (sets[i].supported) *failed |= compute(&sets[i]);
  return NULL;
}

int main(void) {
  pthread_t thread;
  int failed = 0;
  fill(w, kGates * kUnits * kInputs);
  fill(r, kGates * kUnits * kUnits);
  fill(b, kGates * kUnits);
  fill(x, kTime * kBatch * kInputs);
  if (pthread_create(&thread, NULL, run, &failed)) return 1;
  pthread_join(thread, NULL);
  return failed;
}
