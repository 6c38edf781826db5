// Files by the calls of the system. Not by streams of C++, which would bring half a megabyte of
// locales into the library, nor by those of C, which open paths in another encoding on Windows.
#include <algorithm>
#include <string>
#include <system_error>

#include "base/error.h"
#include "file/byte_source.h"

#if defined(_WIN32)
#define WIN32_LEAN_AND_MEAN
// MinGW's library defines it already.
#if !defined(NOMINMAX)
#define NOMINMAX
#endif
#include <windows.h>

#include "base/wide_text.h"
#else
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#endif

namespace recurrent::file {
namespace {

// At most this many bytes are asked for at a time: systems take 31 bits.
constexpr int64_t kMostAtOnce = int64_t{1} << 30;

[[noreturn]] void refuse_to_read(const char* what, int code) {
  fail(RECURRENT_STATUS_FILE_ACCESS, "%s: %s", what,
       std::error_code(code, std::system_category()).message().c_str());
}

[[noreturn]] void refuse_end(int64_t offset) {
  fail(RECURRENT_STATUS_FILE_ACCESS,
       "expected more bytes at byte %lld, found the end: the file was longer when it was opened",
       static_cast<long long>(offset));
}

#if defined(_WIN32)

int last_error() { return static_cast<int>(GetLastError()); }

std::wstring wide(const char* path) {
  std::wstring text = wide_text(path);
  if (text.empty() && *path != 0)
    fail(RECURRENT_STATUS_FILE_ACCESS, "expected a path in UTF-8, found other bytes");
  return text;
}

class FileSource : public ByteSource {
 public:
  explicit FileSource(const char* path)
      : handle_(CreateFileW(wide(path).c_str(), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE,
                            nullptr, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr)) {
    if (handle_ == INVALID_HANDLE_VALUE) refuse_to_read("the file cannot be opened", last_error());
    LARGE_INTEGER size;
    if (GetFileType(handle_) != FILE_TYPE_DISK || !GetFileSizeEx(handle_, &size)) {
      CloseHandle(handle_);
      fail(RECURRENT_STATUS_FILE_ACCESS, "expected a file with a length, found a device or a pipe");
    }
    size_ = size.QuadPart;
  }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;
  ~FileSource() override { CloseHandle(handle_); }

  int64_t size() const override { return size_; }

  void read(int64_t offset, void* to, int64_t count) override {
    auto* at = static_cast<char*>(to);
    while (count > 0) {
      OVERLAPPED place{};
      place.Offset = static_cast<DWORD>(offset);
      place.OffsetHigh = static_cast<DWORD>(offset >> 32);
      DWORD got = 0;
      const auto asked = static_cast<DWORD>(std::min(count, kMostAtOnce));
      if (!ReadFile(handle_, at, asked, &got, &place)) {
        if (GetLastError() == ERROR_HANDLE_EOF) refuse_end(offset);
        refuse_to_read("the file cannot be read", last_error());
      }
      if (got == 0) refuse_end(offset);
      at += got;
      offset += got;
      count -= got;
    }
  }

  std::shared_ptr<const unsigned char> map(int64_t offset, int64_t count) override {
    SYSTEM_INFO system;
    GetSystemInfo(&system);
    const int64_t before = offset % static_cast<int64_t>(system.dwAllocationGranularity);
    HANDLE mapping = CreateFileMappingW(handle_, nullptr, PAGE_READONLY, 0, 0, nullptr);
    if (!mapping) refuse_to_read("the file cannot be mapped", last_error());
    const int64_t from = offset - before;
    const void* at = MapViewOfFile(mapping, FILE_MAP_READ, static_cast<DWORD>(from >> 32),
                                   static_cast<DWORD>(from), static_cast<SIZE_T>(before + count));
    const int code = last_error();
    // The view keeps it.
    CloseHandle(mapping);
    if (!at) refuse_to_read("the file cannot be mapped", code);
    const std::shared_ptr<const void> view(at,
                                           [](const void* address) { UnmapViewOfFile(address); });
    return {view, static_cast<const unsigned char*>(at) + before};
  }

 private:
  HANDLE handle_;
  int64_t size_ = 0;
};

#else

class FileSource : public ByteSource {
 public:
  // Opening a pipe would wait for somebody who writes to it.
  explicit FileSource(const char* path)
      : descriptor_(::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    if (descriptor_ < 0) refuse_to_read("the file cannot be opened", errno);
    size_ = ::lseek(descriptor_, 0, SEEK_END);
    if (size_ < 0) {
      ::close(descriptor_);
      fail(RECURRENT_STATUS_FILE_ACCESS, "expected a file with a length, found a device or a pipe");
    }
  }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;
  ~FileSource() override { ::close(descriptor_); }

  int64_t size() const override { return size_; }

  void read(int64_t offset, void* to, int64_t count) override {
    auto* at = static_cast<char*>(to);
    while (count > 0) {
      const auto asked = static_cast<size_t>(std::min(count, kMostAtOnce));
      const ssize_t got = ::pread(descriptor_, at, asked, static_cast<off_t>(offset));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) refuse_to_read("the file cannot be read", errno);
      if (got == 0) refuse_end(offset);
      at += got;
      offset += got;
      count -= got;
    }
  }

  std::shared_ptr<const unsigned char> map(int64_t offset, int64_t count) override {
    const int64_t before = offset % ::sysconf(_SC_PAGESIZE);
    const auto bytes = static_cast<size_t>(before + count);
    void* const at = ::mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE, descriptor_,
                            static_cast<off_t>(offset - before));
    if (at == MAP_FAILED) refuse_to_read("the file cannot be mapped", errno);
    const std::shared_ptr<const void> pages(
        at, [bytes](const void* address) { ::munmap(const_cast<void*>(address), bytes); });
    // A page that is no longer there would end the process.
    if (::lseek(descriptor_, 0, SEEK_END) < offset + count) refuse_end(offset);
    return {pages, static_cast<const unsigned char*>(at) + before};
  }

 private:
  int descriptor_;
  int64_t size_ = 0;
};

#endif

}  // namespace

std::unique_ptr<ByteSource> open_file(const char* path) {
  return std::make_unique<FileSource>(path);
}

}  // namespace recurrent::file
