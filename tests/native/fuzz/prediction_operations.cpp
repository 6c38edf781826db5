#include "prediction_operations.h"

#include <algorithm>

#include "sequence.h"
#include "sequence_faults.h"

namespace recurrent::fuzz {
namespace {

// Rows that have nothing to do with those of the session.
int64_t draw_rows(Random& random, const Limits& limits) {
  return uniform(random, 0, limits.small ? 20 : 50);
}

recurrent_status predict_side(const Stream& stream, int side, int64_t batch, const Sequence& input,
                              Guarded<float>& y) {
  recurrent_run_args args = input.run_args();
  args.y = y.data();
  args.y_count = y.count();
  return recurrent_session_predict(stream.sessions[side].get(), batch, &args);
}

}  // namespace

void predict(World& world, Random& random) {
  Stream* stream = world.a_stream(random);
  if (!stream) return;
  const Subject& subject = *stream->subject;
  const int64_t batch = draw_rows(random, world.limits);
  const int64_t time = one_in(random, 20)
                           ? 0
                           : draw_time(random, subject, std::max<int64_t>(batch, 1), world.limits);
  Sequence input(random, subject, batch, time);
  if (one_in(random, 3)) input.draw_lengths(random);
  world.caller.draw_mode(random);
  world.note(text("batch %d, time %d, %s", static_cast<int>(batch), static_cast<int>(time),
                  input.lengths.count() > 0 ? "ragged" : "full"));
  const int64_t outputs = output_count(subject, batch, time);
  Guarded<float> y[kSides] = {{random, outputs}, {random, outputs}};
  Watched watched{"recurrent_session_predict",
                  kOk,
                  [&](int side) { return stream->state(side); },
                  {{&y[0]}, {&y[1]}},
                  input.guards()};
  const std::vector<float> before = stream->state(0);
  int64_t bytes = -1;
  expect(recurrent_session_get_bytes(stream->sessions[0].get(), &bytes) == RECURRENT_STATUS_OK &&
             bytes >= 0,
         "recurrent_session_get_bytes does not tell the bytes");
  const recurrent_status status = world.caller.both(
      watched, [&](int side) { return predict_side(*stream, side, batch, input, y[side]); });
  if (status == RECURRENT_STATUS_OK)
    expect_equal("output of a prediction", y[0].data(), y[1].data(), outputs);
  expect_equal("states around a prediction", before, stream->state(0));
  expect_equal("states after a prediction", stream->state(0), stream->state(1));
}

void predict_wrongly(World& world, Random& random) {
  Stream* stream = world.a_stream(random);
  if (!stream) return;
  const int64_t batch = draw_rows(random, world.limits) + 1;
  const int64_t time = draw_time(random, *stream->subject, batch, world.limits);
  Sequence input(random, *stream->subject, batch, time);
  if (one_in(random, 3)) input.draw_lengths(random);
  const int64_t outputs = output_count(*stream->subject, batch, time);
  Guarded<float> y[kSides] = {{random, outputs}, {random, outputs}};
  RunFault fault(random);
  const bool is_of_rows = one_in(random, 5);
  const int64_t rows = !is_of_rows ? batch : one_in(random, 2) ? -batch : batch + (1ll << 31);
  Watched watched{"recurrent_session_predict of a fault",
                  kInvalid,
                  [&](int side) { return stream->state(side); },
                  {{&y[0]}, {&y[1]}},
                  input.guards()};
  recurrent_run_args args[kSides];
  for (int side = 0; side < kSides; ++side) {
    args[side] = input.run_args();
    args[side].y = y[side].data();
    args[side].y_count = outputs;
    if (!is_of_rows) fault.put_into(args[side], *stream->subject, batch);
  }
  world.caller.both(watched, [&](int side) {
    return recurrent_session_predict(stream->sessions[side].get(), rows, &args[side]);
  });
}

}  // namespace recurrent::fuzz
