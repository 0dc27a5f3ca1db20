// SPDX-License-Identifier: Apache-2.0
#include "core/gemm/blas_product.h"

#include <cblas.h>

#include <algorithm>
#include <sstream>

namespace quantoscope {
namespace {

void gemm(std::int64_t m, std::int64_t n, std::int64_t k, const float* x, std::int64_t xRow, const float* w,
          std::int64_t wRow, float beta, float* y, std::int64_t yRow)
{
    if (m == 1)   // Several times faster than a matrix product with one row.
        return cblas_sgemv(CblasRowMajor, CblasNoTrans, blasint(n), blasint(k), 1, w, blasint(wRow), x, 1, beta, y, 1);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, blasint(m), blasint(n), blasint(k), 1, x, blasint(xRow), w,
                blasint(wRow), beta, y, blasint(yRow));
}

void gemm(std::int64_t m, std::int64_t n, std::int64_t k, const double* x, std::int64_t xRow, const double* w,
          std::int64_t wRow, double beta, double* y, std::int64_t yRow)
{
    if (m == 1)   // Several times faster than a matrix product with one row.
        return cblas_dgemv(CblasRowMajor, CblasNoTrans, blasint(n), blasint(k), 1, w, blasint(wRow), x, 1, beta, y, 1);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, blasint(m), blasint(n), blasint(k), 1, x, blasint(xRow), w,
                blasint(wRow), beta, y, blasint(yRow));
}

/// 2·1024·2048·512 operations are 2.1 GFLOP: 11 ms on two AVX-512 cores, below 100 ms on anything of
/// the last decade. Cutting K costs nothing, because a BLAS cuts it at a few hundred itself.
template <class Number>
bool multiplyInBlocks(std::int64_t m, std::int64_t n, std::int64_t k, const Number* x, std::int64_t xRow,
                      const Number* w, std::int64_t wRow, Number* y, const Pulse& pulse)
{
    constexpr std::int64_t blockM = 1024, blockN = sizeof(Number) == 8 ? 1024 : 2048, blockK = 512;
    for (std::int64_t j = 0; j < n; j += blockN)
        for (std::int64_t i = 0; i < m; i += blockM)
            for (std::int64_t l = 0; l < k; l += blockK) {
                if (!pulse.goesOn())
                    return false;
                gemm(std::min(blockM, m - i), std::min(blockN, n - j), std::min(blockK, k - l), x + i * xRow + l, xRow,
                     w + j * wRow + l, wRow, Number(l == 0 ? 0 : 1), y + i * n + j, n);
            }
    return true;
}

}  // namespace

bool multiplyByBlas(std::int64_t m, std::int64_t n, std::int64_t k, const float* x, std::int64_t xRow, const float* w,
                    std::int64_t wRow, float* y, const Pulse& pulse)
{
    return multiplyInBlocks(m, n, k, x, xRow, w, wRow, y, pulse);
}

bool multiplyByBlas(std::int64_t m, std::int64_t n, std::int64_t k, const double* x, std::int64_t xRow,
                    const double* w, std::int64_t wRow, double* y, const Pulse& pulse)
{
    return multiplyInBlocks(m, n, k, x, xRow, w, wRow, y, pulse);
}

std::string blasDescription()
{
    std::istringstream configuration(openblas_get_config());   // "OpenBLAS 0.3.21 DYNAMIC_ARCH …"
    std::string name, version;
    configuration >> name >> version;
    const int threads = openblas_get_num_threads();
    return name + " " + version + " (" + openblas_get_corename() + "), " + std::to_string(threads)
        + (threads == 1 ? " thread" : " threads");
}

}  // namespace quantoscope
