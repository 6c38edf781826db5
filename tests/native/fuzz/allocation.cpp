#include "allocation.h"

#include <dlfcn.h>
#include <pthread.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

// More than any program needs that is to run in reasonable time. What a caller may ask for has no
// such bound, and a machine must not be filled with it.
constexpr size_t kMostBytes = size_t{256} << 20;

std::atomic<int> calls{0};
std::atomic<bool> armed{false};
std::atomic<int64_t> left{0};
std::atomic<bool> refused{false};
std::atomic<bool> too_large{false};

// Whether this request is to be refused.
bool is_refused(size_t bytes) {
  if (calls.load(std::memory_order_relaxed) == 0) return false;
  if (bytes > kMostBytes) {
    too_large.store(true, std::memory_order_relaxed);
    return true;
  }
  if (!armed.load(std::memory_order_relaxed) || left.fetch_sub(1, std::memory_order_relaxed) != 1)
    return false;
  refused.store(true, std::memory_order_relaxed);
  return true;
}

void* allocate(size_t bytes) {
  void* memory = is_refused(bytes) ? nullptr : std::malloc(bytes > 0 ? bytes : 1);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

extern "C" {
int __real_posix_memalign(void** memory, size_t alignment, size_t bytes);
int __wrap_posix_memalign(void** memory, size_t alignment, size_t bytes);

int __wrap_posix_memalign(void** memory, size_t alignment, size_t bytes) {
  return is_refused(bytes) ? ENOMEM : __real_posix_memalign(memory, alignment, bytes);
}

#if defined(__GLIBC__) && !defined(__clang__)
// Stands before the C library's, for the C++ runtime too, which is where threads are made. (Clang's
// sanitizers stand at the same place, and cannot be found behind it.)
__attribute__((visibility("default"))) int pthread_create(pthread_t* thread,
                                                          const pthread_attr_t* attributes,
                                                          void* (*body)(void*), void* argument) {
  using Create = int(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
  static Create* const next = reinterpret_cast<Create*>(dlsym(RTLD_NEXT, "pthread_create"));
  return is_refused(0) ? EAGAIN : next(thread, attributes, body, argument);
}
#endif
}

// All of them, so that what one gives another one may take.
void* operator new(size_t bytes) { return allocate(bytes); }
void* operator new[](size_t bytes) { return allocate(bytes); }
void* operator new(size_t bytes, std::align_val_t alignment) {
  void* memory = nullptr;
  if (__wrap_posix_memalign(&memory, static_cast<size_t>(alignment), bytes) != 0)
    throw std::bad_alloc();
  return memory;
}
void* operator new[](size_t bytes, std::align_val_t alignment) {
  return operator new(bytes, alignment);
}
// Who asks like this can do without, as std::stable_sort can.
void* operator new(size_t bytes, const std::nothrow_t&) noexcept { return std::malloc(bytes); }
void* operator new[](size_t bytes, const std::nothrow_t&) noexcept { return std::malloc(bytes); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, size_t, std::align_val_t) noexcept { std::free(memory); }

namespace recurrent::fuzz::allocation {

bool can_refuse_threads() {
#if defined(__GLIBC__) && !defined(__clang__)
  return true;
#else
  return false;
#endif
}

void refuse(int64_t k) {
  left.store(k, std::memory_order_relaxed);
  refused.store(false, std::memory_order_relaxed);
}

bool has_refused() { return refused.load(std::memory_order_relaxed); }

bool was_too_large() { return too_large.load(std::memory_order_relaxed); }

LibraryCall::LibraryCall(bool arms) {
  too_large.store(false, std::memory_order_relaxed);
  armed.store(arms, std::memory_order_relaxed);
  calls.fetch_add(1, std::memory_order_relaxed);
}

LibraryCall::~LibraryCall() {
  calls.fetch_sub(1, std::memory_order_relaxed);
  armed.store(false, std::memory_order_relaxed);
}

}  // namespace recurrent::fuzz::allocation
