#pragma once

#include <cstdint>
#include <memory>

namespace recurrent::file {

// The bytes of a file, wherever they are.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual int64_t size() const = 0;
  // Bytes that are inside. Throws Error (FILE_ACCESS).
  virtual void read(int64_t offset, void* to, int64_t count) = 0;
  // Maps bytes into memory, for as long as what it gives lives, whether or not the source does.
  // Throws Error (FILE_ACCESS); of files alone.
  virtual std::shared_ptr<const unsigned char> map(int64_t offset, int64_t count);
};

// Of the caller's memory.
class MemorySource : public ByteSource {
 public:
  MemorySource(const void* bytes, int64_t size)
      : bytes_(static_cast<const unsigned char*>(bytes)), size_(size) {}
  int64_t size() const override { return size_; }
  void read(int64_t offset, void* to, int64_t count) override;

 private:
  const unsigned char* bytes_;
  int64_t size_;
};

// Opens a file for reading; `path` is UTF-8 on every system. Throws Error (FILE_ACCESS).
// A pipe or a device, which has no length, is refused at once.
std::unique_ptr<ByteSource> open_file(const char* path);

}  // namespace recurrent::file
