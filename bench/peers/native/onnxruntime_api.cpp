#include "peers/native/onnxruntime_api.h"

#include <dlfcn.h>

#include <stdexcept>

namespace peers {
namespace {

// Any version from 1 on has all that is used here.
constexpr uint32_t kApiVersion = 13;

// Places in the table of functions.
constexpr size_t kGetErrorMessage = 2;
constexpr size_t kCreateEnv = 3;
constexpr size_t kCreateSessionFromArray = 8;
constexpr size_t kRun = 9;
constexpr size_t kCreateSessionOptions = 10;
constexpr size_t kSetIntraOpNumThreads = 24;
constexpr size_t kSetInterOpNumThreads = 25;
constexpr size_t kCreateTensorWithDataAsOrtValue = 49;
constexpr size_t kCreateCpuMemoryInfo = 69;
constexpr size_t kReleaseStatus = 93;
constexpr size_t kReleaseSession = 95;
constexpr size_t kReleaseValue = 96;
constexpr size_t kReleaseSessionOptions = 100;

// Values of enumerations.
constexpr int kLogErrors = 3;
constexpr int kFloat = 1;
constexpr int kArenaAllocator = 1;
constexpr int kDefaultMemory = 0;

struct ApiBase {
  const void* const* (*get_api)(uint32_t version);
  const char* (*get_version)();
};

}  // namespace

OnnxRuntime::OnnxRuntime(const char* library) {
  void* const handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) throw std::runtime_error(dlerror());
  const auto base = reinterpret_cast<const ApiBase* (*)()>(dlsym(handle, "OrtGetApiBase"));
  if (base == nullptr) throw std::runtime_error(dlerror());
  version_ = base()->get_version();
  table_ = base()->get_api(kApiVersion);
  run_ = at<Run>(kRun);
  check(at<Status* (*)(int, const char*, Env**)>(kCreateEnv)(kLogErrors, "bench", &env_));
  check(at<Status* (*)(int, int, MemoryInfo**)>(kCreateCpuMemoryInfo)(kArenaAllocator,
                                                                      kDefaultMemory, &memory_));
}

OnnxRuntime::Session* OnnxRuntime::create_session(const std::string& model, int threads) const {
  SessionOptions* options = nullptr;
  check(at<Status* (*)(SessionOptions**)>(kCreateSessionOptions)(&options));
  check(at<Status* (*)(SessionOptions*, int)>(kSetIntraOpNumThreads)(options, threads));
  check(at<Status* (*)(SessionOptions*, int)>(kSetInterOpNumThreads)(options, 1));
  Session* session = nullptr;
  using Create = Status* (*)(const Env*, const void*, size_t, const SessionOptions*, Session**);
  check(at<Create>(kCreateSessionFromArray)(env_, model.data(), model.size(), options, &session));
  at<void (*)(SessionOptions*)>(kReleaseSessionOptions)(options);
  return session;
}

void OnnxRuntime::release_session(Session* session) const {
  at<void (*)(Session*)>(kReleaseSession)(session);
}

OnnxRuntime::Value* OnnxRuntime::create_tensor(float* data, const int64_t* shape,
                                               size_t rank) const {
  size_t bytes = sizeof(float);
  for (size_t axis = 0; axis < rank; ++axis) bytes *= static_cast<size_t>(shape[axis]);
  Value* value = nullptr;
  using Create =
      Status* (*)(const MemoryInfo*, void*, size_t, const int64_t*, size_t, int, Value**);
  check(at<Create>(kCreateTensorWithDataAsOrtValue)(memory_, data, bytes, shape, rank, kFloat,
                                                    &value));
  return value;
}

void OnnxRuntime::release_tensor(Value* value) const { at<void (*)(Value*)>(kReleaseValue)(value); }

void OnnxRuntime::fail(Status* status) const {
  const std::string reason = at<const char* (*)(const Status*)>(kGetErrorMessage)(status);
  at<void (*)(Status*)>(kReleaseStatus)(status);
  throw std::runtime_error(reason);
}

}  // namespace peers
