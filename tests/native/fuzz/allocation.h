// Memory and threads that the library asks the system for, which may be refused.
//
// Seen are operator new and its kin, posix_memalign, and pthread_create; the fuzzer's own use is
// not counted, because it happens outside of LibraryCall.
#pragma once

#include <cstdint>

namespace recurrent::fuzz::allocation {

// Whether the system's answers can be replaced in this build: it needs the GNU linker and compiler.
bool can_refuse_threads();

// From now on, the `k`-th request from 1 that is made in an armed call is refused; 0 for none.
void refuse(int64_t k);

// Whether that has happened.
bool has_refused();

// Whether a request of the present or last call was refused because of its size.
bool was_too_large();

// While it lives, a call of the library runs on this thread.
class LibraryCall {
 public:
  explicit LibraryCall(bool armed);
  ~LibraryCall();
  LibraryCall(const LibraryCall&) = delete;
  LibraryCall& operator=(const LibraryCall&) = delete;
};

}  // namespace recurrent::fuzz::allocation
