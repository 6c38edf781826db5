// Equality, not tolerance: the consequences (a) to (d) of docs/numerics.md, against a computation
// of one number at a time.
#include <algorithm>
#include <numeric>

#include "naive.h"
#include "native_session.h"

namespace recurrent::test {
namespace {

// The second half has weights in all formats.
constexpr unsigned kCases = 120;

struct Case {
  OwnedModel model;
  int64_t time;
  int64_t batch;
  std::vector<std::vector<float>> rows;  // inputs of each row, `[time, input_size]`
  std::vector<int32_t> lengths;          // empty if all are full

  std::string describe(unsigned seed) const {
    return "seed " + std::to_string(seed) + ": " + model.describe() + "T=" + std::to_string(time) +
           " B=" + std::to_string(batch) + (lengths.empty() ? "" : " ragged");
  }
  // `[time, batch, input_size]`
  std::vector<float> time_major() const {
    std::vector<float> x;
    const auto width = static_cast<std::ptrdiff_t>(model.input_size());
    for (int64_t t = 0; t < time; ++t)
      for (const auto& row : rows)
        x.insert(x.end(), row.begin() + t * width, row.begin() + (t + 1) * width);
    return x;
  }
};

Case make_case(unsigned seed, bool may_reverse, bool may_be_ragged) {
  Random random(seed);
  Case c;
  c.model = random_model(random, seed % 4 == 0 ? 70 : 24, may_reverse);
  if (seed > kCases / 2) choose_formats(random, c.model);
  c.time = uniform(random, 1, 9);
  c.batch = uniform(random, 1, 17);
  for (int64_t b = 0; b < c.batch; ++b) {
    c.rows.push_back(random_values(random, c.time * c.model.input_size(), 2.0f));
    if (uniform(random, 1, 4) == 1) c.rows.back()[0] = 1e-40f;  // a denormal counts as zero
  }
  if (may_be_ragged && uniform(random, 1, 2) == 1)
    for (int64_t b = 0; b < c.batch; ++b)
      c.lengths.push_back(static_cast<int32_t>(uniform(random, 0, c.time)));
  return c;
}

// What every row has to give, `[time, batch, output]`, zero past a row's end.
std::vector<float> expected(const Case& c) {
  const int64_t width = output_size(c.model.layers.back().desc);
  std::vector<float> y(static_cast<size_t>(c.time * c.batch * width));
  for (int64_t b = 0; b < c.batch; ++b) {
    const int64_t length = c.lengths.empty() ? c.time : c.lengths[static_cast<size_t>(b)];
    const std::vector<float> row = naive_run(c.model, c.rows[static_cast<size_t>(b)], length);
    for (int64_t t = 0; t < length; ++t)
      std::copy_n(row.begin() + t * width, width, y.begin() + (t * c.batch + b) * width);
  }
  return y;
}

class Equality : public EveryIsa {};
INSTANTIATE_ON_EVERY_ISA(Equality);

TEST_P(Equality, WholeSequencesOnAnyNumberOfThreads) {
  for (unsigned seed = 1; seed <= kCases; ++seed) {
    const Case c = make_case(seed, true, true);
    const std::vector<float> want = expected(c);
    const ModelHandle model = make_model(c.model, GetParam());
    for (int32_t threads : {1, 2, 3}) {
      const SessionHandle session = open_session(model, c.batch, threads);
      const std::vector<float> x = c.time_major();
      std::vector<float> y(want.size(), -7.0f);
      recurrent_run_args args = run_args(x, y, c.time);
      args.lengths = c.lengths.empty() ? nullptr : c.lengths.data();
      args.lengths_count = static_cast<int64_t>(c.lengths.size());
      ASSERT_OK(recurrent_session_run(session.get(), &args));
      ASSERT_EQ(first_difference(want.data(), y.data(), static_cast<int64_t>(y.size())), -1)
          << c.describe(seed) << " threads " << threads;
    }
  }
}

TEST_P(Equality, StepsPiecesAndLayouts) {
  for (unsigned seed = 1; seed <= kCases; ++seed) {
    const Case c = make_case(seed, false, false);
    const std::vector<float> want = expected(c);
    const std::vector<float> x = c.time_major();
    const ModelHandle model = make_model(c.model, GetParam());
    const int64_t in = c.batch * c.model.input_size();
    const int64_t out = static_cast<int64_t>(want.size()) / c.time;

    const SessionHandle stepped = open_session(model, c.batch);
    std::vector<float> y(want.size());
    for (int64_t t = 0; t < c.time; ++t)
      ASSERT_OK(recurrent_session_step(stepped.get(), x.data() + t * in, y.data() + t * out));
    ASSERT_EQ(first_difference(want.data(), y.data(), static_cast<int64_t>(y.size())), -1)
        << c.describe(seed);

    const int64_t cut = static_cast<int64_t>(seed) % (c.time + 1);
    const SessionHandle pieces = open_session(model, c.batch, 2);
    std::fill(y.begin(), y.end(), -7.0f);
    recurrent_run_args args = run_args(x, y, cut);
    ASSERT_OK(recurrent_session_run(pieces.get(), &args));
    args.time = c.time - cut;
    args.x += cut * in;
    args.x_count -= cut * in;
    args.y += cut * out;
    args.y_count -= cut * out;
    ASSERT_OK(recurrent_session_run(pieces.get(), &args));
    ASSERT_EQ(first_difference(want.data(), y.data(), static_cast<int64_t>(y.size())), -1)
        << c.describe(seed) << " cut at " << cut;

    const SessionHandle batch_major = open_session(model, c.batch);
    std::vector<float> rows;
    for (const auto& row : c.rows) rows.insert(rows.end(), row.begin(), row.end());
    args = run_args(rows, y, c.time);
    args.layout = RECURRENT_LAYOUT_BATCH_MAJOR;
    ASSERT_OK(recurrent_session_run(batch_major.get(), &args));
    const int64_t width = out / c.batch;
    for (int64_t b = 0; b < c.batch; ++b)
      for (int64_t t = 0; t < c.time; ++t)
        ASSERT_EQ(first_difference(want.data() + t * out + b * width,
                                   y.data() + (b * c.time + t) * width, width),
                  -1)
            << c.describe(seed) << " batch-major row " << b << " step " << t;
  }
}

// A long run goes through several blocks and chunks; a step does not.
TEST_P(Equality, LongSequencesInBlocks) {
  for (const unsigned seed : {1u, 2u, 3u, 4u, kCases - 3, kCases - 2, kCases - 1, kCases}) {
    Case c = make_case(seed, false, false);
    c.time = 2500;
    Random random(seed);
    const std::vector<float> x = random_values(random, c.time * c.model.input_size(), 2.0f);
    const ModelHandle model = make_model(c.model, GetParam());
    const int64_t out = output_size(c.model.layers.back().desc);
    std::vector<float> want(static_cast<size_t>(c.time * out));
    std::vector<float> y(want.size());
    const SessionHandle stepped = open_session(model, 1);
    for (int64_t t = 0; t < c.time; ++t)
      ASSERT_OK(recurrent_session_step(stepped.get(), x.data() + t * c.model.input_size(),
                                       want.data() + t * out));
    const SessionHandle whole = open_session(model, 1, 2);
    const recurrent_run_args args = run_args(x, y, c.time);
    ASSERT_OK(recurrent_session_run(whole.get(), &args));
    ASSERT_EQ(first_difference(want.data(), y.data(), static_cast<int64_t>(y.size())), -1)
        << c.describe(seed);
  }
}

// A batch of three steps against each of its rows alone, step by step.
void expect_rows_alone(const OwnedModel& owned, int64_t batch, unsigned seed, int isa) {
  constexpr int64_t kTime = 3;
  Random random(seed);
  const int64_t in = owned.input_size();
  const int64_t width = output_size(owned.layers.back().desc);
  const std::vector<float> x = random_values(random, kTime * batch * in, 2.0f);
  const ModelHandle model = make_model(owned, isa);
  std::vector<float> y(static_cast<size_t>(kTime * batch * width));
  const SessionHandle together = open_session(model, batch);
  const recurrent_run_args args = run_args(x, y, kTime);
  ASSERT_OK(recurrent_session_run(together.get(), &args));
  const SessionHandle alone = open_session(model, 1);
  std::vector<float> want(static_cast<size_t>(width));
  for (int64_t b = 0; b < batch; ++b) {
    ASSERT_OK(recurrent_session_reset(alone.get(), 0, 1));
    for (int64_t t = 0; t < kTime; ++t) {
      ASSERT_OK(recurrent_session_step(alone.get(), x.data() + (t * batch + b) * in, want.data()));
      ASSERT_EQ(first_difference(want.data(), y.data() + (t * batch + b) * width, width), -1)
          << "seed " << seed << ": " << owned.describe() << " row " << b << " step " << t;
    }
  }
}

// So many rows go through the groups in pieces.
TEST_P(Equality, ManyRowsInPieces) {
  for (unsigned seed = 1; seed <= kCases; seed += 2) {
    SCOPED_TRACE(seed);
    const Case c = make_case(seed, false, false);
    expect_rows_alone(c.model, 109, seed, GetParam());
  }
}

// So do chains of so many terms, where few lanes make that worthwhile.
TEST_P(Equality, LongChainsInPieces) {
  for (unsigned seed = 1; seed <= 12; ++seed)
    for (const int32_t kind :
         {RECURRENT_LAYER_LSTM, RECURRENT_LAYER_GRU, RECURRENT_LAYER_GRU_RESET_BEFORE}) {
      Random random(seed);
      OwnedModel model;
      while (model.layers.empty() || state_size(model.layers.back().desc) <= 192) {
        model.layers.clear();
        model.add(random_layer(random, kind, uniform(random, 193, 280), 320, false));
      }
      if (seed > 6) choose_formats(random, model);
      SCOPED_TRACE(seed);
      expect_rows_alone(model, uniform(random, 9, 61), seed, GetParam());
    }
}

TEST_P(Equality, StatesAreThoseOfTheLastValidStep) {
  for (unsigned seed = 1; seed <= kCases; ++seed) {
    const Case c = make_case(seed, false, true);
    const ModelHandle model = make_model(c.model, GetParam());
    const SessionHandle session = open_session(model, c.batch);
    const std::vector<float> x = c.time_major();
    recurrent_run_args args{};
    args.struct_size = sizeof(args);
    args.time = c.time;
    args.x = x.data();
    args.x_count = static_cast<int64_t>(x.size());
    args.lengths = c.lengths.empty() ? nullptr : c.lengths.data();
    args.lengths_count = static_cast<int64_t>(c.lengths.size());
    ASSERT_OK(recurrent_session_run(session.get(), &args));
    recurrent_model_info info{};
    info.struct_size = sizeof(info);
    ASSERT_OK(recurrent_model_get_info(model.get(), &info));
    std::vector<float> states(static_cast<size_t>(info.state_size));
    std::vector<float> alone(states.size());
    for (int64_t b = 0; b < c.batch; ++b) {
      ASSERT_OK(recurrent_session_save(session.get(), b, 1, states.data(), info.state_size));
      const SessionHandle single = open_session(model, 1);
      const int64_t length = c.lengths.empty() ? c.time : c.lengths[static_cast<size_t>(b)];
      for (int64_t t = 0; t < length; ++t)
        ASSERT_OK(recurrent_session_step(
            single.get(), c.rows[static_cast<size_t>(b)].data() + t * c.model.input_size(),
            nullptr));
      ASSERT_OK(recurrent_session_save(single.get(), 0, 1, alone.data(), info.state_size));
      ASSERT_EQ(first_difference(alone.data(), states.data(), info.state_size), -1)
          << c.describe(seed) << " row " << b;
    }
  }
}

}  // namespace
}  // namespace recurrent::test
