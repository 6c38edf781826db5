// Streams of a pool against sessions of their own: the same bits, whatever joins, leaves and is
// computed together.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "allocation_count.h"
#include "native_session.h"
#include "random_graph.h"

namespace recurrent::test {
namespace {

struct DestroyPool {
  void operator()(recurrent_pool* pool) const { recurrent_pool_destroy(pool); }
};
using PoolHandle = std::unique_ptr<recurrent_pool, DestroyPool>;

PoolHandle open_pool(const ModelHandle& model, int64_t capacity) {
  recurrent_pool* pool = nullptr;
  EXPECT_OK(recurrent_pool_create(model.get(), capacity, &pool));
  return PoolHandle(pool);
}

int64_t open_stream(const PoolHandle& pool) {
  int64_t stream = 0;
  EXPECT_OK(recurrent_pool_open(pool.get(), &stream));
  return stream;
}

recurrent_pool_info info_of(const PoolHandle& pool) {
  recurrent_pool_info info{};
  info.struct_size = sizeof(info);
  EXPECT_OK(recurrent_pool_get_info(pool.get(), &info));
  return info;
}

// A graph that can be stepped, with weights in formats at random.
OwnedGraph causal_graph(Random& random, int64_t largest) {
  for (;;) {
    OwnedGraph graph = random_graph(random, largest);
    if (graph.can_step() && graph.least_time() <= 1) return graph;
  }
}

void choose_formats_of(Random& random, GraphDescription& description) {
  for (recurrent_layer_desc& layer : description.layers) {
    const bool recurs = layer.kind < RECURRENT_LAYER_DENSE;
    const auto format = [&] { return static_cast<int32_t>(uniform(random, 0, 3)); };
    if (recurs || layer.kind == RECURRENT_LAYER_DENSE || layer.kind == RECURRENT_LAYER_CONVOLUTION)
      layer.input_weight_format = format();
    if (recurs) layer.recurrent_weight_format = format();
  }
}

ModelHandle create(const GraphDescription& description) {
  recurrent_model* model = nullptr;
  EXPECT_OK(recurrent_model_create(&description.desc, &model));
  return ModelHandle(model);
}

// The arrays of a call for some streams, each with some steps.
class Arrays {
 public:
  Arrays(Random& random, const OwnedGraph& graph, std::vector<int32_t> steps)
      : graph_(graph), steps_(std::move(steps)) {
    for (const int32_t count : steps_) all_ += count;
    for (int32_t i = 0; i < graph.input_count(); ++i) {
      const GraphValue& value = graph.values[static_cast<size_t>(i)];
      const int64_t rows = rows_of(value.kind);
      std::vector<int32_t>& indices = indices_.emplace_back();
      std::vector<float>& floats = floats_.emplace_back();
      if (value.kind == RECURRENT_VALUE_INDICES)
        for (int64_t k = 0; k < rows; ++k)
          indices.push_back(static_cast<int32_t>(uniform(random, 0, value.size - 1)));
      else
        floats = random_values(random, rows * value.size, 1.0f);
      // Some steps are those that the mask value stands for.
      if (graph.masking && value.kind == RECURRENT_VALUE_SEQUENCE)
        for (int64_t k = 0; k < rows; ++k)
          if (uniform(random, 1, 5) == 1)
            std::fill_n(floats.begin() + k * value.size, value.size, graph.mask_value);
    }
    if (graph.masking && uniform(random, 1, 2) == 1)
      for (int64_t k = 0; k < all_; ++k) present_.push_back(uniform(random, 1, 4) > 1);
  }

  // The outputs of a pool: all streams of an output side by side.
  std::vector<std::vector<float>> of_pool(const PoolHandle& pool,
                                          const std::vector<int64_t>& streams) const {
    std::vector<std::vector<float>> y;
    for (size_t i = 0; i < graph_.outputs.size(); ++i)
      y.emplace_back(static_cast<size_t>(rows_of(graph_.output(i).kind) * graph_.output(i).size),
                     -7.0f);
    const std::vector<recurrent_input_buffer> inputs = inputs_of(0, 0, rows_of(-1), all_);
    const std::vector<recurrent_output_buffer> outputs = outputs_to(y);
    recurrent_pool_run_args args{};
    args.struct_size = sizeof(args);
    args.streams = streams.data();
    args.stream_count = static_cast<int64_t>(streams.size());
    const bool is_one_each =
        std::all_of(steps_.begin(), steps_.end(), [](int32_t n) { return n == 1; });
    if (!is_one_each || streams.size() % 2 == 0) {
      args.steps = steps_.data();
      args.steps_count = static_cast<int64_t>(steps_.size());
    }
    args.present = present_.empty() ? nullptr : present_.data();
    args.present_count = static_cast<int64_t>(present_.size());
    args.inputs = inputs.data();
    args.input_count = static_cast<int32_t>(inputs.size());
    args.outputs = outputs.data();
    args.output_count = static_cast<int32_t>(outputs.size());
    EXPECT_OK(recurrent_pool_run(pool.get(), &args));
    return y;
  }

  // The same of sessions of one row.
  std::vector<std::vector<float>> of_sessions(
      const std::vector<recurrent_session*>& sessions) const {
    std::vector<std::vector<float>> y(graph_.outputs.size());
    int64_t step = 0;
    for (size_t s = 0; s < sessions.size(); ++s) {
      const int64_t count = steps_[s];
      std::vector<std::vector<float>> own;
      for (size_t i = 0; i < graph_.outputs.size(); ++i) {
        const GraphValue& value = graph_.output(i);
        const int64_t rows = value.kind == RECURRENT_VALUE_ROW ? 1 : count;
        own.emplace_back(static_cast<size_t>(rows * value.size), 0.0f);
      }
      const std::vector<recurrent_input_buffer> inputs =
          inputs_of(static_cast<int64_t>(s), step, 1, count);
      const std::vector<recurrent_output_buffer> outputs = outputs_to(own);
      recurrent_run_args args{};
      args.struct_size = sizeof(args);
      args.layout = RECURRENT_LAYOUT_BATCH_MAJOR;
      args.time = count;
      args.present = present_.empty() || count == 0 ? nullptr : present_.data() + step;
      args.present_count = args.present ? count : 0;
      args.inputs = inputs.data();
      args.input_count = static_cast<int32_t>(inputs.size());
      args.outputs = outputs.data();
      args.output_count = static_cast<int32_t>(outputs.size());
      EXPECT_OK(recurrent_session_run(sessions[s], &args));
      for (size_t i = 0; i < y.size(); ++i) y[i].insert(y[i].end(), own[i].begin(), own[i].end());
      step += count;
    }
    return y;
  }

 private:
  int64_t rows_of(int32_t kind) const {
    return kind == RECURRENT_VALUE_ROW || kind < 0 ? static_cast<int64_t>(steps_.size()) : all_;
  }
  std::vector<recurrent_input_buffer> inputs_of(int64_t stream, int64_t step, int64_t streams,
                                                int64_t steps) const {
    std::vector<recurrent_input_buffer> inputs;
    for (size_t i = 0; i < floats_.size(); ++i) {
      const GraphValue& value = graph_.values[i];
      recurrent_input_buffer& input = inputs.emplace_back();
      input.struct_size = sizeof(input);
      const bool is_row = value.kind == RECURRENT_VALUE_ROW;
      input.count = is_row ? streams : steps;
      if (value.kind == RECURRENT_VALUE_INDICES) {
        input.data = indices_[i].data() + step;
      } else {
        input.data = floats_[i].data() + (is_row ? stream : step) * value.size;
        input.count *= value.size;
      }
    }
    return inputs;
  }
  static std::vector<recurrent_output_buffer> outputs_to(std::vector<std::vector<float>>& y) {
    std::vector<recurrent_output_buffer> outputs;
    for (std::vector<float>& values : y) {
      recurrent_output_buffer& output = outputs.emplace_back();
      output.struct_size = sizeof(output);
      output.data = values.data();
      output.count = static_cast<int64_t>(values.size());
    }
    return outputs;
  }

  const OwnedGraph& graph_;
  const std::vector<int32_t> steps_;
  int64_t all_ = 0;
  std::vector<std::vector<float>> floats_;
  std::vector<std::vector<int32_t>> indices_;
  std::vector<uint8_t> present_;
};

// Random joins, leaves, steps, resets, moves and other weights.
class Program {
 public:
  Program(unsigned seed, int32_t isa)
      : random_(seed),
        graph_(causal_graph(random_, seed % 4 == 0 ? 40 : 9)),
        description_(graph_, isa),
        what_("seed " + std::to_string(seed) + ": " + graph_.describe()) {
    if (seed % 2 == 0) choose_formats_of(random_, description_);
    model_ = create(description_);
    pools_[0] = open_pool(model_, kCapacity);
    pools_[1] = open_pool(model_, kCapacity);
  }

  void run(int operations) {
    for (int i = 0; i < operations; ++i) {
      switch (uniform(random_, 1, 9)) {
        case 1:
        case 2:
          for (int64_t n = uniform(random_, 1, 30); n > 0; --n) open();
          break;
        case 3:
          close();
          break;
        case 4:
          reset();
          break;
        case 5:
          move();
          break;
        case 6:
          if (uniform(random_, 1, 3) == 1) replace();
          break;
        default:
          advance();
          break;
      }
      if (::testing::Test::HasFatalFailure()) return;
    }
  }

 private:
  static constexpr int64_t kCapacity = 120;
  using Streams = std::map<int64_t, SessionHandle>;  // each beside its session

  void open() {
    const size_t pool = which();
    if (streams_[pool].size() == kCapacity) return;
    const int64_t stream = open_stream(pools_[pool]);
    ASSERT_TRUE(streams_[0].count(stream) + streams_[1].count(stream) == 0) << what_;
    streams_[pool][stream] = open_session(model_, 1);
  }
  void close() {
    const size_t pool = which();
    for (const int64_t stream : choose(pool, 5)) {
      ASSERT_OK(recurrent_pool_close(pools_[pool].get(), stream));
      EXPECT_INVALID(recurrent_pool_close(pools_[pool].get(), stream), "streams[0]");
      streams_[pool].erase(stream);
    }
    EXPECT_EQ(info_of(pools_[pool]).open, static_cast<int64_t>(streams_[pool].size()));
  }
  void reset() {
    const size_t pool = which();
    const std::vector<int64_t> chosen = choose(pool, 10);
    ASSERT_OK(recurrent_pool_reset(pools_[pool].get(), chosen.data(), count(chosen)));
    for (const int64_t stream : chosen)
      ASSERT_OK(recurrent_session_reset(streams_[pool][stream].get(), 0, 1));
  }
  // Into a stream of the other pool.
  void move() {
    const std::vector<int64_t> from = choose(0, 10);
    const std::vector<int64_t> to = choose(1, count(from));
    const auto size = static_cast<size_t>(info_of(pools_[0]).state_size);
    std::vector<float> states(to.size() * size);
    const auto all = static_cast<int64_t>(states.size());
    ASSERT_OK(recurrent_pool_save(pools_[0].get(), from.data(), count(to), states.data(), all));
    ASSERT_OK(recurrent_pool_load(pools_[1].get(), to.data(), count(to), states.data(), all));
    for (size_t i = 0; i < to.size(); ++i) {
      std::vector<float> state(size);
      const auto one = static_cast<int64_t>(size);
      ASSERT_OK(recurrent_session_save(streams_[0][from[i]].get(), 0, 1, state.data(), one));
      ASSERT_EQ(first_difference(state.data(), states.data() + i * size, one), -1) << what_;
      ASSERT_OK(recurrent_session_load(streams_[1][to[i]].get(), 0, 1, state.data(), one));
    }
  }
  void replace() {
    for (OwnedLayer& layer : graph_.layers)
      for (OwnedDirection* direction : {layer.forward.get(), layer.reverse.get()})
        if (direction)
          for (float& weight : direction->input_weights) weight *= 0.75f;
    model_ = create(description_);
    const auto size = info_of(pools_[0]).state_size;
    std::vector<float> state(static_cast<size_t>(size));
    for (const size_t pool : {size_t{0}, size_t{1}}) {
      ASSERT_OK(recurrent_pool_replace(pools_[pool].get(), model_.get()));
      for (auto& [stream, session] : streams_[pool]) {
        ASSERT_OK(recurrent_session_save(session.get(), 0, 1, state.data(), size));
        session = open_session(model_, 1);
        ASSERT_OK(recurrent_session_load(session.get(), 0, 1, state.data(), size));
      }
    }
  }
  void advance() {
    const size_t pool = which();
    const std::vector<int64_t> chosen = choose(pool, uniform(random_, 1, 4) == 1 ? 1 : kCapacity);
    std::vector<int32_t> steps(chosen.size(), static_cast<int32_t>(uniform(random_, 1, 4)));
    const int64_t kind = uniform(random_, 1, 3);
    for (int32_t& each : steps)
      each = kind == 1 ? 1 : kind == 2 ? each : static_cast<int32_t>(uniform(random_, 0, 4));
    const Arrays arrays(random_, graph_, steps);
    std::vector<recurrent_session*> sessions;
    for (const int64_t stream : chosen) sessions.push_back(streams_[pool][stream].get());
    expect_same(arrays.of_sessions(sessions), arrays.of_pool(pools_[pool], chosen),
                what_ + ", " + std::to_string(chosen.size()) + " streams");
  }

  size_t which() { return static_cast<size_t>(uniform(random_, 0, 1)); }
  static int64_t count(const std::vector<int64_t>& streams) {
    return static_cast<int64_t>(streams.size());
  }
  // Some of a pool's streams, in any order.
  std::vector<int64_t> choose(size_t pool, int64_t most) {
    std::vector<int64_t> all;
    for (const auto& [stream, session] : streams_[pool]) all.push_back(stream);
    std::shuffle(all.begin(), all.end(), random_);
    all.resize(static_cast<size_t>(uniform(random_, 0, std::min(most, count(all)))));
    return all;
  }

  Random random_;
  OwnedGraph graph_;
  GraphDescription description_;
  std::string what_;
  ModelHandle model_;
  PoolHandle pools_[2];
  Streams streams_[2];
};

class Pools : public EveryIsa {};
INSTANTIATE_ON_EVERY_ISA(Pools);

TEST_P(Pools, GiveTheBitsOfSessions) {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    Program program(seed, GetParam());
    program.run(25);
    ASSERT_FALSE(HasFatalFailure());
  }
}

// An LSTM with a pool and streams, for what has nothing to do with kinds of layers.
struct Small {
  explicit Small(int64_t capacity = 8) {
    Random random(3);
    owned.add(random_layer(random, RECURRENT_LAYER_LSTM, 3, 8, false));
    model = make_model(owned, RECURRENT_ISA_AUTO);
    pool = open_pool(model, capacity);
    width = output_size(owned.layers[0].desc);
  }
  std::vector<float> states(const std::vector<int64_t>& streams) const {
    std::vector<float> all(streams.size() * static_cast<size_t>(info_of(pool).state_size));
    EXPECT_OK(recurrent_pool_save(pool.get(), streams.data(), static_cast<int64_t>(streams.size()),
                                  all.data(), static_cast<int64_t>(all.size())));
    return all;
  }
  recurrent_status step(const std::vector<int64_t>& streams) {
    const std::vector<float> x(streams.size() * 3, 0.5f);
    std::vector<float> y(streams.size() * static_cast<size_t>(width));
    return recurrent_pool_step(pool.get(), streams.data(), static_cast<int64_t>(streams.size()),
                               x.data(), y.data());
  }

  OwnedModel owned;
  ModelHandle model;
  PoolHandle pool;
  int64_t width = 0;
};

TEST(Pool, RefusesStreamsWithNothingChanged) {
  Small small;
  Small other;
  const int64_t a = open_stream(small.pool);
  const int64_t b = open_stream(small.pool);
  const int64_t foreign = open_stream(other.pool);
  ASSERT_OK(small.step({a, b}));
  const std::vector<float> before = small.states({a, b});
  EXPECT_INVALID(small.step({a, b, a}), "streams[2]: expected every stream once");
  EXPECT_INVALID(small.step({a, 0}), "streams[1]: expected an open stream of this pool, found 0");
  EXPECT_INVALID(small.step({b, foreign}), "streams[1]: expected an open stream of this pool");
  EXPECT_INVALID(small.step({b, -1}), "streams[1]");
  const int64_t stale = open_stream(small.pool);
  ASSERT_OK(recurrent_pool_close(small.pool.get(), stale));
  EXPECT_INVALID(small.step({a, stale}), "streams[1]");
  const int64_t again = open_stream(small.pool);
  EXPECT_NE(again, stale);
  EXPECT_INVALID(small.step({again, stale}), "streams[1]: expected an open stream of this pool");
  EXPECT_EQ(small.states({a, b}), before);
  ASSERT_OK(small.step({a, b, again}));
}

TEST(Pool, IsFullWithItsCapacity) {
  Small small(2);
  const int64_t a = open_stream(small.pool);
  open_stream(small.pool);
  int64_t third = 1;
  EXPECT_REFUSED(recurrent_pool_open(small.pool.get(), &third), RECURRENT_STATUS_UNAVAILABLE,
                 "all 2 open");
  EXPECT_EQ(third, 0);
  ASSERT_OK(recurrent_pool_close(small.pool.get(), a));
  open_stream(small.pool);
  recurrent_pool* none = nullptr;
  EXPECT_INVALID(recurrent_pool_create(small.model.get(), 0, &none), "capacity: expected 1 to");
}

TEST(Pool, RefusesModelsThatNeedWholeSequencesOrDifferInMoreThanWeights) {
  Random random(4);
  OwnedModel both;
  OwnedLayer layer = random_layer(random, RECURRENT_LAYER_GRU, 3, 8, true);
  while (!layer.reverse) layer = random_layer(random, RECURRENT_LAYER_GRU, 3, 8, true);
  both.add(std::move(layer));
  const ModelHandle whole = make_model(both, RECURRENT_ISA_AUTO);
  recurrent_pool* none = nullptr;
  EXPECT_REFUSED(recurrent_pool_create(whole.get(), 4, &none), RECURRENT_STATUS_NOT_SUPPORTED,
                 "reverse direction");
  Small small;
  OwnedModel gru;
  gru.add(random_layer(random, RECURRENT_LAYER_GRU, 3, 8, false));
  const ModelHandle another = make_model(gru, RECURRENT_ISA_AUTO);
  EXPECT_INVALID(recurrent_pool_replace(small.pool.get(), another.get()), "model: expected");
  ASSERT_OK(small.step({open_stream(small.pool)}));
}

TEST(Pool, HoldsLittleMoreThanStates) {
  Small small(1000);
  const recurrent_pool_info info = info_of(small.pool);
  const int64_t padded = 2 * ((small.width + 15) / 16 * 16) * int64_t{sizeof(float)};
  const int64_t most = info.capacity * (padded + 32);
  EXPECT_LE(info.bytes, most + 4096);
}

TEST(Pool, StepsWithoutAllocating) {
  Small small(200);
  std::vector<int64_t> streams;
  for (int i = 0; i < 150; ++i) streams.push_back(open_stream(small.pool));
  const std::vector<float> x(streams.size() * 3, 0.5f);
  std::vector<float> y(streams.size() * static_cast<size_t>(small.width));
  const auto step = [&](int64_t count) {
    return recurrent_pool_step(small.pool.get(), streams.data(), count, x.data(), y.data());
  };
  ASSERT_OK(step(150));
  ASSERT_OK(step(1));
  const int64_t before = allocations();
  for (const int64_t count : {150, 1, 47, 48, 49, 97}) EXPECT_OK(step(count));
  EXPECT_EQ(allocations(), before);
}

// Streams of one pool by threads of their own, others closed and opened meanwhile.
TEST(Pool, ServesThreadsAtOnce) {
  constexpr int kThreads = 4;
  constexpr int kSteps = 300;
  Small small(64);
  std::vector<std::vector<int64_t>> mine(kThreads);
  for (std::vector<int64_t>& streams : mine)
    for (int i = 0; i < 7; ++i) streams.push_back(open_stream(small.pool));
  std::atomic<int> refused{0};
  std::vector<std::thread> threads;
  for (std::vector<int64_t>& streams : mine)
    threads.emplace_back([&small, &streams, &refused] {
      for (int i = 0; i < kSteps; ++i) {
        if (small.step(streams) != RECURRENT_STATUS_OK) ++refused;
        int64_t passing = 0;
        if (recurrent_pool_open(small.pool.get(), &passing) != RECURRENT_STATUS_OK ||
            small.step({passing}) != RECURRENT_STATUS_OK ||
            recurrent_pool_close(small.pool.get(), passing) != RECURRENT_STATUS_OK)
          ++refused;
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(refused, 0);
  const SessionHandle session = open_session(small.model, 1);
  const std::vector<float> x(3, 0.5f);
  std::vector<float> y(static_cast<size_t>(small.width));
  for (int i = 0; i < kSteps; ++i)
    ASSERT_OK(recurrent_session_step(session.get(), x.data(), y.data()));
  std::vector<float> want(static_cast<size_t>(info_of(small.pool).state_size));
  const auto size = static_cast<int64_t>(want.size());
  ASSERT_OK(recurrent_session_save(session.get(), 0, 1, want.data(), size));
  for (const std::vector<int64_t>& streams : mine)
    for (const int64_t stream : streams)
      EXPECT_EQ(first_difference(small.states({stream}).data(), want.data(), size), -1);
}

// A stream that is closed or another pool's has the place of one that is open: whoever names it is
// refused, and nobody else.
TEST(Pool, StaleStreamsStandInNobodysWay) {
  Small small;
  Small other;
  const int64_t stale = open_stream(small.pool);
  ASSERT_OK(recurrent_pool_close(small.pool.get(), stale));
  const int64_t good = open_stream(small.pool);
  const int64_t foreign = open_stream(other.pool);
  std::atomic<bool> done{false};
  std::atomic<int64_t> wrong{0};
  std::thread thread([&] {
    while (!done)
      for (const int64_t stream : {stale, foreign})
        if (small.step({stream}) != RECURRENT_STATUS_INVALID_ARGUMENT) ++wrong;
  });
  int64_t refused = 0;
  for (int i = 0; i < 20000; ++i) refused += small.step({good}) != RECURRENT_STATUS_OK;
  done = true;
  thread.join();
  EXPECT_EQ(refused, 0);
  EXPECT_EQ(wrong, 0);
}

// However many calls there are, the one that replaces the model has its turn.
TEST(Pool, ReplacesTheModelBetweenCallsThatNeverEnd) {
  Small small(64);
  const Small better;
  std::atomic<bool> done{false};
  std::atomic<int64_t> refused{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    std::vector<int64_t> mine;
    for (int i = 0; i < 16; ++i) mine.push_back(open_stream(small.pool));
    threads.emplace_back([&, mine] {
      while (!done)
        if (small.step(mine) != RECURRENT_STATUS_OK) ++refused;
    });
  }
  std::atomic<int> replaced{0};
  std::thread replacing([&] {
    for (; replaced < 200 && !done; ++replaced)
      EXPECT_OK(recurrent_pool_replace(small.pool.get(), better.model.get()));
  });
  // Without a turn it would wait for as long as the others go on.
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (replaced < 200 && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_EQ(replaced, 200);
  done = true;
  replacing.join();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(refused, 0);
}

TEST(Pool, RefusesOutputsOverWhatSaysWhoTheyAreFor) {
  Small small;
  const int64_t a = open_stream(small.pool);
  const int64_t b = open_stream(small.pool);
  const std::vector<float> x(2 * 3, 0.5f);
  std::vector<int64_t> streams(64);
  streams[0] = a;
  streams[1] = b;
  auto* const over = reinterpret_cast<float*>(&streams[1]);
  EXPECT_INVALID(recurrent_pool_step(small.pool.get(), streams.data(), 2, x.data(), over),
                 "y: expected memory that does not overlap streams");
  const int64_t states = 2 * info_of(small.pool).state_size;
  EXPECT_INVALID(recurrent_pool_save(small.pool.get(), streams.data(), 2, over, states),
                 "states: expected memory that does not overlap streams");
  std::vector<int32_t> steps(128, 1);
  recurrent_pool_run_args args{};
  args.struct_size = sizeof(args);
  args.streams = streams.data();
  args.stream_count = 2;
  args.steps = steps.data();
  args.steps_count = 2;
  args.x = x.data();
  args.x_count = 6;
  args.y = over;
  args.y_count = 2 * small.width;
  EXPECT_INVALID(recurrent_pool_run(small.pool.get(), &args),
                 "y: expected memory that does not overlap streams");
  args.y = reinterpret_cast<float*>(&steps[1]);
  EXPECT_INVALID(recurrent_pool_run(small.pool.get(), &args),
                 "y: expected memory that does not overlap steps");
  const recurrent_output_buffer y{sizeof(y), 0, nullptr, args.y, args.y_count};
  args.y = nullptr;
  args.y_count = 0;
  args.outputs = &y;
  args.output_count = 1;
  EXPECT_INVALID(recurrent_pool_run(small.pool.get(), &args),
                 "outputs[y]: expected memory that does not overlap steps");
  ASSERT_OK(small.step({a, b}));
}

// Whether a step is missing is a matter of the model.
TEST(Pool, RefusesAModelWithAnotherMaskValue) {
  Small small;
  const auto masked = [&](float value) {
    return make_model(small.owned, RECURRENT_ISA_AUTO, RECURRENT_GEMM_BUILTIN,
                      {RECURRENT_OUTPUT_EVERY_STEP, RECURRENT_MASKING_ZERO, value});
  };
  const ModelHandle model = masked(-1.0f);
  const ModelHandle same = masked(-1.0f);
  const ModelHandle other = masked(2.0f);
  const PoolHandle pool = open_pool(model, 2);
  EXPECT_INVALID(recurrent_pool_replace(pool.get(), other.get()),
                 "model: expected the mask value of the pool's model, -1, found 2");
  EXPECT_INVALID(recurrent_pool_replace(pool.get(), small.model.get()), "model: expected");
  EXPECT_OK(recurrent_pool_replace(pool.get(), same.get()));
}

// Names are longer than what a string holds without asking for memory.
TEST(Pool, RunsWithBuffersByNameWithoutAllocating) {
  Random random(6);
  OwnedGraph graph;
  do graph = causal_graph(random, 9);
  while (graph.input_count() < 2 || graph.masking != RECURRENT_MASKING_NONE);
  GraphDescription description(graph);
  std::vector<std::string> names;
  for (const std::string& name : graph.names) names.push_back(name + std::string(40, '_'));
  std::vector<recurrent_input_desc> inputs(description.desc.inputs,
                                           description.desc.inputs + description.desc.input_count);
  std::vector<recurrent_output_desc> outputs(
      description.desc.outputs, description.desc.outputs + description.desc.output_count);
  for (size_t i = 0; i < inputs.size(); ++i) inputs[i].name = names[i].c_str();
  for (size_t i = 0; i < outputs.size(); ++i) outputs[i].name = names[inputs.size() + i].c_str();
  description.desc.inputs = inputs.data();
  description.desc.outputs = outputs.data();
  const ModelHandle model = create(description);
  const PoolHandle pool = open_pool(model, 100);
  const SessionHandle session = open_session(model, 100);
  std::vector<int64_t> streams;
  for (int i = 0; i < 100; ++i) streams.push_back(open_stream(pool));
  std::vector<std::vector<float>> memory;
  std::vector<recurrent_input_buffer> x;
  std::vector<recurrent_output_buffer> y;
  const std::vector<int32_t> indices(streams.size(), 0);
  for (size_t i = 0; i < inputs.size(); ++i) {
    const GraphValue& value = graph.values[i];
    const bool is_index = value.kind == RECURRENT_VALUE_INDICES;
    memory.emplace_back(streams.size() * static_cast<size_t>(is_index ? 1 : value.size), 0.5f);
    x.push_back({sizeof(x[0]), 0, inputs[i].name,
                 is_index ? static_cast<const void*>(indices.data()) : memory.back().data(),
                 static_cast<int64_t>(memory.back().size())});
  }
  for (size_t i = 0; i < outputs.size(); ++i) {
    memory.emplace_back(streams.size() * static_cast<size_t>(graph.output(i).size));
    y.push_back({sizeof(y[0]), 0, outputs[i].name, memory.back().data(),
                 static_cast<int64_t>(memory.back().size())});
  }
  recurrent_pool_run_args args{};
  args.struct_size = sizeof(args);
  args.streams = streams.data();
  args.stream_count = static_cast<int64_t>(streams.size());
  args.inputs = x.data();
  args.input_count = static_cast<int32_t>(x.size());
  args.outputs = y.data();
  args.output_count = static_cast<int32_t>(y.size());
  const auto step = [&] {
    return recurrent_session_step_buffers(session.get(), x.data(), args.input_count, y.data(),
                                          args.output_count);
  };
  ASSERT_OK(recurrent_pool_run(pool.get(), &args));
  ASSERT_OK(step());
  const int64_t before = allocations();
  EXPECT_OK(recurrent_pool_run(pool.get(), &args));
  EXPECT_OK(step());
  EXPECT_EQ(allocations(), before);
}

// A call on a stream while another one has it: one of the two is refused, and says why.
TEST(Pool, RefusesAStreamThatAnotherCallHas) {
  Small small;
  const int64_t stream = open_stream(small.pool);
  std::atomic<bool> wrong{false};
  std::atomic<int64_t> done{0};
  const auto work = [&] {
    for (int i = 0; i < 20000; ++i) {
      const recurrent_status status = small.step({stream});
      if (status == RECURRENT_STATUS_OK)
        ++done;
      else if (status != RECURRENT_STATUS_BUSY)
        wrong = true;
    }
  };
  std::thread other(work);
  work();
  other.join();
  EXPECT_FALSE(wrong);
  EXPECT_GT(done, 0);
  ASSERT_OK(small.step({stream}));
}

}  // namespace
}  // namespace recurrent::test
