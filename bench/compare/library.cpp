#include "compare/library.h"

#include <dlfcn.h>

#include <stdexcept>

namespace compare {
namespace {

template <class Function>
void find(void* library, const char* name, Function& function) {
  void* symbol = dlsym(library, name);
  if (!symbol) throw std::runtime_error(std::string("no function ") + name);
  function = reinterpret_cast<Function>(symbol);
}

}  // namespace

Library::Library(const std::string& path) {
  // A name without a slash would be looked for in the system's folders.
  const std::string file = path.find('/') == std::string::npos ? "./" + path : path;
  void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) throw std::runtime_error(dlerror());
  find(library, "recurrent_model_create", model_create);
  find(library, "recurrent_model_destroy", model_destroy);
  find(library, "recurrent_session_create", session_create);
  find(library, "recurrent_session_destroy", session_destroy);
  find(library, "recurrent_session_step", step);
  find(library, "recurrent_session_run", run);
  find(library, "recurrent_session_reset", reset);
  find(library, "recurrent_last_error", last_error);
}

}  // namespace compare
