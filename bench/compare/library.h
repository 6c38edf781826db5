#pragma once

#include <memory>
#include <string>

#include "compare/adapter.h"

namespace compare {

// One build of librecurrent, called through an adapter.
class Library {
 public:
  // `LIBRARY`, of this tree's version of the C interface, or `LIBRARY@FOLDER`: an adapter is then
  // compiled with the header in `FOLDER/recurrent`, which is what that library was built with.
  // Throws std::runtime_error if it cannot be loaded.
  explicit Library(const std::string& what);

  const std::string& path() const { return path_; }

  decltype(&compare_create) create;
  decltype(&compare_call) call;
  decltype(&compare_destroy) destroy;

 private:
  std::string path_;
};

// A workload in one library.
class Subject {
 public:
  // Throws std::runtime_error with the library's reason.
  Subject(const Library& library, const Workload& workload);
  ~Subject() { library_.destroy(subject_); }
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;

  void call() { library_.call(subject_); }

 private:
  const Library& library_;
  void* subject_;
};

}  // namespace compare
