#include "allocation_count.h"

#include <atomic>
#include <cerrno>
#include <cstddef>

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define RECURRENT_TEST_COUNTS 1
#include <dlfcn.h>
#include <pthread.h>
#include <sys/resource.h>
#else
#define RECURRENT_TEST_COUNTS 0
#endif

namespace {

std::atomic<int64_t> allocation_count{0};
std::atomic<int64_t> lock_count{0};

}  // namespace

#if RECURRENT_TEST_COUNTS

// glibc's own names for its allocator, which it exports for those who stand before it.
extern "C" {
void* __libc_malloc(size_t bytes);
void* __libc_calloc(size_t count, size_t bytes);
void* __libc_realloc(void* memory, size_t bytes);
void* __libc_memalign(size_t alignment, size_t bytes);

void* malloc(size_t bytes) {
  allocation_count.fetch_add(1, std::memory_order_relaxed);
  return __libc_malloc(bytes);
}

void* calloc(size_t count, size_t bytes) {
  allocation_count.fetch_add(1, std::memory_order_relaxed);
  return __libc_calloc(count, bytes);
}

void* realloc(void* memory, size_t bytes) {
  allocation_count.fetch_add(1, std::memory_order_relaxed);
  return __libc_realloc(memory, bytes);
}

void* memalign(size_t alignment, size_t bytes) {
  allocation_count.fetch_add(1, std::memory_order_relaxed);
  return __libc_memalign(alignment, bytes);
}

void* aligned_alloc(size_t alignment, size_t bytes) { return memalign(alignment, bytes); }

int posix_memalign(void** memory, size_t alignment, size_t bytes) {
  *memory = memalign(alignment, bytes);
  return *memory != nullptr ? 0 : ENOMEM;
}

int pthread_mutex_lock(pthread_mutex_t* mutex) {
  using Lock = int(pthread_mutex_t*);
  static std::atomic<Lock*> next{nullptr};
  Lock* lock = next.load(std::memory_order_relaxed);
  if (lock == nullptr) {
    lock = reinterpret_cast<Lock*>(dlsym(RTLD_NEXT, "pthread_mutex_lock"));
    next.store(lock, std::memory_order_relaxed);
  }
  lock_count.fetch_add(1, std::memory_order_relaxed);
  return lock(mutex);
}
}

#endif

namespace recurrent::test {

bool counts_allocations() { return RECURRENT_TEST_COUNTS != 0; }

int64_t allocations() { return allocation_count.load(std::memory_order_relaxed); }

int64_t locks() { return lock_count.load(std::memory_order_relaxed); }

int64_t minor_faults() {
#if RECURRENT_TEST_COUNTS
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_minflt;
#else
  return 0;
#endif
}

}  // namespace recurrent::test
