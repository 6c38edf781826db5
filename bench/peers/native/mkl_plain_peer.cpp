// What a competent user writes on top of MKL: weights packed once, the input product of a whole
// sequence at once, one packed product a step, and VML for the activations.
//
// A sigmoid is 0.5 + 0.5 tanh(a / 2): the halves are folded into the weights, so that one vsTanh
// serves all gates of a step.

#include <dlfcn.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "peers/native/engine.h"

namespace peers {
namespace {

// Values of mkl_cblas.h, mkl_service.h and mkl_vml_defines.h.
constexpr int kRowMajor = 101;
constexpr int kTrans = 112;
constexpr int kNoTrans = 111;
constexpr int kBMatrix = 162;
constexpr int kPacked = 151;
constexpr int kSequential = 1;
constexpr int kLp64 = 0;
constexpr int64_t kLowAccuracy = 1;

// The functions of MKL that this file uses, from the dispatcher in the folder RECURRENT_MKL.
class Mkl {
 public:
  static const Mkl& instance() {
    static const Mkl mkl;
    return mkl;
  }

  size_t (*pack_size)(int identifier, int m, int n, int k);
  void (*pack)(int layout, int identifier, int trans, int m, int n, int k, float alpha,
               const float* source, int stride, float* destination);
  void (*compute)(int layout, int trans_a, int trans_b, int m, int n, int k, const float* a,
                  int stride_a, const float* b, int stride_b, float beta, float* c, int stride_c);
  void (*tanh)(int n, const float* a, float* y, int64_t mode);
  void (*version_text)(char* text, int length);

 private:
  Mkl() {
    const char* folder = std::getenv("RECURRENT_MKL");
    const std::string path = std::string(folder != nullptr ? folder : ".") + "/libmkl_rt.so";
    library_ = dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL);
    if (library_ == nullptr) throw std::runtime_error(dlerror());
    int (*set_threading)(int);
    int (*set_interface)(int);
    find(set_threading, "MKL_Set_Threading_Layer");
    find(set_interface, "MKL_Set_Interface_Layer");
    set_threading(kSequential);
    set_interface(kLp64);
    find(pack_size, "cblas_sgemm_pack_get_size");
    find(pack, "cblas_sgemm_pack");
    find(compute, "cblas_sgemm_compute");
    find(tanh, "vmsTanh");
    find(version_text, "MKL_Get_Version_String");
  }

  template <typename Function>
  void find(Function& function, const char* name) {
    function = reinterpret_cast<Function>(dlsym(library_, name));
    if (function == nullptr) throw std::runtime_error(dlerror());
  }

  void* library_;
};

// `[rows, terms]` weights, packed for products with a given number of batch rows: `y = beta y + x
// W^T`.
class PackedWeights {
 public:
  PackedWeights(const float* weights, int64_t rows, int64_t terms, int64_t batch)
      : rows_(static_cast<int>(rows)), terms_(static_cast<int>(terms)) {
    const Mkl& mkl = Mkl::instance();
    const int m = static_cast<int>(batch);
    const size_t bytes = mkl.pack_size(kBMatrix, m, rows_, terms_);
    data_.reset(static_cast<float*>(std::aligned_alloc(64, (bytes + 63) / 64 * 64)));
    mkl.pack(kRowMajor, kBMatrix, kTrans, m, rows_, terms_, 1.0F, weights, terms_, data_.get());
  }

  void multiply(const float* x, int64_t batch, float beta, float* y) const {
    Mkl::instance().compute(kRowMajor, kNoTrans, kPacked, static_cast<int>(batch), rows_, terms_, x,
                            terms_, data_.get(), terms_, beta, y, rows_);
  }

 private:
  struct Free {
    void operator()(float* memory) const { std::free(memory); }
  };

  int rows_;
  int terms_;
  std::unique_ptr<float, Free> data_;
};

void tanh_in_place(float* values, int64_t count) {
  Mkl::instance().tanh(static_cast<int>(count), values, values, kLowAccuracy);
}

float sigmoid_of_tanh(float value) { return 0.5F + 0.5F * value; }

class MklEngine : public Engine {
 public:
  explicit MklEngine(const Task& task)
      : lstm_(task.cell == "lstm"),
        streaming_(task.streaming()),
        time_(task.time),
        batch_(task.batch),
        features_(task.input),
        units_(task.hidden),
        rows_(task.gates() * task.hidden),
        input_(size(time_ * batch_ * features_)),
        output_(size(time_ * batch_ * units_)),
        projected_(size(time_ * batch_ * rows_)),
        recurrent_(size(batch_ * rows_)),
        hidden_(size(batch_ * units_)),
        cell_(size(batch_ * units_)),
        cell_tanh_(size(batch_ * units_)) {
    const DirectionWeights& weights = task.weights(0, 0);
    input_weights_ = std::make_unique<PackedWeights>(
        halved(weights.input_weights, features_).data(), rows_, features_, time_ * batch_);
    state_weights_ = std::make_unique<PackedWeights>(halved(weights.state_weights, units_).data(),
                                                     rows_, units_, batch_);
    set_biases(halved(weights.input_bias, 1), halved(weights.state_bias, 1));
  }

  void set_input(const float* x) override { input_.assign(x, x + input_.size()); }
  void get_output(float* y) override { std::copy(output_.begin(), output_.end(), y); }

  void reset() override {
    std::fill(hidden_.begin(), hidden_.end(), 0.0F);
    std::fill(cell_.begin(), cell_.end(), 0.0F);
  }

  void call() override {
    if (!streaming_) reset();
    fill_rows(projected_.data(), input_bias_, time_ * batch_);
    input_weights_->multiply(input_.data(), time_ * batch_, 1.0F, projected_.data());
    for (int64_t step = 0; step < time_; ++step) {
      float* const gates = projected_.data() + step * batch_ * rows_;
      if (lstm_)
        step_lstm(gates);
      else
        step_gru(gates);
      std::copy(hidden_.begin(), hidden_.end(), output_.data() + step * batch_ * units_);
    }
  }

 private:
  static size_t size(int64_t count) { return static_cast<size_t>(count); }

  // The candidate's gate: g of i f g o, n of r z n.
  static constexpr int64_t kCandidate = 2;

  std::vector<float> halved(const float* source, int64_t terms) const {
    std::vector<float> result(source, source + rows_ * terms);
    const int64_t block = units_ * terms;
    for (int64_t i = 0; i < rows_ * terms; ++i)
      if (i / block != kCandidate) result[size(i)] *= 0.5F;
    return result;
  }

  // The candidate of a GRU keeps its recurrent bias apart, because the reset gate multiplies it.
  void set_biases(std::vector<float> input, std::vector<float> state) {
    for (int64_t row = 0; row < rows_; ++row) {
      if (!lstm_ && row / units_ == kCandidate) continue;
      input[size(row)] += state[size(row)];
      state[size(row)] = 0.0F;
    }
    input_bias_ = std::move(input);
    state_bias_ = std::move(state);
  }

  static void fill_rows(float* destination, const std::vector<float>& row, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
      destination = std::copy(row.begin(), row.end(), destination);
  }

  void step_lstm(float* gates) {
    state_weights_->multiply(hidden_.data(), batch_, 1.0F, gates);
    tanh_in_place(gates, batch_ * rows_);
    for (int64_t row = 0; row < batch_; ++row) {
      const float* const i = gates + row * rows_;
      const float* const f = i + units_;
      const float* const g = f + units_;
      float* const c = cell_.data() + row * units_;
      for (int64_t unit = 0; unit < units_; ++unit)
        c[unit] = sigmoid_of_tanh(f[unit]) * c[unit] + sigmoid_of_tanh(i[unit]) * g[unit];
    }
    std::copy(cell_.begin(), cell_.end(), cell_tanh_.begin());
    tanh_in_place(cell_tanh_.data(), batch_ * units_);
    for (int64_t row = 0; row < batch_; ++row) {
      const float* const o = gates + row * rows_ + 3 * units_;
      for (int64_t unit = 0; unit < units_; ++unit) {
        hidden_[size(row * units_ + unit)] =
            sigmoid_of_tanh(o[unit]) * cell_tanh_[size(row * units_ + unit)];
      }
    }
  }

  void step_gru(float* gates) {
    fill_rows(recurrent_.data(), state_bias_, batch_);
    state_weights_->multiply(hidden_.data(), batch_, 1.0F, recurrent_.data());
    for (int64_t row = 0; row < batch_; ++row) {
      float* const a = gates + row * rows_;
      float* const q = recurrent_.data() + row * rows_;
      for (int64_t unit = 0; unit < 2 * units_; ++unit) a[unit] += q[unit];
      tanh_in_place(a, 2 * units_);
      float* const n = a + 2 * units_;
      for (int64_t unit = 0; unit < units_; ++unit)
        n[unit] += sigmoid_of_tanh(a[unit]) * q[2 * units_ + unit];
      tanh_in_place(n, units_);
      float* const h = hidden_.data() + row * units_;
      for (int64_t unit = 0; unit < units_; ++unit)
        h[unit] = n[unit] + sigmoid_of_tanh(a[units_ + unit]) * (h[unit] - n[unit]);
    }
  }

  bool lstm_;
  bool streaming_;
  int64_t time_, batch_, features_, units_, rows_;
  std::vector<float> input_, output_, projected_, recurrent_, hidden_, cell_, cell_tanh_;
  std::vector<float> input_bias_, state_bias_;
  std::unique_ptr<PackedWeights> input_weights_, state_weights_;
};

}  // namespace

std::string system_version() {
  char text[256] = {};
  Mkl::instance().version_text(text, sizeof(text) - 1);
  return text;
}

std::unique_ptr<Engine> prepare(const Task& task) {
  if (task.cell == "gru_before") throw Unsupported("one GRU is enough for a plain path");
  if (task.layers > 1 || task.directions > 1) throw Unsupported("single layers only");
  if (task.threads > 1) throw Unsupported("MKL's sequential layer");
  return std::make_unique<MklEngine>(task);
}

}  // namespace peers
