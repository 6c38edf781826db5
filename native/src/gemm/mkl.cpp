#include "gemm/mkl.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gemm/shared_library.h"

namespace recurrent {
namespace {

// Values of the headers mkl_cblas.h and mkl_service.h.
constexpr int kCblasRowMajor = 101;
constexpr int kCblasNoTrans = 111;
constexpr int kCblasTrans = 112;

// Rows are time steps times streams, which alone may go beyond MKL's integers.
constexpr int64_t kMaxRows = int64_t{1} << 30;

// What the search ended with.
struct Outcome {
  std::optional<Mkl> mkl;
  std::string description;
};

#if defined(__x86_64__) && (defined(__linux__) || defined(_WIN32))

constexpr int kThreadingSequential = 1;
constexpr int kInterfaceLp64 = 0;

// Files are called prefix, part, infix, release and suffix. Releases are tried in this order.
#if defined(_WIN32)
constexpr const char* kDispatcher = "mkl_rt.2.dll";
constexpr const char* kPrefix = "mkl_";
constexpr const char* kInfix = "";
constexpr const char* kSuffix = ".dll";
constexpr const char* kReleases[] = {".2", ".1", ""};
constexpr const char* kSeparators = "/\\";
// The interface of 32-bit integers is in the dispatcher.
constexpr const char* kParts[] = {"core", "sequential", "def"};
// Of 2024 and later, 2021 to 2023, and 2020.
constexpr const char* kFolders[] = {"/bin", "/redist/intel64", "/../redist/intel64/mkl", ""};
#else
constexpr const char* kDispatcher = "libmkl_rt.so";
constexpr const char* kPrefix = "libmkl_";
constexpr const char* kInfix = ".so";
constexpr const char* kSuffix = "";
constexpr const char* kReleases[] = {"", ".2", ".1"};
constexpr const char* kSeparators = "/";
constexpr const char* kParts[] = {"core", "sequential", "intel_lp64", "def"};
constexpr const char* kFolders[] = {"/lib", "/lib/intel64", ""};
#endif

std::string file_name(const char* part, const std::string& release) {
  return std::string(kPrefix) + part + kInfix + release + kSuffix;
}

// A dispatcher to try, and who named it.
struct Candidate {
  std::string path;
  std::string named_by;
};

std::string folder_of(const std::string& path) {
  return path.substr(0, path.find_last_of(kSeparators));
}

// The release of a dispatcher, which its name ends with; nothing if it is none.
std::optional<std::string> release_of(const std::string& path) {
  const std::string name = path.substr(path.find_last_of(kSeparators) + 1);
  const std::string begin = std::string(kPrefix) + "rt" + kInfix;
  const std::string end = kSuffix;
  if (name.size() < begin.size() + end.size() || name.rfind(begin, 0) != 0 ||
      name.compare(name.size() - end.size(), end.size(), end) != 0)
    return std::nullopt;
  return name.substr(begin.size(), name.size() - begin.size() - end.size());
}

// The dispatcher in a folder, by the names that the releases give it; empty if there is none.
std::string dispatcher_in(const std::string& folder) {
  for (const char* release : kReleases) {
    std::string path = real_path(folder + "/" + file_name("rt", release));
    if (!path.empty()) return path;
  }
  return {};
}

// The dispatcher that the loader finds by itself; empty if none.
std::string dispatcher_of_system() {
#if defined(_WIN32)
  // The folders of the PATH; not the one in which the program was started, where anybody may have
  // put a file.
  const std::string folders = environment("PATH") + ";";
  for (size_t from = 0, to; (to = folders.find(';', from)) != std::string::npos; from = to + 1) {
    const std::string folder = folders.substr(from, to - from);
    const bool is_whole = folder.size() > 2 && (folder[1] == ':' || folder[0] == folder[1]);
    std::string path = is_whole ? dispatcher_in(folder) : std::string();
    if (!path.empty()) return path;
  }
#else
  for (const char* release : kReleases) {
    SharedLibrary found(file_name("rt", release), SharedLibrary::Scope::kLocal);
    std::string path = found.resolved_path();
    // Opened again by its full path, because it looks for its parts where it was opened.
    found.close();
    if (!path.empty()) return path;
  }
#endif
  return {};
}

// RECURRENT_MKL is the user's word: where it points to nothing, falling back on something else
// would hide the mistake.
std::vector<Candidate> candidates() {
  const std::string chosen = environment("RECURRENT_MKL");
  if (!chosen.empty()) {
    const std::string in_folder = dispatcher_in(chosen);
    return {{in_folder.empty() ? real_path(chosen) : in_folder, "RECURRENT_MKL=" + chosen}};
  }
  std::vector<Candidate> found;
  const std::string root = environment("MKLROOT");
  if (!root.empty())
    for (const char* folder : kFolders) found.push_back({dispatcher_in(root + folder), "MKLROOT"});
  found.push_back({dispatcher_in(own_folder()), "beside this library"});
  found.push_back({dispatcher_of_system(), "the system's library path"});
  std::erase_if(found, [](const Candidate& candidate) { return candidate.path.empty(); });
  return found;
}

// One installation: the dispatcher's folder, and what its files are called there.
class Installation {
 public:
  Installation(const std::string& dispatcher, std::string release)
      : folder_(folder_of(dispatcher)), release_(std::move(release)) {}

  std::string name_of(const char* part) const { return file_name(part, release_); }
  std::string file(const char* part) const { return folder_ + kSeparators[0] + name_of(part); }

  // Code paths of a processor family, the ones MKL prefers first, and the one for all the others.
  // On AMD processors 2020.4 takes the AVX2 kernels that libmkl_def holds for Zen.
  static constexpr const char* kCodePaths[] = {"avx512", "avx512_mic", "avx2", "avx",
                                               "mc3",    "mc",         "def"};

  // Why MKL would end the process here; empty if all that it needs is there. On success its parts
  // stay loaded, in the global scope, as MKL itself loads them.
  std::string why_not_usable() {
    for (const char* part : kCodePaths) {
      // The specialized ones may be absent, MKL then takes "def"; what is there must be whole.
      if (!real_path(file(part)).empty() || std::string("def") == part) {
        std::string reason = why_not_loadable(file(part));
        if (!reason.empty()) return reason;
      }
    }
    return why_not_linked();
  }

  // MKL has chosen its code path, and holds it.
  void settle() {
    for (SharedLibrary& path : offered_) path.close();
    offered_.clear();
  }

  std::string code_path() const {
    for (const char* part : kCodePaths)
      if (SharedLibrary::is_loaded(file(part))) return name_of(part);
    return "an unknown code path";
  }

 private:
  // Opens the parts in the order in which they depend on one another.
  std::string why_not_linked() {
    std::vector<SharedLibrary> opened;
    std::string reason;
    for (const char* part : kParts) {
      reason = why_not_loadable(file(part));
      if (reason.empty()) {
        opened.emplace_back(file(part), SharedLibrary::Scope::kGlobal);
        reason = opened.back().error();
      }
      if (!reason.empty()) break;
    }
    // "def" was opened to see whether it can be; MKL shall choose its code path itself.
    for (size_t keep = reason.empty() ? opened.size() - 1 : 0; opened.size() > keep;) {
      opened.back().close();
      opened.pop_back();
    }
#if defined(_WIN32)
    // It asks for it by its name alone, which finds what is loaded, wherever that lies.
    for (const char* part : kCodePaths)
      if (reason.empty() && !real_path(file(part)).empty())
        offered_.emplace_back(file(part), SharedLibrary::Scope::kGlobal);
#endif
    return reason;
  }

  std::string folder_;
  std::string release_;
  std::vector<SharedLibrary> offered_;
};

// What is used of MKL; the names in mixed case take their arguments by value.
struct Functions {
  explicit Functions(const SharedLibrary& dispatcher)
      : set_threading_layer(dispatcher.function<int(int)>("MKL_Set_Threading_Layer")),
        set_interface_layer(dispatcher.function<int(int)>("MKL_Set_Interface_Layer")),
        get_version_string(dispatcher.function<void(char*, int)>("MKL_Get_Version_String")),
        get_auto_branch(dispatcher.function<int()>("MKL_CBWR_Get_Auto_Branch")),
        cblas_sgemm(dispatcher.function<Mkl::CblasSgemm>("cblas_sgemm")) {}

  bool complete() const {
    return set_threading_layer != nullptr && set_interface_layer != nullptr &&
           get_version_string != nullptr && get_auto_branch != nullptr && cblas_sgemm != nullptr;
  }

  int (*set_threading_layer)(int);
  int (*set_interface_layer)(int);
  void (*get_version_string)(char*, int);
  int (*get_auto_branch)();
  Mkl::CblasSgemm* cblas_sgemm;
};

std::string version(const Functions& functions) {
  char text[256] = {};
  functions.get_version_string(text, static_cast<int>(sizeof(text)) - 1);
  std::string trimmed(text);
  trimmed.resize(trimmed.find_last_not_of(' ') + 1);
  return trimmed;
}

// The branch of MKL's numerical-reproducibility control that stands for this processor.
std::string branch_name(int branch) {
  switch (branch) {
    case 3:
      return "compatible";
    case 4:
      return "SSE2";
    case 6:
      return "SSSE3";
    case 7:
      return "SSE4.1";
    case 8:
      return "SSE4.2";
    case 9:
      return "AVX";
    case 10:
      return "AVX2";
    case 11:
      return "AVX-512 (Xeon Phi)";
    case 12:
      return "AVX-512";
    case 13:
      return "AVX-512 (Xeon Phi, E1)";
    case 14:
      return "AVX-512 with VNNI";
    default:
      return "number " + std::to_string(branch);
  }
}

// Small integers, whose products and sums are exact in any order.
float sample(int64_t index) { return static_cast<float>(index * 37 % 11 - 5); }

// Compares C = A B + beta C, rows further apart than they are long, with the definition.
bool product_is_right(const Mkl& mkl, int64_t m, int64_t n, int64_t k, float beta) {
  constexpr int64_t kPadding = 3;
  const int64_t lda = k + kPadding;
  const int64_t ldb = n + kPadding;
  const int64_t ldc = n + kPadding;
  const auto count = [](int64_t rows, int64_t distance) {
    return static_cast<size_t>(rows * distance);
  };
  std::vector<float> a(count(m, lda));
  std::vector<float> b(count(k, ldb));
  std::vector<float> c(count(m, ldc));
  int64_t index = 0;
  for (std::vector<float>* matrix : {&a, &b, &c})
    for (float& value : *matrix) value = sample(index++);
  std::vector<float> expected = c;
  for (int64_t row = 0; row < m; ++row) {
    for (int64_t column = 0; column < n; ++column) {
      float& element = expected[count(row, ldc) + count(1, column)];
      element *= beta;
      for (int64_t inner = 0; inner < k; ++inner)
        element += a[count(row, lda) + count(1, inner)] * b[count(inner, ldb) + count(1, column)];
    }
  }
  mkl.sgemm(m, n, k, a.data(), lda, b.data(), ldb, beta, c.data(), ldc);
  return c == expected;
}

// Sets MKL up and tries it. From here on it cannot be unloaded, so a failure ends the search.
Outcome start(const Candidate& candidate, Installation& installation, const Functions& functions) {
  const auto refuse = [&](const std::string& reason) {
    return Outcome{std::nullopt,
                   "not available: " + candidate.path + " (" + candidate.named_by + "): " + reason};
  };
  // These two have to be its first calls: the next one links the layers.
  const int threading = functions.set_threading_layer(kThreadingSequential);
  const int interface = functions.set_interface_layer(kInterfaceLp64);
  if (threading != kThreadingSequential || interface != kInterfaceLp64) {
    return refuse(
        "another component of this process runs it with threading layer " +
        std::to_string(threading) + " and interface layer " + std::to_string(interface) +
        ", expected 1 (sequential) and 0 (LP64); let this library load MKL first or point "
        "RECURRENT_MKL to another copy");
  }
  const Mkl mkl(functions.cblas_sgemm);
  // A shape below and one beyond the blocks of its kernels, with remainders.
  if (!product_is_right(mkl, 2, 3, 5, 0.0f) || !product_is_right(mkl, 70, 131, 65, 1.0f))
    return refuse("a test product came out wrong; reinstall it");
  installation.settle();
  return {mkl, candidate.path + " (" + candidate.named_by + "), " + version(functions) +
                   ", sequential, computes with " + installation.code_path() + ", branch " +
                   branch_name(functions.get_auto_branch())};
}

Outcome search() {
  std::string reasons;
  for (const Candidate& candidate : candidates()) {
    const auto note = [&](const std::string& reason) {
      reasons += (reasons.empty() ? "" : "; ") + candidate.named_by + ": " + reason;
    };
    const std::optional<std::string> release = release_of(candidate.path);
    if (!release) {
      note(candidate.path.empty()
               ? "no such file or folder"
               : std::string("expected ") + kDispatcher + " or a folder that holds it");
      continue;
    }
    std::string reason = why_not_loadable(candidate.path);
    Installation installation(candidate.path, *release);
    if (reason.empty()) reason = installation.why_not_usable();
    if (!reason.empty()) {
      note(reason);
      continue;
    }
    const SharedLibrary dispatcher(candidate.path, SharedLibrary::Scope::kLocal);
    const Functions functions(dispatcher);
    if (!functions.complete()) {
      note(dispatcher.is_open() ? "lacks a function, expected MKL 2020 or later"
                                : dispatcher.error());
      continue;
    }
    return start(candidate, installation, functions);
  }
  return {
      std::nullopt,
      "not available: " +
          (reasons.empty() ? std::string("no ") + kDispatcher +
                                 " in MKLROOT, beside this library or in the system's library path"
                           : reasons) +
          "; install Intel MKL 2020 or later and set RECURRENT_MKL to its " + kDispatcher +
          " or to the folder that holds it"};
}

#else

Outcome search() {
  return {std::nullopt, "not available: Intel MKL is used on Linux and Windows on x86-64 only"};
}

#endif

const Outcome& outcome() {
  static const Outcome found = search();
  return found;
}

}  // namespace

void Mkl::sgemm(int64_t m, int64_t n, int64_t k, const float* a, int64_t lda, const float* b,
                int64_t ldb, float beta, float* c, int64_t ldc) const noexcept {
  for (int64_t row = 0; row < m; row += kMaxRows) {
    cblas_sgemm_(kCblasRowMajor, kCblasNoTrans, kCblasNoTrans,
                 static_cast<int>(std::min(kMaxRows, m - row)), static_cast<int>(n),
                 static_cast<int>(k), 1.0f, a + row * lda, static_cast<int>(lda), b,
                 static_cast<int>(ldb), beta, c + row * ldc, static_cast<int>(ldc));
  }
}

void Mkl::add_outer(int64_t m, int64_t n, int64_t k, const float* a, int64_t lda, const float* b,
                    int64_t ldb, float* c, int64_t ldc) const noexcept {
  for (int64_t row = 0; row < k; row += kMaxRows) {
    cblas_sgemm_(kCblasRowMajor, kCblasTrans, kCblasNoTrans, static_cast<int>(m),
                 static_cast<int>(n), static_cast<int>(std::min(kMaxRows, k - row)), 1.0f,
                 a + row * lda, static_cast<int>(lda), b + row * ldb, static_cast<int>(ldb), 1.0f,
                 c, static_cast<int>(ldc));
  }
}

const Mkl* mkl() { return outcome().mkl ? &*outcome().mkl : nullptr; }

const std::string& mkl_description() { return outcome().description; }

}  // namespace recurrent
