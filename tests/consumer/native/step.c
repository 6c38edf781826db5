/* One unit, relu(2 x + h), over the C interface: 3 steps of 1 are 2, 4, 6. */
#include <recurrent/recurrent.h>
#include <stdio.h>

int main(void) {
  const float w = 2, r = 1;
  recurrent_direction_desc weights = {0};
  weights.struct_size = sizeof(weights);
  weights.candidate_activation = RECURRENT_ACTIVATION_RELU;
  weights.input_weights = &w;
  weights.recurrent_weights = &r;
  recurrent_layer_desc layer = {0};
  layer.struct_size = sizeof(layer);
  layer.kind = RECURRENT_LAYER_SIMPLE_RNN;
  layer.input_size = 1;
  layer.hidden_size = 1;
  layer.forward = &weights;
  recurrent_model_desc desc = {0};
  desc.struct_size = sizeof(desc);
  desc.layer_count = 1;
  desc.layers = &layer;
  desc.isa = RECURRENT_ISA_AUTO;
  recurrent_session_desc stream = {0};
  stream.struct_size = sizeof(stream);
  stream.threads = 1;
  stream.batch = 1;
  recurrent_model* model;
  recurrent_session* session;
  if (recurrent_model_create(&desc, &model) || recurrent_session_create(model, &stream, &session)) {
    printf("%s\n", recurrent_last_error());
    return 1;
  }
  const float x = 1;
  float y = 0;
  int failed = 0;
  for (int step = 1; step <= 3; ++step) {
    failed |= recurrent_session_step(session, &x, &y) != RECURRENT_STATUS_OK;
    failed |= y != 2 * (float)step;
  }
  recurrent_session_destroy(session);
  recurrent_model_destroy(model);
  printf("version %d.%d.%d, %g\n", RECURRENT_VERSION_MAJOR, RECURRENT_VERSION_MINOR,
         RECURRENT_VERSION_PATCH, (double)y);
  return failed;
}
