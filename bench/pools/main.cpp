// What a step of a stream costs: in a session of its own, in a pool, and as a row of a fixed batch.
//
//   recurrent_pools [--hidden N] [--weights N] [--rounds N]
//
// An LSTM with as many inputs as units; --weights is the number of a recurrent_weight_format. The
// three take turns, and what is printed is the median of the rounds, in nanoseconds a row. The
// fixed batch has 48 rows, of which as many are run as make up the streams.
#include <recurrent/recurrent.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <vector>

namespace {

constexpr int64_t kStreams[] = {1, 2, 4, 16, 48, 256, 1024, 4096};
constexpr int64_t kBatch = 48;
constexpr double kTurnSeconds = 0.02;

void check(recurrent_status status) {
  if (status == RECURRENT_STATUS_OK) return;
  std::fprintf(stderr, "%s\n", recurrent_last_error());
  std::exit(1);
}

std::vector<float> random_floats(std::mt19937& random, int64_t count, float bound) {
  std::uniform_real_distribution<float> draw(-bound, bound);
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = draw(random);
  return values;
}

recurrent_model* create(int32_t hidden, int32_t weights) {
  std::mt19937 random(1);
  const float bound = 1.0f / std::sqrt(static_cast<float>(hidden));
  const int64_t count = int64_t{4} * hidden * hidden;
  const std::vector<float> input = random_floats(random, count, bound);
  const std::vector<float> recurrent = random_floats(random, count, bound);
  recurrent_direction_desc direction{};
  direction.struct_size = sizeof(direction);
  direction.gate_activation = RECURRENT_ACTIVATION_SIGMOID;
  direction.input_weights = input.data();
  direction.recurrent_weights = recurrent.data();
  recurrent_layer_desc layer{};
  layer.struct_size = sizeof(layer);
  layer.kind = RECURRENT_LAYER_LSTM;
  layer.input_size = layer.hidden_size = hidden;
  layer.input_weight_format = layer.recurrent_weight_format = weights;
  layer.forward = &direction;
  recurrent_model_desc desc{};
  desc.struct_size = sizeof(desc);
  desc.layer_count = 1;
  desc.layers = &layer;
  desc.isa = RECURRENT_ISA_AUTO;
  recurrent_model* model = nullptr;
  check(recurrent_model_create(&desc, &model));
  return model;
}

recurrent_session* open_session(recurrent_model* model, int64_t batch) {
  recurrent_session_desc desc{};
  desc.struct_size = sizeof(desc);
  desc.threads = 1;
  desc.batch = batch;
  recurrent_session* session = nullptr;
  check(recurrent_session_create(model, &desc, &session));
  return session;
}

// Nanoseconds a row of a turn.
template <class Step>
double turn(int64_t rows, const Step& step) {
  using Clock = std::chrono::steady_clock;
  int64_t done = 0;
  const Clock::time_point begin = Clock::now();
  double seconds = 0;
  do {
    step();
    done += rows;
    seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  } while (seconds < kTurnSeconds);
  return 1e9 * seconds / static_cast<double>(done);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void measure(recurrent_model* model, int32_t hidden, int64_t count, int rounds) {
  std::mt19937 random(2);
  const std::vector<float> x = random_floats(random, count * hidden, 1.0f);
  std::vector<float> y(x.size());
  std::vector<recurrent_session*> sessions;
  for (int64_t i = 0; i < count; ++i) sessions.push_back(open_session(model, 1));
  recurrent_session* const batch = open_session(model, std::min(kBatch, count));
  recurrent_pool* pool = nullptr;
  check(recurrent_pool_create(model, count, &pool));
  std::vector<int64_t> streams(static_cast<size_t>(count));
  for (int64_t& stream : streams) check(recurrent_pool_open(pool, &stream));
  // As they come in practice: in no order.
  std::shuffle(streams.begin(), streams.end(), random);
  std::vector<double> times[3];
  for (int round = 0; round < rounds; ++round) {
    times[0].push_back(turn(
        count,
        [&] {
          for (int64_t i = 0; i < count; ++i)
            check(recurrent_session_step(sessions[static_cast<size_t>(i)], x.data() + i * hidden,
                                         y.data() + i * hidden));
        }));
    times[1].push_back(turn(
        count,
        [&] { check(recurrent_pool_step(pool, streams.data(), count, x.data(), y.data())); }));
    times[2].push_back(turn(std::min(kBatch, count),
                            [&] { check(recurrent_session_step(batch, x.data(), y.data())); }));
  }
  const double own = median(times[0]);
  const double pooled = median(times[1]);
  const double fixed = median(times[2]);
  std::printf("%8lld %12.1f %12.1f %12.1f %10.2fx %10.3f\n", static_cast<long long>(count), own,
              pooled, fixed, own / pooled, pooled / fixed);
  for (recurrent_session* session : sessions) recurrent_session_destroy(session);
  recurrent_session_destroy(batch);
  recurrent_pool_destroy(pool);
}

}  // namespace

int main(int argc, char** argv) {
  int32_t hidden = 128;
  int32_t weights = RECURRENT_WEIGHT_FORMAT_FLOAT32;
  int rounds = 9;
  for (int i = 1; i + 1 < argc; i += 2) {
    const int value = std::atoi(argv[i + 1]);
    if (std::strcmp(argv[i], "--hidden") == 0)
      hidden = value;
    else if (std::strcmp(argv[i], "--weights") == 0)
      weights = value;
    else if (std::strcmp(argv[i], "--rounds") == 0)
      rounds = value;
    else
      argc = 0;
  }
  if (argc % 2 == 0 || hidden < 1 || rounds < 1) {
    std::fprintf(stderr, "usage: recurrent_pools [--hidden N] [--weights N] [--rounds N]\n");
    return 2;
  }
  recurrent_model* const model = create(hidden, weights);
  std::printf("LSTM %d; nanoseconds a row\n%8s %12s %12s %12s %11s %10s\n", hidden, "streams",
              "sessions", "pool", "batch of 48", "gain", "of batch");
  for (const int64_t count : kStreams) measure(model, hidden, count, rounds);
  recurrent_model_destroy(model);
  return 0;
}
