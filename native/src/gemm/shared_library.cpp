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

std::string environment(const char* name) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): read once, nothing here writes the environment.
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

}  // namespace recurrent

#elif defined(_WIN32)

#define WIN32_LEAN_AND_MEAN
// MinGW's library defines it already.
#if !defined(NOMINMAX)
#define NOMINMAX
#endif
#include <windows.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <system_error>
#include <type_traits>
#include <vector>

#include "base/wide_text.h"

namespace recurrent {
namespace {

struct CloseFile {
  void operator()(HANDLE file) const { CloseHandle(file); }
};
using File = std::unique_ptr<std::remove_pointer_t<HANDLE>, CloseFile>;

bool read_at(const File& file, uint64_t offset, void* to, size_t bytes) {
  OVERLAPPED place{};
  place.Offset = static_cast<DWORD>(offset);
  place.OffsetHigh = static_cast<DWORD>(offset >> 32);
  DWORD got = 0;
  return ReadFile(file.get(), to, static_cast<DWORD>(bytes), &got, &place) != 0 && got == bytes;
}

constexpr WORD kDosMagic = 0x5A4D;
constexpr DWORD kPeMagic = 0x00004550;

std::string text_of_error(DWORD code) {
  return std::error_code(static_cast<int>(code), std::system_category()).message();
}

std::string path_of(HMODULE module) {
  std::wstring path(1 << 15, L'\0');
  path.resize(GetModuleFileNameW(module, path.data(), static_cast<DWORD>(path.size())));
  return narrow_text(path);
}

}  // namespace

// The loader refuses a truncated file itself, but in words that help nobody.
std::string why_not_loadable(const std::string& path) {
  const HANDLE handle =
      CreateFileW(wide_text(path).c_str(), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE,
                  nullptr, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr);
  if (handle == INVALID_HANDLE_VALUE) return path + " cannot be read";
  const File file(handle);
  LARGE_INTEGER bytes;
  if (GetFileSizeEx(handle, &bytes) == 0) return path + " cannot be read";
  IMAGE_DOS_HEADER dos;
  IMAGE_NT_HEADERS64 header;
  if (!read_at(file, 0, &dos, sizeof(dos)) || dos.e_magic != kDosMagic || dos.e_lfanew < 0 ||
      !read_at(file, static_cast<uint64_t>(dos.e_lfanew), &header, sizeof(header)) ||
      header.Signature != kPeMagic || header.FileHeader.Machine != IMAGE_FILE_MACHINE_AMD64 ||
      (header.FileHeader.Characteristics & IMAGE_FILE_DLL) == 0)
    return path + " is not a shared library of this architecture";
  std::vector<IMAGE_SECTION_HEADER> sections(header.FileHeader.NumberOfSections);
  const uint64_t table = static_cast<uint64_t>(dos.e_lfanew) +
                         offsetof(IMAGE_NT_HEADERS64, OptionalHeader) +
                         header.FileHeader.SizeOfOptionalHeader;
  if (!read_at(file, table, sections.data(), sections.size() * sizeof(IMAGE_SECTION_HEADER)))
    return path + " is truncated";
  for (const IMAGE_SECTION_HEADER& section : sections)
    if (uint64_t{section.PointerToRawData} + section.SizeOfRawData >
        static_cast<uint64_t>(bytes.QuadPart))
      return path + " is truncated";
  return {};
}

// What it needs is looked for beside it first. Windows has one scope.
SharedLibrary::SharedLibrary(const std::string& path, Scope)
    : handle_(LoadLibraryExW(wide_text(path).c_str(), nullptr, LOAD_WITH_ALTERED_SEARCH_PATH)) {
  if (handle_ == nullptr) error_ = path + ": " + text_of_error(GetLastError());
}

void SharedLibrary::close() noexcept {
  if (handle_ != nullptr) {
    FreeLibrary(static_cast<HMODULE>(handle_));
    handle_ = nullptr;
  }
}

void* SharedLibrary::symbol(const char* name) const {
  if (handle_ == nullptr) return nullptr;
  return reinterpret_cast<void*>(GetProcAddress(static_cast<HMODULE>(handle_), name));
}

std::string SharedLibrary::resolved_path() const {
  return handle_ != nullptr ? real_path(path_of(static_cast<HMODULE>(handle_))) : "";
}

bool SharedLibrary::is_loaded(const std::string& path) {
  HMODULE handle = nullptr;
  return GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT, wide_text(path).c_str(),
                            &handle) != 0;
}

std::string real_path(const std::string& path) {
  const std::wstring given = wide_text(path);
  if (given.empty() || GetFileAttributesW(given.c_str()) == INVALID_FILE_ATTRIBUTES) return {};
  std::wstring whole(1 << 15, L'\0');
  whole.resize(
      GetFullPathNameW(given.c_str(), static_cast<DWORD>(whole.size()), whole.data(), nullptr));
  return narrow_text(whole);
}

std::string own_folder() {
  HMODULE own = nullptr;
  if (GetModuleHandleExW(
          GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
          reinterpret_cast<LPCWSTR>(&own_folder), &own) == 0)
    return {};
  const std::string file = path_of(own);
  return file.substr(0, file.rfind('\\'));
}

std::string environment(const char* name) {
  const std::wstring wide = wide_text(name);
  const DWORD units = GetEnvironmentVariableW(wide.c_str(), nullptr, 0);
  if (units == 0) return {};
  std::wstring value(units, L'\0');
  value.resize(GetEnvironmentVariableW(wide.c_str(), value.data(), units));
  return narrow_text(value);
}

}  // namespace recurrent

#endif
