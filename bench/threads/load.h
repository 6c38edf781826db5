#pragma once

#include <sys/types.h>

#include <vector>

namespace threads {

// Processes that do nothing but keep processors busy, for as long as it lives. To be made before
// this process has threads.
class Load {
 public:
  explicit Load(int processes);
  ~Load();
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

 private:
  std::vector<pid_t> children_;
};

}  // namespace threads
