#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace peers {

// The part of ONNX Runtime's C interface that the peer uses, called through the shared library of
// the npm package, which comes without a header. The interface is a table of functions whose order
// never changes; the numbers below are places in it.
class OnnxRuntime {
 public:
  struct Env;
  struct Status;
  struct MemoryInfo;
  struct Session;
  struct SessionOptions;
  struct Value;

  explicit OnnxRuntime(const char* library);

  const std::string& version() const { return version_; }

  Session* create_session(const std::string& model, int threads) const;
  void release_session(Session* session) const;
  Value* create_tensor(float* data, const int64_t* shape, size_t rank) const;
  void release_tensor(Value* value) const;

  // Throws with ONNX Runtime's reason if the call fails.
  void run(Session* session, const char* const* input_names, const Value* const* inputs,
           size_t input_count, const char* const* output_names, size_t output_count,
           Value** outputs) const {
    check(run_(session, nullptr, input_names, inputs, input_count, output_names, output_count,
               outputs));
  }

 private:
  using Table = const void* const*;
  using Run = Status* (*)(Session*, const void*, const char* const*, const Value* const*, size_t,
                          const char* const*, size_t, Value**);

  template <typename Function>
  Function at(size_t place) const {
    return reinterpret_cast<Function>(const_cast<void*>(table_[place]));
  }

  void check(Status* status) const {
    if (status != nullptr) fail(status);
  }

  [[noreturn]] void fail(Status* status) const;

  Table table_ = nullptr;
  std::string version_;
  Env* env_ = nullptr;
  MemoryInfo* memory_ = nullptr;
  Run run_ = nullptr;
};

}  // namespace peers
