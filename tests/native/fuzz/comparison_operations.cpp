#include "comparison_operations.h"

#include "sequence.h"
#include "sequence_operations.h"

namespace recurrent::fuzz {
namespace {

// A run of one side that must succeed.
void run_alone(World& world, const Stream& stream, int side, const Sequence& input,
               Guarded<float>& y) {
  Watched watched{"recurrent_session_run", kOk};
  watched.outputs[side] = {&y};
  watched.inputs = input.guards();
  world.caller.one(watched, side, [&](int) { return run_side(stream, side, input, &y); });
}

// A session of the model on the second side, with a row's states.
Stream row_of(const Stream& stream, int64_t row, const std::vector<float>& states) {
  Stream alone;
  alone.subject = stream.subject;
  alone.batch = 1;
  recurrent_session_desc desc{};
  desc.struct_size = sizeof(desc);
  desc.threads = 1;
  desc.batch = 1;
  desc.empty_row = stream.zeroes_empty_rows ? 1 : 0;
  recurrent_session* session = nullptr;
  const int64_t size = stream.subject->info.state_size;
  const bool opened = recurrent_session_create(stream.subject->models[1].get(), &desc, &session) ==
                          RECURRENT_STATUS_OK &&
                      recurrent_session_load(session, 0, 1, states.data() + row * size, size) ==
                          RECURRENT_STATUS_OK;
  alone.sessions[1].reset(session);
  expect(opened, "session of a row: %s", recurrent_last_error());
  return alone;
}

// The outputs of one row of a run.
std::vector<float> row_outputs(const Stream& stream, const Sequence& input, int64_t row,
                               const Guarded<float>& y) {
  const int64_t width = stream.subject->info.output_size;
  const bool one_step = stream.subject->puts_out_one_step();
  std::vector<float> outputs;
  for (int64_t step = 0; step < (one_step ? 1 : input.time); ++step) {
    const int64_t at = one_step                                      ? row
                       : input.layout == RECURRENT_LAYOUT_TIME_MAJOR ? step * input.batch + row
                                                                     : row * input.time + step;
    outputs.insert(outputs.end(), y.data() + at * width, y.data() + (at + 1) * width);
  }
  return outputs;
}

}  // namespace

void run_in_pieces(World& world, Random& random) {
  Stream* stream = world.a_stream(random);
  if (!stream || !stream->subject->info.can_step || stream->batch == 0) return;
  const Subject& subject = *stream->subject;
  const int64_t time = draw_time(random, subject, stream->batch, world.limits);
  Sequence whole(random, subject, stream->batch, time);
  if (!stream->zeroes_empty_rows && one_in(random, 3)) whole.draw_lengths(random);
  world.caller.draw_mode(random);
  const int64_t outputs = output_count(subject, stream->batch, time);
  Guarded<float> y(random, outputs);
  run_alone(world, *stream, 0, whole, y);
  const bool compares =
      !subject.puts_out_one_step() || (!subject.masks() && whole.lengths.count() == 0);
  for (int64_t begin = 0; begin < time;) {
    const int64_t steps = one_in(random, 2) ? 1 : uniform(random, 1, time - begin);
    const Sequence piece = whole.steps(random, begin, steps);
    Guarded<float> part(random, output_count(subject, stream->batch, steps));
    run_alone(world, *stream, 1, piece, part);
    begin += steps;
    if (!compares || (subject.puts_out_one_step() && begin < time)) continue;
    for (int64_t row = 0; row < stream->batch; ++row) {
      const int64_t width = subject.info.output_size;
      const std::vector<float> all = row_outputs(*stream, whole, row, y);
      const std::vector<float> own = row_outputs(*stream, piece, row, part);
      const int64_t first = subject.puts_out_one_step() ? 0 : (begin - steps) * width;
      expect_equal("output of a piece", all.data() + first, own.data(),
                   static_cast<int64_t>(own.size()));
    }
  }
  expect_equal("states after pieces", stream->state(0), stream->state(1));
}

void run_rows_apart(World& world, Random& random) {
  Stream* stream = world.a_stream(random);
  if (!stream || !stream->subject->models[1] || stream->batch == 0) return;
  const Subject& subject = *stream->subject;
  if (!subject.info.can_step) begin_sequence(*stream);
  const int64_t time = draw_time(random, subject, stream->batch, world.limits);
  Sequence all(random, subject, stream->batch, time);
  if (one_in(random, 2)) all.draw_lengths(random);
  world.caller.draw_mode(random);
  const std::vector<float> before = stream->state(1);
  const int64_t outputs = output_count(subject, stream->batch, time);
  Guarded<float> y[kSides] = {{random, outputs}, {random, outputs}};
  for (int side = 0; side < kSides; ++side) run_alone(world, *stream, side, all, y[side]);
  const std::vector<float> after = stream->state(0);
  for (int64_t row = 0; row < stream->batch; ++row) {
    const Stream alone = row_of(*stream, row, before);
    const Sequence input = all.row(random, row);
    Guarded<float> own(random, output_count(subject, 1, time));
    run_alone(world, alone, 1, input, own);
    expect_equal("output of a row", row_outputs(*stream, all, row, y[0]),
                 row_outputs(alone, input, 0, own));
    const int64_t size = subject.info.state_size;
    expect_equal("states of a row", after.data() + row * size, alone.state(1).data(), size);
  }
}

}  // namespace recurrent::fuzz
