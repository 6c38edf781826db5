// LIBXSMM's LSTM and GRU cells with weights in blocks, the layout that its own drivers use. Its GRU
// is the one that resets before the recurrent product. It vectorises the LSTM's activations only
// where sizes are multiples of 16, so inputs and units are padded with zero weights, whose units
// stay zero.

#include <libxsmm.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "peers/native/engine.h"

namespace peers {
namespace {

void check(libxsmm_dnn_err_t status, const char* what) {
  // Statuses from LIBXSMM_DNN_ERR_GENERAL on are errors, smaller ones warnings.
  if (status >= LIBXSMM_DNN_ERR_GENERAL)
    throw std::runtime_error(std::string(what) + ": " + libxsmm_dnn_get_error(status));
}

constexpr int64_t kVector = 16;
// LIBXSMM's own default.
constexpr int64_t kLargestBlock = 64;

// To whole vectors; beyond one block to a pair of them, or some sizes have no block but a vector.
int64_t padded(int64_t size) {
  const int64_t unit = size > kLargestBlock ? 2 * kVector : kVector;
  return (size + unit - 1) / unit * unit;
}

// The largest block that divides `size` into at least `parts`, in steps of `unit`, which divides it
// too.
libxsmm_blasint block_of(int64_t size, int64_t unit, int64_t parts) {
  int64_t block = std::max(unit, std::min(kLargestBlock, size / parts) / unit * unit);
  while (size % block != 0) block -= unit;
  return static_cast<libxsmm_blasint>(block);
}

// A second thread that runs the same function as the caller, each with its number. It spins between
// calls, as the threads of OpenMP do, and sleeps when none comes.
class Helper {
 public:
  explicit Helper(const libxsmm_dnn_rnncell* cell)
      : cell_(const_cast<libxsmm_dnn_rnncell*>(cell)), thread_([this] { serve(); }) {}

  ~Helper() {
    ending_ = true;
    start();
    thread_.join();
  }

  void start() {
    started_.fetch_add(1, std::memory_order_release);
    started_.notify_one();
  }

  void join() {
    while (finished_.load(std::memory_order_acquire) != started_.load(std::memory_order_relaxed))
      __builtin_ia32_pause();
  }

 private:
  static constexpr int kSpins = 20000;

  void serve() {
    for (unsigned turn = 0;; ++turn) {
      for (int i = 0; i < kSpins && started_.load(std::memory_order_acquire) == turn; ++i)
        __builtin_ia32_pause();
      started_.wait(turn, std::memory_order_acquire);
      if (ending_) return;
      libxsmm_dnn_rnncell_execute_st(cell_, LIBXSMM_DNN_COMPUTE_KIND_FWD, 0, 1);
      finished_.store(turn + 1, std::memory_order_release);
    }
  }

  libxsmm_dnn_rnncell* cell_;
  std::atomic<unsigned> started_{0};
  std::atomic<unsigned> finished_{0};
  std::atomic<bool> ending_{false};
  std::thread thread_;
};

class LibxsmmEngine : public Engine {
 public:
  explicit LibxsmmEngine(const Task& task)
      : task_(task),
        lstm_(task.cell == "lstm"),
        units_(padded(task.hidden)),
        features_(padded(task.input)) {
    // A thread works on whole blocks of units.
    block_units_ = block_of(units_, kVector, task.threads);
    create();
    const int64_t states = task.batch * units_;
    const int64_t outputs = task.time * states;
    const DirectionWeights& weights = task.weights(0, 0);
    input_ = bind(LIBXSMM_DNN_RNN_REGULAR_INPUT, task.time * task.batch * features_);
    hidden_before_ = bind(LIBXSMM_DNN_RNN_REGULAR_HIDDEN_STATE_PREV, states);
    hidden_ = bind(LIBXSMM_DNN_RNN_REGULAR_HIDDEN_STATE, outputs);
    pack(bind(LIBXSMM_DNN_RNN_REGULAR_WEIGHT, gates() * units_ * features_).data,
         weights.input_weights, task.input, features_);
    pack(bind(LIBXSMM_DNN_RNN_REGULAR_RECUR_WEIGHT, gates() * units_ * units_).data,
         weights.state_weights, task.hidden, units_);
    fill_bias(bind(LIBXSMM_DNN_RNN_REGULAR_BIAS, gates() * units_).data, weights);
    bind(LIBXSMM_DNN_RNN_INTERNAL_I, outputs);
    bind(LIBXSMM_DNN_RNN_INTERNAL_F, outputs);
    bind(LIBXSMM_DNN_RNN_INTERNAL_O, outputs);
    bind(LIBXSMM_DNN_RNN_INTERNAL_CI, outputs);
    if (lstm_) {
      bind(LIBXSMM_DNN_RNN_INTERNAL_CO, outputs);
      cell_before_ = bind(LIBXSMM_DNN_RNN_REGULAR_CS_PREV, states);
      cell_ = bind(LIBXSMM_DNN_RNN_REGULAR_CS, outputs);
      check(libxsmm_dnn_rnncell_allocate_forget_bias(handle_, 0.0F), "forget bias");
    }
    if (task.threads == 2) helper_ = std::make_unique<Helper>(handle_);
  }

  ~LibxsmmEngine() override {
    helper_.reset();
    for (const Bound& bound : bound_) {
      libxsmm_dnn_destroy_tensor(bound.tensor);
      libxsmm_free(bound.data);
    }
    libxsmm_dnn_destroy_rnncell(handle_);
  }

  void set_input(const float* x) override {
    for (int64_t row = 0; row < task_.time * task_.batch; ++row)
      std::copy_n(x + row * task_.input, task_.input, input_.data + row * features_);
  }

  void get_output(float* y) override {
    const float* source = task_.streaming() ? hidden_before_.data : hidden_.data;
    for (int64_t row = 0; row < task_.time * task_.batch; ++row)
      std::copy_n(source + row * units_, task_.hidden, y + row * task_.hidden);
  }

  void reset() override {
    std::fill_n(hidden_before_.data, task_.batch * units_, 0.0F);
    if (lstm_) std::fill_n(cell_before_.data, task_.batch * units_, 0.0F);
  }

  void call() override {
    if (helper_) helper_->start();
    libxsmm_dnn_rnncell_execute_st(handle_, LIBXSMM_DNN_COMPUTE_KIND_FWD, 0, 0);
    if (helper_) helper_->join();
    if (!task_.streaming()) return;
    // The states of this step are those before the next one.
    exchange(hidden_, hidden_before_);
    if (lstm_) exchange(cell_, cell_before_);
  }

 private:
  struct Bound {
    libxsmm_dnn_tensor* tensor;
    float* data;
  };

  int64_t gates() const { return task_.gates(); }

  void create() {
    libxsmm_dnn_rnncell_desc description{};
    description.threads = task_.threads;
    description.K = static_cast<libxsmm_blasint>(units_);
    description.N = static_cast<libxsmm_blasint>(task_.batch);
    description.C = static_cast<libxsmm_blasint>(features_);
    description.max_T = static_cast<libxsmm_blasint>(task_.time);
    description.bk = block_units_;
    description.bn = block_of(task_.batch, 1, 1);
    description.bc = block_of(features_, kVector, 1);
    description.cell_type = lstm_ ? LIBXSMM_DNN_RNNCELL_LSTM : LIBXSMM_DNN_RNNCELL_GRU;
    description.datatype_in = LIBXSMM_DNN_DATATYPE_F32;
    description.datatype_out = LIBXSMM_DNN_DATATYPE_F32;
    description.buffer_format = LIBXSMM_DNN_TENSOR_FORMAT_NC;
    description.filter_format = LIBXSMM_DNN_TENSOR_FORMAT_CKPACKED;
    libxsmm_dnn_err_t status;
    handle_ = libxsmm_dnn_create_rnncell(description, &status);
    check(status, "create");
  }

  Bound bind(libxsmm_dnn_tensor_type type, int64_t count) {
    const size_t bytes = static_cast<size_t>(count) * sizeof(float);
    Bound bound{nullptr, static_cast<float*>(libxsmm_aligned_malloc(bytes, 64))};
    std::fill_n(bound.data, count, 0.0F);
    libxsmm_dnn_err_t status;
    libxsmm_dnn_tensor_datalayout* layout =
        libxsmm_dnn_rnncell_create_tensor_datalayout(handle_, type, &status);
    check(status, "layout");
    bound.tensor = libxsmm_dnn_link_tensor(layout, bound.data, &status);
    check(status, "link");
    libxsmm_dnn_destroy_tensor_datalayout(layout);
    check(libxsmm_dnn_rnncell_bind_tensor(handle_, bound.tensor, type), "bind");
    bound_.push_back(bound);
    return bound;
  }

  // Our gates in LIBXSMM's order: i g f o, or r z n.
  int64_t our_gate(int64_t gate) const {
    constexpr int64_t kLstm[] = {0, 2, 1, 3};
    return lstm_ ? kLstm[gate] : gate;
  }

  // `[gate * unit, term]` to `[gate][unit block][term block][term][unit]`.
  // The terms of a unit block are in order, whatever the size of their blocks.
  void pack(float* destination, const float* source, int64_t terms, int64_t padded_terms) const {
    for (int64_t gate = 0; gate < gates(); ++gate) {
      const float* matrix = source + our_gate(gate) * task_.hidden * terms;
      for (int64_t first = 0; first < units_; first += block_units_) {
        for (int64_t term = 0; term < padded_terms; ++term) {
          for (int64_t unit = first; unit < first + block_units_; ++unit) {
            const bool real = unit < task_.hidden && term < terms;
            *destination++ = real ? matrix[unit * terms + term] : 0.0F;
          }
        }
      }
    }
  }

  void fill_bias(float* destination, const DirectionWeights& weights) const {
    for (int64_t gate = 0; gate < gates(); ++gate) {
      const int64_t first = our_gate(gate) * task_.hidden;
      for (int64_t unit = 0; unit < task_.hidden; ++unit) {
        destination[gate * units_ + unit] =
            weights.input_bias[first + unit] + weights.state_bias[first + unit];
      }
    }
  }

  static void exchange(Bound& one, Bound& other) {
    std::swap(one.data, other.data);
    libxsmm_dnn_set_tensor_data_ptr(one.tensor, one.data);
    libxsmm_dnn_set_tensor_data_ptr(other.tensor, other.data);
  }

  const Task& task_;
  bool lstm_;
  int64_t units_, features_;
  libxsmm_blasint block_units_;
  libxsmm_dnn_rnncell* handle_ = nullptr;
  std::vector<Bound> bound_;
  Bound input_{}, hidden_{}, hidden_before_{}, cell_{}, cell_before_{};
  std::unique_ptr<Helper> helper_;
};

}  // namespace

std::string system_version() { return "LIBXSMM " LIBXSMM_VERSION; }

std::unique_ptr<Engine> prepare(const Task& task) {
  if (task.cell == "gru") throw Unsupported("its GRU resets before the product");
  if (task.layers > 1 || task.directions > 1) throw Unsupported("single layers only");
  if (task.threads > 2) throw Unsupported("at most two threads here");
  return std::make_unique<LibxsmmEngine>(task);
}

}  // namespace peers
