#include "exec/pool.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "base/checked.h"
#include "base/error.h"
#include "cpu/fp_control.h"

namespace recurrent {
namespace {

// Streams that are computed at once. More of them would sweep all weights for every group of rows,
// and gain nothing. (docs/kernels.md)
constexpr int64_t kBlockRows = 48;

// A stream is the number of its place and a count of openings, which begins with 1 and belongs to
// the process.
constexpr int kPlaceBits = 20;
constexpr int64_t kPlaceMask = (int64_t{1} << kPlaceBits) - 1;
static_assert(RECURRENT_MAX_STREAMS <= kPlaceMask + 1);

int64_t next_opening() {
  static std::atomic<int64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

std::string path_of(int64_t index) { return "streams[" + std::to_string(index) + "]"; }

int64_t checked_capacity(int64_t capacity) {
  expect_range("capacity", capacity, 1, RECURRENT_MAX_STREAMS, "streams");
  return capacity;
}

std::shared_ptr<const Model> checked_model(std::shared_ptr<const Model> model) {
  if (!model->can_step()) refuse_step(*model);
  return model;
}

bool is_same(const StateSlot& a, const StateSlot& b) {
  return a.id.layer == b.id.layer && a.id.direction == b.id.direction && a.id.kind == b.id.kind &&
         a.size == b.size && a.stride == b.stride && a.width == b.width;
}

// That two models differ in weights alone, as far as a caller and a stream can see.
void expect_alike(const Model& model, const Model& other) {
  const auto refuse = [](const char* what, int64_t expected, int64_t found) {
    invalid("model", "expected the %s of the pool's model, %lld, found %lld", what,
            static_cast<long long>(expected), static_cast<long long>(found));
  };
  const auto expect = [&](const char* what, int64_t expected, int64_t found) {
    if (expected != found) refuse(what, expected, found);
  };
  const auto size = [](const auto& list) { return static_cast<int64_t>(list.size()); };
  expect("number of inputs", size(model.inputs()), size(other.inputs()));
  expect("number of outputs", size(model.outputs()), size(other.outputs()));
  expect("number of states", size(model.states().slots()), size(other.states().slots()));
  for (size_t i = 0; i < model.inputs().size(); ++i) {
    expect("kind of an input", model.input(i).kind, other.input(i).kind);
    expect("size of an input", model.input(i).size, other.input(i).size);
    if (model.inputs()[i].name != other.inputs()[i].name)
      invalid("model", "expected an input named %s, found %s", model.inputs()[i].name.c_str(),
              other.inputs()[i].name.c_str());
  }
  for (size_t i = 0; i < model.outputs().size(); ++i) {
    expect("kind of an output", model.outputs()[i].location.is_row,
           other.outputs()[i].location.is_row);
    expect("size of an output", model.outputs()[i].location.size, other.outputs()[i].location.size);
    const std::string& name = model.graph().outputs()[i].name;
    if (name != other.graph().outputs()[i].name)
      invalid("model", "expected an output named %s, found %s", name.c_str(),
              other.graph().outputs()[i].name.c_str());
  }
  for (size_t i = 0; i < model.states().slots().size(); ++i) {
    const StateSlot& state = model.states().slots()[i];
    const StateSlot& found = other.states().slots()[i];
    if (!is_same(state, found))
      invalid("model",
              "expected states like those of the pool's model, found another one in layer %d",
              found.id.layer);
  }
  expect("masking", model.masks(), other.masks());
  const float value = model.mask_value();
  const float found = other.mask_value();
  if (model.masks() && value != found && !(std::isnan(value) && std::isnan(found)))
    invalid("model", "expected the mask value of the pool's model, %g, found %g",
            static_cast<double>(value), static_cast<double>(found));
}

}  // namespace

// Until it ends nobody else has these streams: their places hold the negative number instead. So
// one that is closed, or another pool's, is told from one that is in use in a single look, and
// whoever names it by mistake never stands in the way of the stream that has its place now.
class Pool::Taken {
 public:
  Taken(Pool& pool, const int64_t* streams, int64_t count) : pool_(pool), streams_(streams) {
    if (count > 0 && !streams) refuse_null("streams", count);
    try {
      for (; count_ < count; ++count_) take(count_);
    } catch (...) {
      give_back();
      throw;
    }
  }
  ~Taken() { give_back(); }
  Taken(const Taken&) = delete;
  Taken& operator=(const Taken&) = delete;

  // The streams are no longer open.
  void close() noexcept {
    for (int64_t i = 0; i < count_; ++i)
      pool_.id_of(streams_[i]).store(0, std::memory_order_release);
    count_ = 0;
  }

 private:
  void take(int64_t index) {
    const int64_t stream = streams_[index];
    if (stream <= 0 || (stream & kPlaceMask) >= pool_.capacity_) refuse(index);
    int64_t found = stream;
    if (pool_.id_of(stream).compare_exchange_strong(found, -stream, std::memory_order_acquire,
                                                    std::memory_order_relaxed))
      return;
    if (found != -stream) refuse(index);
    refuse_in_use(index);
  }
  [[noreturn]] void refuse(int64_t index) const {
    invalid(path_of(index).c_str(),
            "expected an open stream of this pool, found %lld, which is closed, or another pool's, "
            "or none",
            static_cast<long long>(streams_[index]));
  }
  [[noreturn]] void refuse_in_use(int64_t index) const {
    for (int64_t i = 0; i < index; ++i)
      if (streams_[i] == streams_[index])
        invalid(path_of(index).c_str(), "expected every stream once, found that of streams[%lld]",
                static_cast<long long>(i));
    fail(RECURRENT_STATUS_BUSY, "%s: another call is running on this stream",
         path_of(index).c_str());
  }
  void give_back() noexcept {
    for (int64_t i = 0; i < count_; ++i)
      pool_.id_of(streams_[i]).store(streams_[i], std::memory_order_release);
  }

  Pool& pool_;
  const int64_t* streams_;
  int64_t count_ = 0;
};

// Uses the model, with which others may be busy too. Who is to replace it goes first: a lock alone
// would let those who use it keep him waiting for ever.
class Pool::Using {
 public:
  explicit Using(const Pool& pool) : lock_(pool.models_, std::defer_lock) {
    if (pool.is_replacing_.load(std::memory_order_relaxed))
      const std::lock_guard behind(pool.replacing_);
    lock_.lock();
  }

 private:
  std::shared_lock<std::shared_mutex> lock_;
};

struct Pool::Worker {
  explicit Worker(const std::shared_ptr<const Model>& model, int64_t rows)
      : session(model, session_of(rows)),
        buffers(*model),
        part(*model),
        states(model->states(), rows) {}

  static recurrent_session_desc session_of(int64_t rows) {
    recurrent_session_desc desc{};
    desc.struct_size = sizeof(desc);
    desc.threads = 1;
    desc.batch = rows;
    return desc;
  }

  int64_t bytes() const {
    return session.bytes() + states.bytes() +
           static_cast<int64_t>(lengths.capacity() * sizeof(int32_t) + present.capacity() +
                                floats.capacity() * sizeof(float) +
                                indices.capacity() * sizeof(int32_t));
  }

  Session session;
  Buffers buffers;  // of the call
  Buffers part;     // of a block
  States states;    // of a block's streams
  // Of a block whose streams have different numbers of steps: arrays of equal rows.
  std::vector<int32_t> lengths;
  std::vector<uint8_t> present;
  std::vector<float> floats;
  std::vector<int32_t> indices;
};

class Pool::Borrowed {
 public:
  explicit Borrowed(Pool& pool) : pool_(pool), worker_(take(pool)) {}
  ~Borrowed() {
    const std::lock_guard lock(pool_.workers_lock_);
    // There is room for all that there are.
    pool_.idle_.push_back(std::move(worker_));
  }
  Borrowed(const Borrowed&) = delete;
  Borrowed& operator=(const Borrowed&) = delete;

  Worker& operator*() { return *worker_; }
  Worker* operator->() { return worker_.get(); }

 private:
  static std::unique_ptr<Worker> take(Pool& pool) {
    {
      const std::lock_guard lock(pool.workers_lock_);
      if (!pool.idle_.empty()) {
        std::unique_ptr<Worker> worker = std::move(pool.idle_.back());
        pool.idle_.pop_back();
        return worker;
      }
    }
    auto worker = std::make_unique<Worker>(pool.model_, std::min(kBlockRows, pool.capacity_));
    const std::lock_guard lock(pool.workers_lock_);
    pool.idle_.reserve(static_cast<size_t>(pool.workers_ + 1));
    ++pool.workers_;
    return worker;
  }

  Pool& pool_;
  std::unique_ptr<Worker> worker_;
};

Pool::Pool(std::shared_ptr<const Model> model, int64_t capacity)
    : capacity_(checked_capacity(capacity)),
      model_(checked_model(std::move(model))),
      stride_(model_->states().stride()),
      slab_(checked_mul(capacity, stride_, "capacity")),
      ids_(std::make_unique<std::atomic<int64_t>[]>(static_cast<size_t>(capacity))) {
  free_.resize(static_cast<size_t>(capacity));
  // The first stream gets the first place.
  for (int64_t i = 0; i < capacity; ++i)
    free_[static_cast<size_t>(i)] = static_cast<int32_t>(capacity - 1 - i);
}

Pool::~Pool() = default;

std::atomic<int64_t>& Pool::id_of(int64_t stream) {
  return ids_[static_cast<size_t>(stream & kPlaceMask)];
}

float* Pool::row(int64_t stream) { return slab_.data() + (stream & kPlaceMask) * stride_; }

int64_t Pool::open() {
  const Using model(*this);
  int64_t place = 0;
  {
    const std::lock_guard lock(places_);
    if (free_.empty())
      fail(RECURRENT_STATUS_UNAVAILABLE,
           "pool: expected room for another stream, found all %lld open",
           static_cast<long long>(capacity_));
    place = free_.back();
    free_.pop_back();
  }
  const int64_t stream = next_opening() << kPlaceBits | place;
  float* const to = row(stream);
  if (const float* initial = model_->initial_states().data())
    std::copy_n(initial, stride_, to);
  else
    std::fill_n(to, stride_, 0.0f);
  // A call that takes the stream has been given its number, and so comes after this.
  id_of(stream).store(stream, std::memory_order_release);
  return stream;
}

void Pool::close(int64_t stream) {
  Taken(*this, &stream, 1).close();
  return_place(stream & kPlaceMask);
}

void Pool::return_place(int64_t place) noexcept {
  const std::lock_guard lock(places_);
  free_.push_back(static_cast<int32_t>(place));
}

void Pool::reset(const int64_t* streams, int64_t count) {
  expect_range("stream_count", count, 0, RECURRENT_MAX_STREAMS);
  const Using model(*this);
  const Taken taken(*this, streams, count);
  const float* initial = model_->initial_states().data();
  for (int64_t i = 0; i < count; ++i)
    if (initial)
      std::copy_n(initial, stride_, row(streams[i]));
    else
      std::fill_n(row(streams[i]), stride_, 0.0f);
}

void Pool::save(const int64_t* streams, int64_t count, float* states, int64_t state_count) {
  expect_range("stream_count", count, 0, RECURRENT_MAX_STREAMS);
  const Using model(*this);
  const StateLayout& layout = model_->states();
  expect_exactly("states", states, state_count, count * layout.size());
  expect_apart("states", states, state_count, "streams", streams, count);
  const Taken taken(*this, streams, count);
  for (int64_t i = 0; i < count; ++i, states += layout.size()) {
    const StateRows stored{row(streams[i]), 1};
    for (const StateSlot& slot : layout.slots())
      get_state(slot, stored.row(slot, 0), states + slot.saved);
  }
}

void Pool::load(const int64_t* streams, int64_t count, const float* states, int64_t state_count) {
  expect_range("stream_count", count, 0, RECURRENT_MAX_STREAMS);
  const Using model(*this);
  const StateLayout& layout = model_->states();
  expect_exactly("states", states, state_count, count * layout.size());
  const Taken taken(*this, streams, count);
  const cpu::ScopedFpControl canonical;
  for (int64_t i = 0; i < count; ++i, states += layout.size()) {
    const StateRows stored{row(streams[i]), 1};
    for (const StateSlot& slot : layout.slots())
      put_state(slot, states + slot.saved, stored.row(slot, 0), model_->kernels());
  }
}

void Pool::replace(std::shared_ptr<const Model> model) {
  checked_model(model);
  const std::lock_guard alone(replacing_);
  struct Announced {
    explicit Announced(std::atomic<bool>& is) : is_(is) { is_ = true; }
    ~Announced() { is_ = false; }
    std::atomic<bool>& is_;
  };
  const Announced announced(is_replacing_);
  const std::unique_lock lock(models_);
  expect_alike(*model_, *model);
  model_ = std::move(model);
  // Nobody has one now.
  idle_.clear();
  workers_ = 0;
}

void Pool::fill(recurrent_pool_info& info) const {
  const Using model(*this);
  info.reserved = 0;
  info.capacity = capacity_;
  info.state_size = model_->states().size();
  {
    const std::lock_guard lock(places_);
    info.open = capacity_ - static_cast<int64_t>(free_.size());
  }
  constexpr auto kOfStream = static_cast<int64_t>(sizeof(int64_t) + sizeof(int32_t));
  info.bytes = slab_.size() * static_cast<int64_t>(sizeof(float)) + capacity_ * kOfStream;
  const std::lock_guard lock(workers_lock_);
  // Those that are in use hold at least what an idle one does.
  for (const std::unique_ptr<Worker>& each : idle_) info.bytes += each->bytes();
}

void Pool::step(const int64_t* streams, int64_t count, const float* x, float* y) {
  expect_range("stream_count", count, 0, RECURRENT_MAX_STREAMS);
  const Using model(*this);
  check_step(*model_, count, x, y);
  expect_apart("y", y, count * model_->output_size(), "streams", streams, count);
  const Taken taken(*this, streams, count);
  const void* const input = x;
  Run run;
  run.inputs = &input;
  run.outputs = &y;
  compute({streams, nullptr, run}, count);
}

void Pool::run(const recurrent_pool_run_args& args) {
  expect_struct_size(args);
  expect_range("stream_count", args.stream_count, 0, RECURRENT_MAX_STREAMS);
  const int64_t count = args.stream_count;
  int64_t steps = count;
  if (args.steps) {
    expect_exactly("steps", args.steps, args.steps_count, count);
    steps = 0;
    for (int64_t i = 0; i < count; ++i) {
      if (args.steps[i] < 0)
        invalid(("steps[" + std::to_string(i) + "]").c_str(), "expected 0 or more, found %d",
                args.steps[i]);
      steps += args.steps[i];
    }
  } else {
    expect_no_count("steps_count", args.steps_count, "steps");
  }
  const Using model(*this);
  Borrowed worker(*this);
  const Run run = checked_streams(*model_, {count, steps}, args, worker->buffers);
  const Taken taken(*this, args.streams, count);
  const Call call{args.streams, args.steps, run};
  reserve(call, count, *worker);
  for (int64_t first = 0, step = 0; first < count;) {
    const Block block = block_at(call, count, first, step);
    compute_block(call, block, *worker);
    first += block.count;
    for (int64_t i = block.first; i < first; ++i) step += call.steps ? call.steps[i] : 1;
  }
}

void Pool::compute(const Call& call, int64_t count) {
  Borrowed worker(*this);
  reserve(call, count, *worker);
  for (int64_t first = 0; first < count;) {
    const Block block = block_at(call, count, first, first);
    compute_block(call, block, *worker);
    first += block.count;
  }
}

// As many streams as a block has, in the caller's order.
Pool::Block Pool::block_at(const Call& call, int64_t count, int64_t first, int64_t step) const {
  Block block{first, std::min(kBlockRows, count - first), step, 1, false};
  if (!call.steps) return block;
  const int32_t* steps = call.steps + first;
  const auto [least, most] = std::minmax_element(steps, steps + block.count);
  block.longest = *most;
  block.ragged = *least != *most;
  return block;
}

// All memory that the call takes, so that none of its streams advances if there is not enough.
void Pool::reserve(const Call& call, int64_t count, Worker& worker) {
  int64_t longest = 0;
  for (int64_t first = 0; first < count; first += kBlockRows) {
    const Block block = block_at(call, count, first, 0);
    const bool is_new = block.longest > longest || block.ragged || block.count < kBlockRows;
    longest = std::max(longest, block.longest);
    if (is_new && block.longest > 0)
      worker.session.reserve_rows(block.count, block.longest, block.ragged);
    if (!block.ragged) continue;
    const auto padded = static_cast<size_t>(checked_mul(block.count, block.longest, "steps"));
    worker.lengths.resize(static_cast<size_t>(block.count));
    if (call.run.present && worker.present.size() < padded) worker.present.resize(padded);
    size_t floats = 0;
    size_t indices = 0;
    for (size_t i = 0; i < model_->inputs().size(); ++i) {
      const Value& input = model_->input(i);
      if (input.kind == RECURRENT_VALUE_INDICES)
        indices += padded;
      else if (!input.is_row())
        floats += padded * static_cast<size_t>(input.size);
    }
    for (size_t i = 0; i < model_->outputs().size(); ++i)
      if (call.run.outputs[i] && !model_->outputs()[i].location.is_row)
        floats += padded * static_cast<size_t>(model_->outputs()[i].location.size);
    if (worker.floats.size() < floats) worker.floats.resize(floats);
    if (worker.indices.size() < indices) worker.indices.resize(indices);
  }
}

void Pool::compute_block(const Call& call, const Block& block, Worker& worker) {
  if (block.longest == 0) {
    // Nothing advances; rows are those of no step.
    for (size_t i = 0; i < model_->outputs().size(); ++i) {
      const Location& output = model_->outputs()[i].location;
      if (call.run.outputs[i] && output.is_row)
        std::fill_n(call.run.outputs[i] + block.first * output.size, block.count * output.size,
                    0.0f);
    }
    return;
  }
  const int64_t* streams = call.streams + block.first;
  const auto advance = [&](const StateRows& states) {
    if (block.ragged)
      compute_ragged(call, block, states, worker);
    else
      compute_equal(call, block, states, worker);
  };
  // One stream is computed where it is.
  if (block.count == 1) return advance({row(streams[0]), 1});
  const StateRows& states = worker.states.rows();
  const std::vector<StateSlot>& slots = model_->states().slots();
  for (const StateSlot& slot : slots)
    for (int64_t i = 0; i < block.count; ++i)
      std::copy_n(row(streams[i]) + slot.offset, slot.stride, states.row(slot, i));
  advance(states);
  for (const StateSlot& slot : slots)
    for (int64_t i = 0; i < block.count; ++i)
      std::copy_n(states.row(slot, i), slot.stride, row(streams[i]) + slot.offset);
}

// Stream after stream is the same as rows of so many steps.
void Pool::compute_equal(const Call& call, const Block& block, const StateRows& states,
                         Worker& worker) const {
  Run run;
  run.time = block.longest;
  run.layout = RECURRENT_LAYOUT_BATCH_MAJOR;
  run.present = call.run.present ? call.run.present + block.step : nullptr;
  for (size_t i = 0; i < model_->inputs().size(); ++i) {
    const Value& input = model_->input(i);
    const auto number = static_cast<int32_t>(i);
    if (input.kind == RECURRENT_VALUE_INDICES)
      worker.part.inputs[i] = call.run.indices(number) + block.step;
    else
      worker.part.inputs[i] =
          call.run.features(number) + (input.is_row() ? block.first : block.step) * input.size;
  }
  for (size_t i = 0; i < model_->outputs().size(); ++i) {
    const Location& output = model_->outputs()[i].location;
    float* const to = call.run.outputs[i];
    worker.part.outputs[i] =
        to ? to + (output.is_row ? block.first : block.step) * output.size : nullptr;
  }
  run.inputs = worker.part.inputs.data();
  run.outputs = worker.part.outputs.data();
  worker.session.run_rows(run, block.count, states);
}

// Streams of different numbers of steps get rows of the longest one's.
void Pool::compute_ragged(const Call& call, const Block& block, const StateRows& states,
                          Worker& worker) const {
  const int32_t* steps = call.steps + block.first;
  std::copy_n(steps, block.count, worker.lengths.begin());
  // Moves the steps of all streams between where they lie one after the other and padded rows.
  const auto each = [&](const auto& move) {
    int64_t packed = block.step;
    for (int64_t i = 0; i < block.count; ++i) {
      move(packed, i * block.longest, int64_t{steps[i]});
      packed += steps[i];
    }
  };
  Run run;
  run.time = block.longest;
  run.layout = RECURRENT_LAYOUT_BATCH_MAJOR;
  run.lengths = worker.lengths.data();
  if (call.run.present) {
    each([&](int64_t packed, int64_t padded, int64_t count) {
      std::copy_n(call.run.present + packed, count, worker.present.data() + padded);
    });
    run.present = worker.present.data();
  }
  const int64_t rows = block.count * block.longest;
  float* floats = worker.floats.data();
  int32_t* indices = worker.indices.data();
  for (size_t i = 0; i < model_->inputs().size(); ++i) {
    const Value& input = model_->input(i);
    const auto number = static_cast<int32_t>(i);
    if (input.is_row()) {
      worker.part.inputs[i] = call.run.features(number) + block.first * input.size;
    } else if (input.kind == RECURRENT_VALUE_INDICES) {
      // The table is read for the padding, too.
      std::fill_n(indices, rows, 0);
      each([&](int64_t packed, int64_t padded, int64_t count) {
        std::copy_n(call.run.indices(number) + packed, count, indices + padded);
      });
      worker.part.inputs[i] = indices;
      indices += rows;
    } else {
      each([&](int64_t packed, int64_t padded, int64_t count) {
        std::copy_n(call.run.features(number) + packed * input.size, count * input.size,
                    floats + padded * input.size);
      });
      worker.part.inputs[i] = floats;
      floats += rows * input.size;
    }
  }
  float* const put = floats;
  for (size_t i = 0; i < model_->outputs().size(); ++i) {
    const Location& output = model_->outputs()[i].location;
    float* const to = call.run.outputs[i];
    worker.part.outputs[i] = to && output.is_row ? to + block.first * output.size
                             : to                ? floats
                                                 : to;
    if (to && !output.is_row) floats += rows * output.size;
  }
  run.inputs = worker.part.inputs.data();
  run.outputs = worker.part.outputs.data();
  worker.session.run_rows(run, block.count, states);
  const float* from = put;
  for (size_t i = 0; i < model_->outputs().size(); ++i) {
    const Location& output = model_->outputs()[i].location;
    float* const to = call.run.outputs[i];
    if (!to || output.is_row) continue;
    each([&](int64_t packed, int64_t padded, int64_t count) {
      std::copy_n(from + padded * output.size, count * output.size, to + packed * output.size);
    });
    from += rows * output.size;
  }
}

}  // namespace recurrent
