#include "gemm/shared_library.h"

#if defined(__linux__)

#include <dlfcn.h>
#include <elf.h>
#include <link.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

namespace recurrent {
namespace {

#if defined(__x86_64__)
constexpr uint16_t kMachine = EM_X86_64;
#else
constexpr uint16_t kMachine = EM_AARCH64;
#endif

// Not a stream of C++, which would bring half a megabyte of locales into the library.
struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

template <class T>
bool read_at(const File& file, uint64_t offset, T* values, size_t count) {
  return fseeko(file.get(), static_cast<off_t>(offset), SEEK_SET) == 0 &&
         std::fread(values, sizeof(T), count, file.get()) == count;
}

bool is_library_of_this_architecture(const ElfW(Ehdr) & header) {
  return std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 &&
         header.e_ident[EI_CLASS] == ELFCLASS64 && header.e_type == ET_DYN &&
         header.e_machine == kMachine && header.e_phentsize == sizeof(ElfW(Phdr));
}

}  // namespace

std::string why_not_loadable(const std::string& path) {
  const File file(std::fopen(path.c_str(), "rbe"));
  if (!file || fseeko(file.get(), 0, SEEK_END) != 0) return path + " cannot be read";
  const auto bytes = static_cast<uint64_t>(ftello(file.get()));
  ElfW(Ehdr) header;
  if (!read_at(file, 0, &header, 1) || !is_library_of_this_architecture(header))
    return path + " is not a shared library of this architecture";
  std::vector<ElfW(Phdr)> segments(header.e_phnum);
  if (!read_at(file, header.e_phoff, segments.data(), segments.size()))
    return path + " is truncated";
  for (const ElfW(Phdr) & segment : segments)
    if (segment.p_filesz > bytes || segment.p_offset > bytes - segment.p_filesz)
      return path + " is truncated";
  return {};
}

SharedLibrary::SharedLibrary(const std::string& path, Scope scope)
    : handle_(dlopen(path.c_str(), RTLD_LAZY | (scope == Scope::kGlobal ? RTLD_GLOBAL : 0))) {
  if (handle_ == nullptr) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): glibc keeps the text for each thread.
    const char* reason = dlerror();
    error_ = reason != nullptr ? reason : "cannot be loaded";
  }
}

void SharedLibrary::close() noexcept {
  if (handle_ != nullptr) {
    dlclose(handle_);
    handle_ = nullptr;
  }
}

void* SharedLibrary::symbol(const char* name) const {
  return handle_ != nullptr ? dlsym(handle_, name) : nullptr;
}

std::string SharedLibrary::resolved_path() const {
  link_map* loaded = nullptr;
  if (handle_ == nullptr || dlinfo(handle_, RTLD_DI_LINKMAP, &loaded) != 0) return {};
  return real_path(loaded->l_name);
}

bool SharedLibrary::is_loaded(const std::string& path) {
  void* handle = dlopen(path.c_str(), RTLD_LAZY | RTLD_NOLOAD);
  if (handle != nullptr) {
    // Gives back the reference that asking has taken.
    dlclose(handle);
  }
  return handle != nullptr;
}

std::string real_path(const std::string& path) {
  // Owned, because the text may find no memory.
  const std::unique_ptr<char, decltype(&std::free)> resolved(realpath(path.c_str(), nullptr),
                                                             &std::free);
  return resolved != nullptr ? resolved.get() : "";
}

std::string own_folder() {
  Dl_info info;
  if (dladdr(reinterpret_cast<const void*>(&own_folder), &info) == 0) return {};
  const std::string file = real_path(info.dli_fname);
  return file.substr(0, file.rfind('/'));
}

}  // namespace recurrent

#endif
