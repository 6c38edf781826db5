#include "pool_operations.h"

#include <algorithm>

#include "sequence.h"

namespace recurrent::fuzz {
namespace {

struct DestroyPool {
  void operator()(recurrent_pool* pool) const { recurrent_pool_destroy(pool); }
};

// A pool and its twin, which have the same streams by other names.
struct Pools {
  std::unique_ptr<recurrent_pool, DestroyPool> pools[kSides];
  std::vector<int64_t> streams[kSides];
  int64_t state_size = 0;

  recurrent_pool* pool(int side) const { return pools[side].get(); }
  int64_t count() const { return static_cast<int64_t>(streams[0].size()); }
  // States of all streams of a side.
  std::vector<float> state(int side) const {
    std::vector<float> values(static_cast<size_t>(count() * state_size));
    expect(recurrent_pool_save(pool(side), streams[side].data(), count(), values.data(),
                               static_cast<int64_t>(values.size())) == RECURRENT_STATUS_OK,
           "recurrent_pool_save: %s", recurrent_last_error());
    return values;
  }
};

bool open_pools(World& world, Random& random, const Subject& subject, Pools& pools) {
  const int64_t capacity = uniform(random, 1, world.limits.small ? 20 : 120);
  const Statuses expected = subject.info.can_step ? kOk : kNotSupported;
  const auto create = [&](int side) {
    recurrent_pool* pool = nullptr;
    const recurrent_status status =
        recurrent_pool_create(subject.models[side].get(), capacity, &pool);
    pools.pools[side].reset(pool);
    return status;
  };
  if (world.caller.both({"recurrent_pool_create", expected}, create) != RECURRENT_STATUS_OK)
    return false;
  pools.state_size = subject.info.state_size;
  for (int64_t n = uniform(random, 1, capacity); n > 0; --n) {
    int64_t opened[kSides] = {};
    const auto open = [&](int side) {
      return recurrent_pool_open(pools.pool(side), &opened[side]);
    };
    if (world.caller.both({"recurrent_pool_open"}, open) != RECURRENT_STATUS_OK) break;
    for (int side = 0; side < kSides; ++side) pools.streams[side].push_back(opened[side]);
  }
  return pools.count() > 0;
}

// Numbers of steps with a sum.
std::vector<int32_t> draw_steps(Random& random, int64_t streams, int64_t sum) {
  std::vector<int64_t> ends(static_cast<size_t>(streams), sum);
  for (size_t i = 0; i + 1 < ends.size(); ++i) ends[i] = uniform(random, 0, sum);
  std::sort(ends.begin(), ends.end());
  std::vector<int32_t> steps;
  int64_t before = 0;
  for (const int64_t end : ends) {
    steps.push_back(static_cast<int32_t>(end - before));
    before = end;
  }
  return steps;
}

void advance(World& world, Random& random, const Subject& subject, Pools& pools) {
  const int64_t count = pools.count();
  const int64_t time = one_in(random, 2) ? 1 : draw_time(random, subject, count, world.limits);
  Sequence input(random, subject, count, time);
  const std::vector<int32_t> steps =
      one_in(random, 2) ? std::vector<int32_t>(pools.streams[0].size(), static_cast<int32_t>(time))
                        : draw_steps(random, count, count * time);
  const int64_t outputs = subject.puts_out_one_step() ? count * subject.info.output_size
                                                      : count * time * subject.info.output_size;
  Guarded<float> y[kSides] = {{random, outputs}, {random, outputs}};
  const bool is_wrong = one_in(random, 4);
  const auto wrong = static_cast<size_t>(uniform(random, 0, count - 1));
  const int64_t nobody = one_of<int64_t>(random, {0, -1, int64_t{1} << 62, 1});
  const bool is_twice = count > 1 && one_in(random, 2);
  const bool is_step =
      time == 1 && !subject.takes_indices() && input.present.count() == 0 && one_in(random, 2);
  Watched watched{is_wrong ? "recurrent_pool_run of a fault" : "recurrent_pool_run",
                  is_wrong ? kInvalid : kOk,
                  [&](int side) { return pools.state(side); },
                  {{&y[0]}, {&y[1]}},
                  input.guards()};
  std::vector<int64_t> named[kSides] = {pools.streams[0], pools.streams[1]};
  for (std::vector<int64_t>& streams : named)
    if (is_wrong) streams[wrong] = is_twice ? streams[(wrong + 1) % streams.size()] : nobody;
  const auto run = [&](int side) {
    const std::vector<int64_t>& streams = named[side];
    if (is_step)
      return recurrent_pool_step(pools.pool(side), streams.data(), count, input.x.data(),
                                 y[side].data());
    recurrent_pool_run_args args{};
    args.struct_size = sizeof(args);
    args.streams = streams.data();
    args.stream_count = count;
    args.steps = steps.data();
    args.steps_count = count;
    args.x = input.x.data();
    args.x_count = input.x.count();
    args.indices = input.indices.data();
    args.indices_count = input.indices.count();
    args.present = input.present.data();
    args.present_count = input.present.count();
    args.y = y[side].data();
    args.y_count = outputs;
    return recurrent_pool_run(pools.pool(side), &args);
  };
  if (world.caller.both(watched, run) == RECURRENT_STATUS_OK)
    expect_equal("output of a pool", y[0].data(), y[1].data(), outputs);
  expect_equal("states of a pool", pools.state(0), pools.state(1));
}

void change(World& world, Random& random, const Subject& subject, Pools& pools) {
  const auto some = uniform(random, 0, pools.count());
  switch (uniform(random, 0, 3)) {
    case 0:
      world.caller.both({"recurrent_pool_reset"}, [&](int side) {
        return recurrent_pool_reset(pools.pool(side), pools.streams[side].data(), some);
      });
      break;
    case 1: {
      const int64_t wrong = one_in(random, 3) ? 1 : 0;
      const std::vector<float> values = draw_values(random, some * pools.state_size + wrong, 0.0f);
      const Statuses expected = wrong ? kInvalid : kOk;
      world.caller.both({"recurrent_pool_load", expected}, [&](int side) {
        return recurrent_pool_load(pools.pool(side), pools.streams[side].data(), some,
                                   values.data(), static_cast<int64_t>(values.size()));
      });
      break;
    }
    case 2:
      world.caller.both({"recurrent_pool_replace"}, [&](int side) {
        return recurrent_pool_replace(pools.pool(side), subject.models[side].get());
      });
      break;
    default: {
      if (pools.count() == 1) break;
      const int64_t last[kSides] = {pools.streams[0].back(), pools.streams[1].back()};
      world.caller.both(
          {"recurrent_pool_close"},
          [&](int side) { return recurrent_pool_close(pools.pool(side), last[side]); });
      world.caller.both({"recurrent_pool_close twice", kInvalid}, [&](int side) {
        return recurrent_pool_close(pools.pool(side), last[side]);
      });
      for (std::vector<int64_t>& streams : pools.streams) streams.pop_back();
      break;
    }
  }
  recurrent_pool_info info{};
  info.struct_size = one_in(random, 6) ? wrong_size(random, sizeof(info)) : sizeof(info);
  const bool is_sized = info.struct_size == sizeof(info);
  world.caller.both({"recurrent_pool_get_info", is_sized ? kOk : kInvalid}, [&](int side) {
    recurrent_pool_info mine = info;
    const recurrent_status status = recurrent_pool_get_info(pools.pool(side), &mine);
    expect(!is_sized || mine.open == pools.count(), "a pool has %lld streams instead of %lld",
           static_cast<long long>(mine.open), static_cast<long long>(pools.count()));
    return status;
  });
}

}  // namespace

void pool_streams(World& world, Random& random) {
  const std::shared_ptr<Subject> subject = world.a_subject(random);
  if (!subject || !subject->models[0] || !subject->models[1]) return;
  Pools pools;
  if (!open_pools(world, random, *subject, pools)) return;
  world.note(text("pool of %d streams", static_cast<int>(pools.count())));
  for (int64_t n = uniform(random, 1, 5); n > 0; --n) {
    advance(world, random, *subject, pools);
    change(world, random, *subject, pools);
  }
}

}  // namespace recurrent::fuzz
