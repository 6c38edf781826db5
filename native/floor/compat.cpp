// What the static runtime of GCC 12 and later wants of glibc 2.32 and later, so that the library
// loads where these are not: the floor is GLIBC_2.27, that of .NET itself (RecurrentFloor.cmake).
// All of it is hidden: only this library uses it.
#include <dlfcn.h>
#include <link.h>
#include <stdint.h>
#include <string.h>

#define RECURRENT_HIDDEN __attribute__((visibility("hidden")))

extern "C" {

// glibc 2.32: whether there is one thread only, which lets the runtime leave out atomic operations.
// "No" is always right.
RECURRENT_HIDDEN extern char __libc_single_threaded;
char __libc_single_threaded = 0;

// glibc 2.35: the unwinder asks it where an address belongs and what unwinds there.
RECURRENT_HIDDEN int _dl_find_object(void* address, struct dl_find_object* found) noexcept;
}

namespace {

struct Search {
  uintptr_t address;
  struct dl_find_object* found;
};

// For dl_iterate_phdr(): fills `found` if the address is in this object.
int look_at(dl_phdr_info* object, size_t, void* context) {
  const Search& search = *static_cast<Search*>(context);
  uintptr_t first = UINTPTR_MAX;
  uintptr_t last = 0;
  bool holds = false;
  void* frames = nullptr;
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = object->dlpi_phdr[i];
    const uintptr_t begin = object->dlpi_addr + segment.p_vaddr;
    const uintptr_t end = begin + segment.p_memsz;
    if (segment.p_type == PT_GNU_EH_FRAME) frames = reinterpret_cast<void*>(begin);
    if (segment.p_type != PT_LOAD) continue;
    first = begin < first ? begin : first;
    last = end > last ? end : last;
    holds |= search.address >= begin && search.address < end;
  }
  if (!holds || frames == nullptr) return 0;
  memset(search.found, 0, sizeof(*search.found));
  search.found->dlfo_map_start = reinterpret_cast<void*>(first);
  search.found->dlfo_map_end = reinterpret_cast<void*>(last);
  search.found->dlfo_eh_frame = frames;
  return 1;
}

}  // namespace

int _dl_find_object(void* address, struct dl_find_object* found) noexcept {
  Search search{reinterpret_cast<uintptr_t>(address), found};
  return dl_iterate_phdr(&look_at, &search) != 0 ? 0 : -1;
}
