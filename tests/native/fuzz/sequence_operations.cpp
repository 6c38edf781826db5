#include "sequence_operations.h"

#include "sequence_faults.h"

namespace recurrent::fuzz {
namespace {

Statuses expected_of_run(const Stream& stream) {
  return stream.subject->info.can_step ? kOk : kOk | kNotSupported;
}

// Whether the session would divide this run between threads.
void count_threads(World& world, const Stream& stream, int64_t time) {
  if (stream.threads[0] == 1) return;
  recurrent_plan_candidate ways[16]{};
  for (recurrent_plan_candidate& way : ways) way.struct_size = sizeof(way);
  int64_t count = 0;
  if (recurrent_session_explain(stream.sessions[0].get(), time, ways, 16, &count) !=
      RECURRENT_STATUS_OK)
    return;
  for (const recurrent_plan_candidate& way : ways)
    if (way.chosen && way.threads > 1) world.caller.progress().runs_by_threads.fetch_add(1);
}

}  // namespace

// A model with a reverse direction takes the next sequence only after a reset.
void begin_sequence(const Stream& stream) {
  for (const Handle<recurrent_session>& session : stream.sessions)
    expect(recurrent_session_reset(session.get(), 0, stream.batch) == RECURRENT_STATUS_OK,
           "reset: %s", recurrent_last_error());
}

recurrent_status run_side(const Stream& stream, int side, const Sequence& input,
                          Guarded<float>* y) {
  recurrent_run_args args = input.run_args();
  if (y) {
    args.y = y->data();
    args.y_count = y->count();
  }
  return recurrent_session_run(stream.sessions[side].get(), &args);
}

void run(World& world, Random& random) {
  Stream* stream = world.a_stream(random);
  if (!stream) return;
  const Subject& subject = *stream->subject;
  const int64_t time =
      one_in(random, 20) ? 0 : draw_time(random, subject, stream->batch, world.limits);
  Sequence input(random, subject, stream->batch, time);
  if (one_in(random, 3)) input.draw_lengths(random);
  if (!subject.info.can_step && !one_in(random, 4)) begin_sequence(*stream);
  if (time > 0) count_threads(world, *stream, time);
  world.caller.draw_mode(random);
  const int64_t outputs = output_count(subject, stream->batch, time);
  const bool wants_output = !one_in(random, 6);
  world.note(text("batch %d, time %d, %s", static_cast<int>(stream->batch), static_cast<int>(time),
                  input.lengths.count() > 0 ? "ragged" : "full"));
  Guarded<float> y[kSides] = {{random, outputs}, {random, outputs}};
  Watched watched{"recurrent_session_run",
                  expected_of_run(*stream),
                  [&](int side) { return stream->state(side); },
                  {{&y[0]}, {&y[1]}},
                  input.guards()};
  const recurrent_status status = world.caller.both(watched, [&](int side) {
    return run_side(*stream, side, input, wants_output ? &y[side] : nullptr);
  });
  if (status == RECURRENT_STATUS_OK && wants_output)
    expect_equal("output of a run", y[0].data(), y[1].data(), outputs);
  expect_equal("states after a run", stream->state(0), stream->state(1));
}

void run_wrongly(World& world, Random& random) {
  Stream* stream = world.a_stream(random);
  if (!stream || stream->batch == 0) return;
  const int64_t time = draw_time(random, *stream->subject, stream->batch, world.limits);
  Sequence input(random, *stream->subject, stream->batch, time);
  if (one_in(random, 3)) input.draw_lengths(random);
  const int64_t outputs = output_count(*stream->subject, stream->batch, time);
  Guarded<float> y[kSides] = {{random, outputs}, {random, outputs}};
  RunFault fault(random);
  Watched watched{"recurrent_session_run of a fault",
                  kInvalid,
                  [&](int side) { return stream->state(side); },
                  {{&y[0]}, {&y[1]}},
                  input.guards()};
  recurrent_run_args args[kSides];
  for (int side = 0; side < kSides; ++side) {
    args[side] = input.run_args();
    args[side].y = y[side].data();
    args[side].y_count = outputs;
    fault.put_into(args[side], *stream->subject, stream->batch);
  }
  world.caller.both(watched, [&](int side) {
    return recurrent_session_run(stream->sessions[side].get(), &args[side]);
  });
}

}  // namespace recurrent::fuzz
