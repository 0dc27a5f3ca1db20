// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/gemm/ladder_rungs.h"

#include "core/data_folder.h"

#include <QFile>
#include <QStringList>

#include <array>

namespace quantoscope {

std::span<const LadderRung> ladderRungs()
{
    static constexpr std::array rungs{
        LadderRung{"fp32_naive", "cpu", "cpu/ladder_1_naive.cpp"},
        LadderRung{"fp32_loop_order", "cpu", "cpu/ladder_2_loop_order.cpp"},
        LadderRung{"fp32_blocked", "cpu", "cpu/ladder_3_blocked.cpp"},
        LadderRung{"fp32_vectorised", "cpu", "cpu/decoded_fp32.cpp"},
        LadderRung{"fp32_parallel", "cpu", "cpu/decoded_fp32.cpp"},
        LadderRung{"fp32_eigen", "cpu", "cpu/ladder_6_eigen.cpp"},
        LadderRung{"fp32", "cpu", "cpu/blas_fp32.cpp"},
        LadderRung{"fp32_naive", "gpu", "gpu/1_naive.cu"},
        LadderRung{"fp32_coalesced", "gpu", "gpu/2_coalesced.cu"},
        LadderRung{"fp32_shared", "gpu", "gpu/3_shared_tiles.cu"},
        LadderRung{"fp32_registers", "gpu", "gpu/4_register_tiles.cu"},
        LadderRung{"fp32_vector", "gpu", "gpu/5_vector_loads.cu"},
        LadderRung{"bf16_mma", "gpu", "gpu/6_tensor_cores_mma.cu"},
        LadderRung{"bf16_wgmma", "gpu", "gpu/7_wgmma_tma.cu"},
        LadderRung{"fp32", "gpu", ""},
        LadderRung{"bf16", "gpu", ""},
    };
    return rungs;
}

std::vector<GemmKernel> rungsOf(std::span<const GemmKernel> kernels, const std::string& deviceKind)
{
    std::vector<GemmKernel> found;
    for (const LadderRung& rung : ladderRungs())
        for (const GemmKernel& kernel : kernels)
            if (kernel.id == rung.kernel && deviceKind == rung.deviceKind)
                found.push_back(kernel);
    return found;
}

RungSource readRungSource(const std::string& kernel, const std::string& deviceKind)
{
    for (const LadderRung& rung : ladderRungs()) {
        if (kernel != rung.kernel || deviceKind != rung.deviceKind || !*rung.source)
            continue;
        RungSource source;
        source.file = QLatin1String(rung.source);
        QFile file(QString::fromStdString((dataFolder() / "kernels" / rung.source).string()));
        if (!file.open(QFile::ReadOnly))
            return source;
        source.code = QString::fromUtf8(file.read(1 << 20));
        // The licence's line, then the words, which stand above the code and are not said twice.
        const QStringList lines = source.code.split(QLatin1Char('\n'));
        qsizetype first = 1;
        for (; first < lines.size() && lines[first].startsWith(QLatin1String("// ")); ++first)
            source.head += (source.head.isEmpty() ? QString() : QStringLiteral(" ")) + lines[first].mid(3).trimmed();
        while (first < lines.size() && lines[first].trimmed().isEmpty())
            ++first;
        source.code = lines.mid(first).join(QLatin1Char('\n'));
        return source;
    }
    return {};
}

}  // namespace quantoscope
