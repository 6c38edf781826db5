#include "exec/pinning.h"

#include <cerrno>
#include <cstddef>
#include <system_error>

#include "base/error.h"

#if defined(__linux__)
#include <pthread.h>
#include <sched.h>
#elif defined(_WIN32)
#include <windows.h>
#endif

namespace recurrent {

#if defined(__linux__)

std::vector<int> processors_for_pinning(int threads) {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0)
    fail(RECURRENT_STATUS_UNAVAILABLE,
         "pin_threads: expected a system that tells which processors a process may use, but it "
         "says: %s",
         std::generic_category().message(errno).c_str());
  std::vector<int> processors;
  for (size_t processor = 0; processor < CPU_SETSIZE; ++processor)
    if (CPU_ISSET(processor, &allowed)) processors.push_back(static_cast<int>(processor));
  if (static_cast<int>(processors.size()) < threads)
    invalid("pin_threads", "expected a processor for each of %d threads, found %zu", threads,
            processors.size());
  return processors;
}

void pin(std::thread& thread, int processor) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(static_cast<size_t>(processor), &one);
  const int error = pthread_setaffinity_np(thread.native_handle(), sizeof(one), &one);
  if (error != 0)
    fail(RECURRENT_STATUS_UNAVAILABLE,
         "pin_threads: expected to keep a thread on processor %d, but the system refused: %s",
         processor, std::generic_category().message(error).c_str());
}

#elif defined(_WIN32)

// Of the group of processors, 64 at most, that the process is in.
std::vector<int> processors_for_pinning(int threads) {
  DWORD_PTR allowed = 0;
  DWORD_PTR all = 0;
  if (GetProcessAffinityMask(GetCurrentProcess(), &allowed, &all) == 0)
    fail(RECURRENT_STATUS_UNAVAILABLE,
         "pin_threads: expected a system that tells which processors a process may use, but it "
         "gives error %lu",
         GetLastError());
  std::vector<int> processors;
  for (int processor = 0; processor < static_cast<int>(8 * sizeof(allowed)); ++processor)
    if ((allowed >> processor & 1) != 0) processors.push_back(processor);
  if (static_cast<int>(processors.size()) < threads)
    invalid("pin_threads", "expected a processor for each of %d threads, found %zu", threads,
            processors.size());
  return processors;
}

void pin(std::thread& thread, int processor) {
#if defined(_GLIBCXX_HAS_GTHREADS)
  const HANDLE handle = pthread_gethandle(thread.native_handle());
#else
  const HANDLE handle = thread.native_handle();
#endif
  if (SetThreadAffinityMask(handle, DWORD_PTR{1} << processor) == 0)
    fail(RECURRENT_STATUS_UNAVAILABLE,
         "pin_threads: expected to keep a thread on processor %d, but the system refused: error "
         "%lu",
         processor, GetLastError());
}

#else

std::vector<int> processors_for_pinning(int) {
  fail(RECURRENT_STATUS_UNAVAILABLE,
       "pin_threads: expected 0, because threads cannot be pinned on this system, found 1");
}

void pin(std::thread&, int) {}

#endif

}  // namespace recurrent
