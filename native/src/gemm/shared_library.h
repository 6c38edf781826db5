// A shared library that is loaded at run time because the machine may not have it.
#pragma once

#include <string>

namespace recurrent {

// Why the file cannot be a complete shared library of this architecture; empty if it may be one.
// The loader maps a truncated file without complaint and the process then dies of a bus error, so
// this looks whether every segment that the file promises is there.
std::string why_not_loadable(const std::string& path);

// An open library. Stays loaded when the object goes, unless close() is called: a library that has
// started its own machinery cannot be taken out safely.
class SharedLibrary {
 public:
  enum class Scope {
    // Its symbols are found through this object only.
    kLocal,
    // They also resolve what libraries loaded later leave undefined.
    kGlobal,
  };

  // Opens a library; on failure is_open() is false and error() says why.
  SharedLibrary(const std::string& path, Scope scope);

  bool is_open() const noexcept { return handle_ != nullptr; }
  const std::string& error() const noexcept { return error_; }
  void close() noexcept;

  // The function of that name, or null.
  template <class Function>
  Function* function(const char* name) const {
    return reinterpret_cast<Function*>(symbol(name));
  }

  // The file that the loader took, with links resolved (on Windows as it was found); for a path
  // without a slash it is the loader that chooses.
  std::string resolved_path() const;

  // Whether the process has that file loaded already. Loads nothing.
  static bool is_loaded(const std::string& path);

 private:
  void* symbol(const char* name) const;

  void* handle_ = nullptr;
  std::string error_;
};

// `path` made absolute, with links resolved; empty if there is no such file.
std::string real_path(const std::string& path);

// The folder of the file that holds this code: of the shared library, or of a program it is part
// of.
std::string own_folder();

// A variable of the environment, in UTF-8; empty if there is none.
std::string environment(const char* name);

}  // namespace recurrent
