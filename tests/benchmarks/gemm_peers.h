// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dlfcn.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>

namespace quantoscope::benchmarks {

/// Other people's products, loaded when they are installed. RTLD_LOCAL, so that two libraries with the same
/// functions do not take each other's; RTLD_DEEPBIND, so that they call their own.
inline void* openPeer(const char* file)
{
    void* library = dlopen(file, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
    if (!library)
        std::fprintf(stderr, "Not measured, because it is not installed: %s.\n", file);
    return library;
}

using Sgemm = void(int order, int transposeA, int transposeB, int m, int n, int k, float alpha, const float* a, int lda,
                   const float* b, int ldb, float beta, float* c, int ldc);

/// cblas_sgemm of BLIS or OpenBLAS on one thread; nullptr where the library is not there.
inline Sgemm* sgemmOf(const char* file)
{
    void* library = openPeer(file);
    return library ? reinterpret_cast<Sgemm*>(dlsym(library, "cblas_sgemm")) : nullptr;
}

/// y = x · Wᵀ, row-major.
inline void multiplyBy(Sgemm* sgemm, int m, int n, int k, const float* x, const float* w, float* y)
{
    constexpr int rowMajor = 101, asItIs = 111, transposed = 112;
    sgemm(rowMajor, asItIs, transposed, m, n, k, 1, x, k, w, k, 0, y, n);
}

/// XNNPACK's fully connected layer in INT8 with weights packed beforehand: exact 32-bit sums, which it then
/// brings back to INT8. On one thread. Prototypes as in its xnnpack.h of February 2022, which Debian 12 has.
class XnnpackInt8 {
public:
    XnnpackInt8(std::size_t k, std::size_t n, const std::int8_t* w)
    {
        static void* const library = openPeer("libXNNPACK.so.0");
        if (!library)
            return;
        using Initialize = int(const void*);
        using Create = int(std::size_t, std::size_t, std::size_t, std::size_t, std::int8_t, float, float, const std::int8_t*,
                           const std::int32_t*, std::int8_t, float, std::int8_t, std::int8_t, std::uint32_t, void**);
        const auto initialize = reinterpret_cast<Initialize*>(dlsym(library, "xnn_initialize"));
        const auto create = reinterpret_cast<Create*>(dlsym(library, "xnn_create_fully_connected_nc_qs8"));
        m_setup = reinterpret_cast<Setup*>(dlsym(library, "xnn_setup_fully_connected_nc_qs8"));
        m_run = reinterpret_cast<Run*>(dlsym(library, "xnn_run_operator"));
        m_delete = reinterpret_cast<Delete*>(dlsym(library, "xnn_delete_operator"));
        if (!initialize || !create || !m_setup || !m_run || !m_delete || initialize(nullptr) != 0
            || create(k, n, k, n, 0, 0.01f, 0.01f, w, nullptr, 0, 1, -128, 127, 0, &m_operator) != 0)
            m_operator = nullptr;
    }
    ~XnnpackInt8()
    {
        if (m_operator)
            m_delete(m_operator);
    }
    XnnpackInt8(const XnnpackInt8&) = delete;
    XnnpackInt8& operator=(const XnnpackInt8&) = delete;

    bool isThere() const { return m_operator != nullptr; }
    void multiply(std::size_t m, const std::int8_t* x, std::int8_t* y) const
    {
        if (m_setup(m_operator, m, x, y, nullptr) != 0 || m_run(m_operator, nullptr) != 0)
            std::abort();
    }

private:
    using Setup = int(void*, std::size_t, const std::int8_t*, std::int8_t*, void*);
    using Run = int(void*, void*);
    using Delete = int(void*);
    void* m_operator = nullptr;
    Setup* m_setup = nullptr;
    Run* m_run = nullptr;
    Delete* m_delete = nullptr;
};

}  // namespace quantoscope::benchmarks
