/* Stands in for Intel MKL on Windows, which cannot be had here: what the library asks of mkl_rt,
 * and a code path that is found by its name as MKL finds its own. Tests of loading look at it; it
 * says nothing of MKL's products. */
#include <stdio.h>
#include <windows.h>

#define EXPORT __declspec(dllexport)

#if defined(STAND_IN_DISPATCHER)

static int load_code_path(void) { return LoadLibraryA("mkl_def" STAND_IN_RELEASE ".dll") != NULL; }

EXPORT int MKL_Set_Threading_Layer(int layer) { return layer; }
EXPORT int MKL_Set_Interface_Layer(int layer) { return layer; }
EXPORT void MKL_Get_Version_String(char* text, int length) {
  snprintf(text, (size_t)length, "Stand-in for MKL, Version 0   ");
}
EXPORT int MKL_CBWR_Get_Auto_Branch(void) { return 10; }

/* Row-major. Without its code path MKL prints a message and ends the process. */
EXPORT void cblas_sgemm(int layout, int transpose_a, int transpose_b, int m, int n, int k,
                        float alpha, const float* a, int lda, const float* b, int ldb, float beta,
                        float* c, int ldc) {
  (void)layout;
  (void)transpose_b;
  if (!load_code_path()) ExitProcess(99);
  for (int row = 0; row < m; ++row)
    for (int column = 0; column < n; ++column) {
      float sum = 0;
      for (int i = 0; i < k; ++i)
        sum += (transpose_a == 112 ? a[i * lda + row] : a[row * lda + i]) * b[i * ldb + column];
      float* const out = c + row * ldc + column;
      *out = alpha * sum + (beta == 0 ? 0 : beta * *out);
    }
}

#else

EXPORT int stand_in_part(void) { return 1; }

#endif
