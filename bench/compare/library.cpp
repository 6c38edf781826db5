#include "compare/library.h"

#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

namespace compare {
namespace {

namespace fs = std::filesystem;

template <class Function>
void find(void* library, const char* name, Function& function) {
  void* symbol = dlsym(library, name);
  if (!symbol) throw std::runtime_error(std::string("no function ") + name);
  function = reinterpret_cast<Function>(symbol);
}

std::string quoted(const fs::path& path) {
  std::string text = "'";
  for (const char c : path.string()) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

// Compiles the adapter with other headers, in a folder that is removed when it has been loaded.
void* load_compiled(const fs::path& headers) {
  std::string folder = (fs::temp_directory_path() / "recurrent-compare-XXXXXX").string();
  if (!mkdtemp(folder.data())) throw std::runtime_error("no temporary folder");
  const fs::path adapter = fs::path(folder) / "adapter.so";
  const std::string command = std::string(COMPARE_CXX " -std=c++20 -O2 -shared -fPIC -I ") +
                              quoted(headers) + " " + quoted(COMPARE_ADAPTER_SOURCE) + " -o " +
                              quoted(adapter);
  const int status = std::system(command.c_str());
  void* loaded = status == 0 ? dlopen(adapter.c_str(), RTLD_NOW | RTLD_LOCAL) : nullptr;
  fs::remove_all(folder);
  if (!loaded)
    throw std::runtime_error("the adapter could not be compiled with the headers in " +
                             headers.string());
  return loaded;
}

void* load_own() {
  void* loaded = dlopen(COMPARE_ADAPTER, RTLD_NOW | RTLD_LOCAL);
  if (!loaded) throw std::runtime_error(dlerror());
  return loaded;
}

}  // namespace

Library::Library(const std::string& what) {
  const size_t at = what.find('@');
  const std::string path = what.substr(0, at);
  // A name without a slash would be looked for in the system's folders.
  path_ = path.find('/') == std::string::npos ? "./" + path : path;
  void* adapter = at == std::string::npos ? load_own() : load_compiled(what.substr(at + 1));
  find(adapter, "compare_create", create);
  find(adapter, "compare_call", call);
  find(adapter, "compare_destroy", destroy);
}

Subject::Subject(const Library& library, const Workload& workload) : library_(library) {
  char error[512] = "";
  subject_ = library.create(library.path().c_str(), &workload, error, sizeof(error));
  if (!subject_) throw std::runtime_error(error);
}

}  // namespace compare
