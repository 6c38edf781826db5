// Intel MKL's matrix product, if this machine has MKL. Nothing else of the project knows MKL.
#pragma once

#include <cstdint>
#include <string>

namespace recurrent {

// Intel MKL, loaded and tried out. Any number of threads may use it at once; each call computes on
// the thread that makes it (the sequential layer). The order of its sums is its own and depends on
// the shape, the processor and the version: results are not canonical, see docs/numerics.md.
//
// MKL keeps a packing buffer of a few MiB for each thread that is in a product at the same time,
// and hands the buffer of a thread that has ended to the next one: the first product of a thread
// may allocate, later ones do not. It leaves the floating-point control register alone.
class Mkl {
 public:
  // cblas_sgemm with LP64 integers.
  using CblasSgemm = void(int layout, int transpose_a, int transpose_b, int m, int n, int k,
                          float alpha, const float* a, int lda, const float* b, int ldb, float beta,
                          float* c, int ldc);

  explicit Mkl(CblasSgemm* cblas_sgemm) noexcept : cblas_sgemm_(cblas_sgemm) {}

  // C = A B + beta C with A [m, k], B [k, n] and C [m, n], row-major; lda >= k, ldb >= n and ldc >=
  // n are the distances between rows, in elements. With beta = 0 C is written without being read. C
  // must not overlap A or B. All but m are below 2^31, MKL's integers; layer sizes are far below
  // it.
  void sgemm(int64_t m, int64_t n, int64_t k, const float* a, int64_t lda, const float* b,
             int64_t ldb, float beta, float* c, int64_t ldc) const noexcept;

  // C += A' B with A [k, m], B [k, n] and C [m, n]; everything else as above, but k may be any size
  // and m is below 2^31.
  void add_outer(int64_t m, int64_t n, int64_t k, const float* a, int64_t lda, const float* b,
                 int64_t ldb, float* c, int64_t ldc) const noexcept;

 private:
  CblasSgemm* cblas_sgemm_;
};

// MKL, or null if it is not available; mkl_description() then says why. Searched for once per
// process, at the first call:
//   - RECURRENT_MKL, the file libmkl_rt.so (mkl_rt.2.dll on Windows, or another release's) or the
//   folder that holds it; if set, nothing else is tried;
//   - MKLROOT, its folders lib and lib/intel64 (on Windows bin and redist/intel64);
//   - the folder of this library;
//   - the system's library path.
// MKL ends the process when one of its parts is missing, so the parts are looked at before it runs,
// and a product is checked before it is offered. Loading it makes its BLAS symbols visible to
// libraries that are loaded later and leave such symbols undefined; that is how MKL links its own
// parts. MKL that another component has set up differently (threads, 64-bit integers) is refused.
const Mkl* mkl();

// Where MKL was found, its version, and the code path that it takes on this processor; or why it is
// not available and what to do about it.
const std::string& mkl_description();

}  // namespace recurrent
