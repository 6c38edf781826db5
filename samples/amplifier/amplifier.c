/*
 * The core of an audio plug-in: a captured amplifier out of one file, played in blocks. A host
 * calls amplifier_open() when it loads the plug-in and amplifier_process() from its audio thread,
 * where nothing is allocated and no lock is taken.
 *
 *   recurrent convert BossLSTM-1x16.nam boss.recurrent
 *   cc amplifier.c $(pkg-config --cflags --libs recurrent) -o amplifier
 *   ./amplifier boss.recurrent < guitar.f32 > amplified.f32       (raw floats, one channel)
 */
#include <recurrent/recurrent.h>
#include <stdio.h>

enum { kMostFrames = 512 };

typedef struct amplifier {
  recurrent_model* model;
  recurrent_session* session;
} amplifier;

/* Null on success, otherwise what is wrong. */
static const char* amplifier_open(amplifier* a, const char* path, int32_t sample_rate) {
  recurrent_session_desc stream = {sizeof(stream), 1, 1, 0, 0}; /* one thread, one channel */
  recurrent_file_info file = {0};
  file.struct_size = sizeof(file);
  if (recurrent_model_load(path, NULL, &a->model) ||
      recurrent_session_create(a->model, &stream, &a->session) ||
      recurrent_session_warmup(a->session, kMostFrames) ||
      recurrent_model_get_file_info(a->model, &file))
    return recurrent_last_error();
  return file.sample_rate && file.sample_rate != sample_rate ? "another sample rate" : NULL;
}

/* `frames` samples, at most kMostFrames; goes on from where the block before has ended. */
static int amplifier_process(amplifier* a, const float* in, float* out, int64_t frames) {
  recurrent_run_args run = {0};
  run.struct_size = sizeof(run);
  run.time = frames;
  run.x = in;
  run.y = out;
  run.x_count = run.y_count = frames;
  return recurrent_session_run(a->session, &run);
}

static void amplifier_close(amplifier* a) {
  recurrent_session_destroy(a->session);
  recurrent_model_destroy(a->model);
}

int main(int count, char** arguments) {
  static float in[kMostFrames], out[kMostFrames];
  amplifier a = {NULL, NULL};
  const char* wrong =
      count == 2 ? amplifier_open(&a, arguments[1], 48000) : "expected a model file";
  size_t frames = 0;
  while (!wrong && (frames = fread(in, sizeof(float), kMostFrames, stdin)) > 0)
    if (amplifier_process(&a, in, out, (int64_t)frames))
      wrong = recurrent_last_error();
    else
      fwrite(out, sizeof(float), frames, stdout);
  amplifier_close(&a);
  if (wrong) fprintf(stderr, "%s\n", wrong);
  return wrong != NULL;
}
