#include "session_operations.h"

#include "sequence.h"

namespace recurrent::fuzz {
namespace {

int64_t draw_batch(Random& random, const Limits& limits) {
  const int64_t kind = uniform(random, 1, 20);
  if (limits.small) return kind <= 8 ? 1 : uniform(random, 1, 6);
  return kind == 1    ? 0
         : kind <= 7  ? 1
         : kind <= 17 ? uniform(random, 2, 9)
                      : uniform(random, 10, 40);
}

Statuses break_session(Random& random, recurrent_session_desc& desc) {
  switch (uniform(random, 0, 5)) {
    case 0:
      desc.struct_size = wrong_size(random, sizeof(desc));
      break;
    case 1:
      desc.threads = one_of(random, {0, -1, RECURRENT_MAX_THREADS + 1, 1 << 30});
      break;
    case 2:
      desc.batch = one_of<int64_t>(random, {-1, int64_t{1} << 31, INT64_MAX, INT64_MIN});
      break;
    case 3:
      desc.empty_row = no_value(random, RECURRENT_EMPTY_ROW_ZEROES_STATE);
      break;
    case 4:
      desc.pin_threads = one_of(random, {-1, 2, 1 << 20});
      break;
    default:
      // Valid, and more than there is; or a model without states, which needs nothing for a row.
      desc.batch = one_of<int64_t>(random, {INT32_MAX, int64_t{1} << 29});
      return kOutOfMemory | kOk;
  }
  return kInvalid;
}

// A step of a row of no state and no output would be valid whatever it is given.
bool reads_something(const Stream& stream) { return stream.batch > 0; }

}  // namespace

Stream* open_session(World& world, Random& random) {
  auto stream = std::make_unique<Stream>();
  stream->subject = world.a_subject(random);
  if (!stream->subject) return nullptr;
  recurrent_session_desc desc{};
  desc.struct_size = sizeof(desc);
  desc.batch = stream->batch = draw_batch(random, world.limits);
  desc.empty_row = number(random, 0, 1);
  stream->zeroes_empty_rows = desc.empty_row == RECURRENT_EMPTY_ROW_ZEROES_STATE;
  for (int32_t& threads : stream->threads) threads = one_in(random, 2) ? 1 : number(random, 2, 4);
  desc.pin_threads = one_in(random, 12) ? 1 : 0;
  // Whether there are processors enough must not be a matter of the side.
  if (desc.pin_threads) stream->threads[1] = stream->threads[0];
  world.note(text("batch %d, threads %d and %d", static_cast<int>(desc.batch), stream->threads[0],
                  stream->threads[1]));
  const Statuses expected = desc.pin_threads ? kOk | kUnavailable | kInvalid : kOk;
  const auto open = [&](int side) {
    recurrent_session_desc mine = desc;
    mine.threads = stream->threads[side];
    recurrent_session* session = nullptr;
    const recurrent_status status =
        recurrent_session_create(stream->subject->models[side].get(), &mine, &session);
    stream->sessions[side].reset(session);
    return status;
  };
  if (world.caller.both({"recurrent_session_create", expected}, open) != RECURRENT_STATUS_OK)
    return nullptr;
  return world.streams.emplace_back(std::move(stream)).get();
}

void open_broken_session(World& world, Random& random) {
  const std::shared_ptr<Subject> subject = world.a_subject(random);
  if (!subject) return;
  recurrent_session_desc desc{};
  desc.struct_size = sizeof(desc);
  desc.threads = number(random, 1, 2);
  desc.batch = 2;
  const Statuses expected = break_session(random, desc);
  world.caller.both({"recurrent_session_create of a fault", expected}, [&](int side) {
    recurrent_session* session = reinterpret_cast<recurrent_session*>(uintptr_t{64});
    const recurrent_status status =
        recurrent_session_create(subject->models[side].get(), &desc, &session);
    if (status == RECURRENT_STATUS_OK)
      recurrent_session_destroy(session);
    else if (session != nullptr)
      return RECURRENT_STATUS_INTERNAL;
    return status;
  });
}

void step(World& world, Random& random) {
  Stream* stream = world.a_stream(random);
  if (!stream) return;
  world.caller.draw_mode(random);
  Sequence input(random, *stream->subject, stream->batch, 1);
  const int64_t outputs = stream->batch * stream->subject->info.output_size;
  const bool wants_output = !one_in(random, 6);
  const bool by_buffers = one_in(random, 3);
  Guarded<float> y[kSides] = {{random, outputs}, {random, outputs}};
  Watched watched{"recurrent_session_step",
                  stream->subject->info.can_step ? kOk : kNotSupported,
                  [&](int side) { return stream->state(side); },
                  {{&y[0]}, {&y[1]}},
                  input.guards()};
  const recurrent_status status = world.caller.both(watched, [&](int side) {
    recurrent_session* session = stream->sessions[side].get();
    float* out = wants_output ? y[side].data() : nullptr;
    if (by_buffers) {
      const bool indices = stream->subject->takes_indices();
      const recurrent_input_buffer given{
          sizeof(given), 0, "x",
          indices ? static_cast<const void*>(input.indices.data()) : input.x.data(),
          indices ? stream->batch : input.x.count()};
      const recurrent_output_buffer wanted{sizeof(wanted), 0, nullptr, out, out ? outputs : 0};
      return recurrent_session_step_buffers(session, &given, 1, &wanted, 1);
    }
    return stream->subject->takes_indices()
               ? recurrent_session_step_indices(session, input.indices.data(), out)
               : recurrent_session_step(session, input.x.data(), out);
  });
  if (status == RECURRENT_STATUS_OK && wants_output)
    expect_equal("output of a step", y[0].data(), y[1].data(), outputs);
  expect_equal("states after a step", stream->state(0), stream->state(1));
}

void step_wrongly(World& world, Random& random) {
  Stream* stream = world.a_stream(random);
  if (!stream || !reads_something(*stream)) return;
  const Subject& subject = *stream->subject;
  const int64_t fault = uniform(random, 0, 4);
  Sequence input(random, subject, stream->batch, 1);
  const int64_t outputs = stream->batch * subject.info.output_size;
  Guarded<float> y[kSides] = {{random, outputs}, {random, outputs}};
  std::vector<int32_t> outside(static_cast<size_t>(stream->batch));
  outside[static_cast<size_t>(uniform(random, 0, stream->batch - 1))] =
      one_of(random, {-1, subject.info.vocabulary_size, 1 << 30});
  const int64_t overlap = subject.takes_indices() ? 0 : uniform(random, 0, input.x.count() - 1);
  Watched watched{"recurrent_session_step of a fault",
                  subject.info.can_step ? kInvalid : kInvalid | kNotSupported,
                  [&](int side) { return stream->state(side); },
                  {{&y[0]}, {&y[1]}},
                  input.guards()};
  world.caller.both(watched, [&](int side) {
    recurrent_session* session = stream->sessions[side].get();
    float* out = y[side].data();
    const bool indices = subject.takes_indices();
    if (fault == 0) return recurrent_session_step(nullptr, input.x.data(), out);
    if (fault == 1) {
      return indices ? recurrent_session_step_indices(session, nullptr, out)
                     : recurrent_session_step(session, nullptr, out);
    }
    // What the model does not take.
    if (fault == 2) {
      return indices ? recurrent_session_step(session, out, nullptr)
                     : recurrent_session_step_indices(session, outside.data(), out);
    }
    if (indices) return recurrent_session_step_indices(session, outside.data(), out);
    // Output and input overlap.
    float* const x = const_cast<float*>(input.x.data());
    return recurrent_session_step(session, x, x + overlap);
  });
}

void warm_up(World& world, Random& random) {
  Stream* stream = world.a_stream(random);
  if (!stream) return;
  const bool is_wrong = one_in(random, 5);
  const int64_t time = is_wrong ? one_of<int64_t>(random, {0, -1, int64_t{1} << 31, INT64_MAX})
                                : draw_time(random, *stream->subject, stream->batch, world.limits);
  world.caller.draw_mode(random);
  const std::vector<float> before = stream->state(0);
  world.caller.both(
      {"recurrent_session_warmup", is_wrong ? kInvalid : kOk,
       [&](int side) { return stream->state(side); }},
      [&](int side) { return recurrent_session_warmup(stream->sessions[side].get(), time); });
  expect_equal("states after a warm-up", before, stream->state(0));
}

void explain(World& world, Random& random) {
  Stream* stream = world.a_stream(random);
  if (!stream) return;
  const int64_t time = one_of<int64_t>(random, {1, 2, 50, 100000, 0, -1});
  const int64_t capacity = one_of<int64_t>(random, {0, 1, 3, 40, -1});
  const bool sized = !one_in(random, 5);
  const Statuses expected = time < 1 || capacity < 0 || (!sized && capacity > 0) ? kInvalid : kOk;
  std::vector<recurrent_plan_candidate> ways(static_cast<size_t>(std::max<int64_t>(capacity, 0)));
  for (recurrent_plan_candidate& way : ways) way.struct_size = sized ? sizeof(way) : 1;
  int64_t count = -1;
  const recurrent_status status =
      world.caller.both({"recurrent_session_explain", expected}, [&](int side) {
        return recurrent_session_explain(stream->sessions[side].get(), time, ways.data(), capacity,
                                         &count);
      });
  expect(status != RECURRENT_STATUS_OK || count > 0, "a session knows no way to compute");
}

void close_session(World& world, Random& random) {
  if (world.streams.empty()) return;
  const int64_t last = static_cast<int64_t>(world.streams.size()) - 1;
  world.streams.erase(world.streams.begin() + uniform(random, 0, last));
}

}  // namespace recurrent::fuzz
