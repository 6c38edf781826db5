#include "exec/thread_workspace.h"

#if defined(__MINGW32__)
#include <windows.h>

#include <memory>
#include <new>
#endif

namespace recurrent {

#if defined(__MINGW32__)

namespace {

void WINAPI destroy(void* workspace) { delete static_cast<Workspace*>(workspace); }

// A place for a pointer that every thread has for itself. Without it the workspaces go, too.
class Slot {
 public:
  Slot() : index_(FlsAlloc(&destroy)) {
    if (index_ == FLS_OUT_OF_INDEXES) throw std::bad_alloc();
  }
  ~Slot() { FlsFree(index_); }
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;
  DWORD index() const { return index_; }

 private:
  const DWORD index_;
};

}  // namespace

// No thread_local object: GCC's emulation of them on Windows destroys it when its memory is gone.
Workspace& thread_workspace() {
  static const Slot slot;
  if (void* const known = FlsGetValue(slot.index())) return *static_cast<Workspace*>(known);
  auto made = std::make_unique<Workspace>();
  if (FlsSetValue(slot.index(), made.get()) == 0) throw std::bad_alloc();
  return *made.release();
}

#else

Workspace& thread_workspace() {
  thread_local Workspace workspace;
  return workspace;
}

#endif

}  // namespace recurrent
