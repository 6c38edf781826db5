#include "state_operations.h"

namespace recurrent::fuzz {
namespace {

struct Rows {
  int64_t first = 0;
  int64_t count = 0;
};

// Rows of a session; `wrong` if there are none such.
Rows draw_rows(Random& random, int64_t batch, bool wrong) {
  if (!wrong) {
    const int64_t first = uniform(random, 0, batch);
    return {first, uniform(random, 0, batch - first)};
  }
  switch (uniform(random, 0, 3)) {
    case 0:
      return {-1, 1};
    case 1:
      return {batch + 1, 0};
    case 2:
      return {0, one_of<int64_t>(random, {batch + 1, -1, INT64_MAX, INT64_MIN})};
    default:
      return {batch, one_of<int64_t>(random, {1, INT64_MAX})};
  }
}

// A layer's state: layer, direction and kind, and how many elements of a row it has.
struct Place {
  int32_t layer, direction, kind;
  int64_t size;
};

// Some state of the model, or one that it may not have, of size 0.
Place draw_place(Random& random, const Subject& subject) {
  Place place{number(random, -1, subject.info.layer_count), number(random, -1, 2),
              number(random, -1, 3), 0};
  if (place.layer < 0 || place.layer >= subject.info.layer_count) return place;
  const recurrent_layer_desc& layer = subject.layers[static_cast<size_t>(place.layer)];
  const bool has_direction =
      (place.direction == RECURRENT_DIRECTION_FORWARD && layer.forward != nullptr) ||
      (place.direction == RECURRENT_DIRECTION_REVERSE && layer.reverse != nullptr);
  if (layer.kind == RECURRENT_LAYER_CONVOLUTION && has_direction &&
      place.kind == RECURRENT_STATE_HISTORY)
    place.size = test::history_size(layer);
  if (layer.kind >= RECURRENT_LAYER_DENSE || !has_direction) return place;
  if (place.kind == RECURRENT_STATE_HIDDEN) place.size = test::state_size(layer);
  if (place.kind == RECURRENT_STATE_CELL && layer.kind == RECURRENT_LAYER_LSTM)
    place.size = layer.hidden_size;
  return place;
}

}  // namespace

void reset(World& world, Random& random) {
  Stream* stream = world.a_stream(random);
  if (!stream) return;
  const bool wrong = one_in(random, 4);
  const Rows rows = draw_rows(random, stream->batch, wrong);
  world.caller.both({"recurrent_session_reset", wrong ? kInvalid : kOk,
                     [&](int side) { return stream->state(side); }},
                    [&](int side) {
                      return recurrent_session_reset(stream->sessions[side].get(), rows.first,
                                                     rows.count);
                    });
  expect_equal("states after a reset", stream->state(0), stream->state(1));
}

void save(World& world, Random& random) {
  Stream* stream = world.a_stream(random);
  if (!stream) return;
  const bool wrong = one_in(random, 4);
  const Rows rows = draw_rows(random, stream->batch, wrong);
  const int64_t count = wrong ? 8 : rows.count * stream->subject->info.state_size;
  const int64_t told = count + (one_in(random, 5) ? one_of(random, {-1, 1}) : 0);
  Guarded<float> states[kSides] = {{random, count}, {random, count}};
  Watched watched{"recurrent_session_save",
                  wrong || told != count ? kInvalid : kOk,
                  [&](int side) { return stream->state(side); },
                  {{&states[0]}, {&states[1]}}};
  const recurrent_status status = world.caller.both(watched, [&](int side) {
    return recurrent_session_save(stream->sessions[side].get(), rows.first, rows.count,
                                  states[side].data(), told);
  });
  if (status == RECURRENT_STATUS_OK)
    expect_equal("saved states", states[0].data(), states[1].data(), count);
}

void load(World& world, Random& random) {
  Stream* stream = world.a_stream(random);
  if (!stream) return;
  const bool wrong = one_in(random, 4);
  const Rows rows = draw_rows(random, stream->batch, wrong);
  const int64_t count = wrong ? 8 : rows.count * stream->subject->info.state_size;
  const int64_t told = count + (one_in(random, 5) ? one_of(random, {-1, 1}) : 0);
  const Guarded<float> states(random, draw_values(random, count, 0));
  world.caller.draw_mode(random);
  Watched watched{"recurrent_session_load", wrong || told != count ? kInvalid : kOk,
                  [&](int side) { return stream->state(side); }};
  watched.inputs = {&states};
  world.caller.both(watched, [&](int side) {
    return recurrent_session_load(stream->sessions[side].get(), rows.first, rows.count,
                                  states.data(), told);
  });
  expect_equal("states after a load", stream->state(0), stream->state(1));
}

void get_state(World& world, Random& random) {
  Stream* stream = world.a_stream(random);
  if (!stream) return;
  const Place place = draw_place(random, *stream->subject);
  const int64_t count = stream->batch * place.size;
  Guarded<float> states[kSides] = {{random, count}, {random, count}};
  Watched watched{"recurrent_session_get_state",
                  place.size > 0 ? kOk : kInvalid,
                  {},
                  {{&states[0]}, {&states[1]}}};
  const recurrent_status status = world.caller.both(watched, [&](int side) {
    return recurrent_session_get_state(stream->sessions[side].get(), place.layer, place.direction,
                                       place.kind, states[side].data(), count);
  });
  if (status == RECURRENT_STATUS_OK)
    expect_equal("a state", states[0].data(), states[1].data(), count);
}

void set_state(World& world, Random& random) {
  Stream* stream = world.a_stream(random);
  if (!stream) return;
  const Place place = draw_place(random, *stream->subject);
  const int64_t count = stream->batch * place.size;
  const int64_t told = count + (one_in(random, 6) ? one_of(random, {-1, 1}) : 0);
  const Guarded<float> states(random, draw_values(random, count, 0));
  world.caller.draw_mode(random);
  Watched watched{"recurrent_session_set_state", place.size > 0 && told == count ? kOk : kInvalid,
                  [&](int side) { return stream->state(side); }};
  watched.inputs = {&states};
  world.caller.both(watched, [&](int side) {
    return recurrent_session_set_state(stream->sessions[side].get(), place.layer, place.direction,
                                       place.kind, states.data(), told);
  });
  expect_equal("states after one was set", stream->state(0), stream->state(1));
}

void move_rows(World& world, Random& random) {
  Stream* from = world.a_stream(random);
  if (!from) return;
  Stream* to = from;
  for (const std::unique_ptr<Stream>& other : world.streams)
    if (other->subject == from->subject && one_in(random, 2)) to = other.get();
  const int64_t rows = uniform(random, 0, std::min(from->batch, to->batch));
  const int64_t source = uniform(random, 0, from->batch - rows);
  const int64_t target = uniform(random, 0, to->batch - rows);
  const int64_t count = rows * from->subject->info.state_size;
  // Across the sides: what one instruction set has computed goes on with another one.
  Guarded<float> states[kSides] = {{random, count}, {random, count}};
  Watched saved{"recurrent_session_save", kOk, {}, {{&states[0]}, {&states[1]}}};
  const recurrent_status status = world.caller.both(saved, [&](int side) {
    return recurrent_session_save(from->sessions[side].get(), source, rows, states[side].data(),
                                  count);
  });
  if (status != RECURRENT_STATUS_OK) return;
  world.caller.both({"recurrent_session_load", kOk, [&](int side) { return to->state(side); }},
                    [&](int side) {
                      return recurrent_session_load(to->sessions[side].get(), target, rows,
                                                    states[1 - side].data(), count);
                    });
  expect_equal("states after rows were moved", to->state(0), to->state(1));
}

}  // namespace recurrent::fuzz
