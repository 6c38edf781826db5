/**
 * @file recurrent.hpp
 * @brief C++20 over the C interface: objects that free themselves, spans instead of pointers and
 * counts, and exceptions, or status values where there are none.
 *
 * Everything is inline over recurrent.h, whose rules hold here too: shapes, overlap, threads. A
 * function that fails throws recurrent::Error; with RECURRENT_NO_EXCEPTIONS defined, or without
 * exceptions in the compiler, it aborts with the message instead, and programs call the `try_`
 * functions, which give a status and never throw.
 *
 * @code
 * recurrent::Model model(desc);
 * recurrent::Session stream(model);
 * std::vector<float> x(model.info().input_size), y(model.info().output_size);
 * stream.step(x, y);
 * @endcode
 */
#ifndef RECURRENT_RECURRENT_HPP_
#define RECURRENT_RECURRENT_HPP_

#include <recurrent/recurrent.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#if !defined(RECURRENT_NO_EXCEPTIONS) && !defined(__cpp_exceptions) && !defined(_CPPUNWIND)
#define RECURRENT_NO_EXCEPTIONS
#endif

namespace recurrent {
// A namespace of its own inside: the library, linked statically, has names that are like these.
inline namespace interface {

/** What a function of the library did not like: its status and its message. */
class Error : public std::runtime_error {
 public:
  Error(recurrent_status status, const char* message)
      : std::runtime_error(message), status_(status) {}
  recurrent_status status() const noexcept { return status_; }

 private:
  recurrent_status status_;
};

/** Throws Error. */
[[noreturn]] inline void fail(recurrent_status status, const char* message) {
#if defined(RECURRENT_NO_EXCEPTIONS)
  std::fprintf(stderr, "recurrent: %s: %s\n", recurrent_status_name(status), message);
  std::abort();
#else
  throw Error(status, message);
#endif
}

/** Throws Error unless the status is OK. */
inline void expect_ok(recurrent_status status) {
  if (status != RECURRENT_STATUS_OK) fail(status, recurrent_last_error());
}

/** A struct of the C interface as zeros, with its size. */
template <class Struct>
Struct make() noexcept {
  Struct made{};
  made.struct_size = sizeof(Struct);
  return made;
}

/** What this machine has, and which library it is. */
inline recurrent_machine_info machine() {
  auto info = make<recurrent_machine_info>();
  expect_ok(recurrent_get_machine_info(&info));
  return info;
}

/** Layers with their packed weights. Copies share them; any number of threads may use one. */
class Model {
 public:
  /** Packs what `desc` describes; weights are copied. */
  explicit Model(const recurrent_model_desc& desc) { expect_ok(try_create(desc, *this)); }

  /** The same without exceptions: `model` is untouched unless the status is OK. */
  static recurrent_status try_create(const recurrent_model_desc& desc, Model& model) noexcept {
    recurrent_model* made = nullptr;
    const recurrent_status status = recurrent_model_create(&desc, &made);
    return model.take(status, made);
  }
  /** No model, to be given to try_create() and its like. */
  static Model none() noexcept { return Model(); }

  /** A model file, see recurrent_model_load(); `path` is UTF-8. */
  static Model load(const std::string& path, const recurrent_load_options& options = as_it_says()) {
    Model model;
    expect_ok(try_load(path.c_str(), model, options));
    return model;
  }
  /** The bytes of one, such as a resource of the program. */
  static Model load_memory(std::span<const std::byte> file,
                           const recurrent_load_options& options = as_it_says()) {
    Model model;
    expect_ok(try_load_memory(file, model, options));
    return model;
  }
  /** The same without exceptions: `model` is untouched unless the status is OK. */
  static recurrent_status try_load(const char* path, Model& model,
                                   const recurrent_load_options& options = as_it_says()) noexcept {
    recurrent_model* made = nullptr;
    const recurrent_status status = recurrent_model_load(path, &options, &made);
    return model.take(status, made);
  }
  static recurrent_status try_load_memory(
      std::span<const std::byte> file, Model& model,
      const recurrent_load_options& options = as_it_says()) noexcept {
    recurrent_model* made = nullptr;
    const auto size = static_cast<int64_t>(file.size());
    const recurrent_status status = recurrent_model_load_memory(file.data(), size, &options, &made);
    return model.take(status, made);
  }

  recurrent_model_info info() const {
    auto info = make<recurrent_model_info>();
    expect_ok(recurrent_model_get_info(get(), &info));
    return info;
  }
  /** Input `index`, from 0: its name, kind and features. The name lives as long as the model. */
  recurrent_value_info input(int32_t index) const {
    auto info = make<recurrent_value_info>();
    expect_ok(recurrent_model_get_input(get(), index, &info));
    return info;
  }
  /** Output `index`, likewise. */
  recurrent_value_info output(int32_t index) const {
    auto info = make<recurrent_value_info>();
    expect_ok(recurrent_model_get_output(get(), index, &info));
    return info;
  }
  /** What its file says beside: axis order, sample rate. */
  recurrent_file_info file_info() const {
    auto info = make<recurrent_file_info>();
    expect_ok(recurrent_model_get_file_info(get(), &info));
    return info;
  }
  /** Text `index` of its file, from 0. It lives as long as the model. */
  recurrent_metadata metadata(int32_t index) const {
    auto text = make<recurrent_metadata>();
    expect_ok(recurrent_model_get_metadata(get(), index, &text));
    return text;
  }
  recurrent_model* get() const noexcept { return handle_.get(); }

 private:
  Model() = default;

  static recurrent_load_options as_it_says() noexcept { return make<recurrent_load_options>(); }

  recurrent_status take(recurrent_status status, recurrent_model* made) noexcept {
    if (status == RECURRENT_STATUS_OK) handle_.reset(made, recurrent_model_destroy);
    return status;
  }

  std::shared_ptr<recurrent_model> handle_;
};

/** What a session is opened with. */
struct SessionOptions {
  /** Rows that advance together. */
  int64_t batch = 1;
  /** Threads of a call, the caller's included. */
  int32_t threads = 1;
};

/** States and scratch memory of streams over a model; for one caller at a time. */
class Session {
 public:
  explicit Session(const Model& model, const SessionOptions& options = {})
      : model_(model), batch_(options.batch) {
    auto desc = make<recurrent_session_desc>();
    desc.batch = options.batch;
    desc.threads = options.threads;
    recurrent_session* opened = nullptr;
    expect_ok(recurrent_session_create(model.get(), &desc, &opened));
    handle_.reset(opened);
    info_ = model.info();
  }

  const Model& model() const noexcept { return model_; }
  int64_t batch() const noexcept { return batch_; }

  /** One step: `x` `[batch, input_size]`, `y` `[batch, output_size]`, not overlapping. */
  void step(std::span<const float> x, std::span<float> y) {
    expect_size("x", x.size(), info_.input_size);
    expect_size("y", y.size(), info_.output_size);
    expect_ok(recurrent_session_step(handle_.get(), x.data(), y.data()));
  }
  /** The same; nothing is thrown or allocated. INVALID_ARGUMENT if a span is too short. */
  recurrent_status try_step(std::span<const float> x, std::span<float> y) noexcept {
    if (!fits(x.size(), info_.input_size) || !fits(y.size(), info_.output_size))
      return RECURRENT_STATUS_INVALID_ARGUMENT;
    return recurrent_session_step(handle_.get(), x.data(), y.data());
  }

  /**
   * `time` steps from the states that the call before has left: `x` `[time, batch, input_size]`,
   * `y` `[time, batch, output_size]`, or batch-major.
   */
  void run(std::span<const float> x, std::span<float> y, int64_t time,
           recurrent_layout layout = RECURRENT_LAYOUT_TIME_MAJOR) {
    expect_ok(try_run(x, y, time, layout));
  }
  /** The same; nothing is thrown. */
  recurrent_status try_run(std::span<const float> x, std::span<float> y, int64_t time,
                           recurrent_layout layout = RECURRENT_LAYOUT_TIME_MAJOR) noexcept {
    const recurrent_run_args args = run_args(x, y, time, layout);
    return recurrent_session_run(handle_.get(), &args);
  }
  /** Anything that recurrent_session_run() takes: lengths, several inputs and outputs. */
  recurrent_status try_run(const recurrent_run_args& args) noexcept {
    return recurrent_session_run(handle_.get(), &args);
  }

  /** Sequences that have nothing to do with each other, `[batch, time, features]` each. */
  void predict(std::span<const float> x, std::span<float> y, int64_t rows, int64_t time,
               recurrent_layout layout = RECURRENT_LAYOUT_BATCH_MAJOR) {
    const recurrent_run_args args = run_args(x, y, time, layout);
    expect_ok(recurrent_session_predict(handle_.get(), rows, &args));
  }

  /** Sets rows to the states that a sequence starts from. */
  void reset(int64_t first_row, int64_t count) {
    expect_ok(recurrent_session_reset(handle_.get(), first_row, count));
  }
  void reset() { reset(0, batch_); }

  /** All states of some rows, `[count, state_size]`. */
  std::vector<float> save(int64_t first_row, int64_t count) const {
    std::vector<float> states(static_cast<size_t>(count * info_.state_size));
    expect_ok(recurrent_session_save(handle_.get(), first_row, count, states.data(),
                                     static_cast<int64_t>(states.size())));
    return states;
  }
  void load(int64_t first_row, int64_t count, std::span<const float> states) {
    expect_ok(recurrent_session_load(handle_.get(), first_row, count, states.data(),
                                     static_cast<int64_t>(states.size())));
  }
  /** Takes the memory of runs of `time` steps now, so that the first one is as fast as others. */
  void warmup(int64_t time) { expect_ok(recurrent_session_warmup(handle_.get(), time)); }

  recurrent_session* get() const noexcept { return handle_.get(); }

 private:
  struct Destroy {
    void operator()(recurrent_session* session) const noexcept {
      recurrent_session_destroy(session);
    }
  };

  bool fits(size_t count, int32_t features) const noexcept {
    return static_cast<int64_t>(count) >= batch_ * features;
  }

  void expect_size(const char* argument, size_t count, int32_t features) const {
    if (fits(count, features)) return;
    const std::string message = std::string(argument) + ": expected at least " +
                                std::to_string(batch_ * features) + " values, found " +
                                std::to_string(count);
    fail(RECURRENT_STATUS_INVALID_ARGUMENT, message.c_str());
  }

  static recurrent_run_args run_args(std::span<const float> x, std::span<float> y, int64_t time,
                                     recurrent_layout layout) noexcept {
    auto args = make<recurrent_run_args>();
    args.layout = layout;
    args.time = time;
    args.x = x.data();
    args.x_count = static_cast<int64_t>(x.size());
    args.y = y.data();
    args.y_count = static_cast<int64_t>(y.size());
    return args;
  }

  Model model_;
  int64_t batch_;
  recurrent_model_info info_{};
  std::unique_ptr<recurrent_session, Destroy> handle_;
};

}  // namespace interface
}  // namespace recurrent

#endif
