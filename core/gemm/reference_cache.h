// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/gemm/gemm_error.h"

#include <memory>
#include <mutex>

namespace quantoscope {

/// Keeps the operands and the FP64 product of the latest problem: the kernels of one comparison, run
/// one after the other, share them. Safe from several threads; two that ask for different problems at
/// the same time both compute.
class ReferenceCache {
public:
    Result<std::shared_ptr<const GemmReference>> find(const GemmProblem& problem, const Pulse& pulse)
    {
        {
            const std::lock_guard lock(m_mutex);
            if (m_latest && m_problem.shape == problem.shape && m_problem.data == problem.data
                && m_problem.seed == problem.seed && m_problem.weights == problem.weights)
                return m_latest;
        }
        auto operands = makeGemmOperands(problem, pulse.progress());
        if (!operands)
            return tl::unexpected(operands.error());
        auto reference = makeGemmReference(std::move(*operands), problem.seed, pulse);
        if (!reference)
            return tl::unexpected(reference.error());
        const std::lock_guard lock(m_mutex);
        m_problem = problem;
        m_latest = std::make_shared<const GemmReference>(std::move(*reference));
        return m_latest;
    }

private:
    std::mutex m_mutex;
    GemmProblem m_problem;
    std::shared_ptr<const GemmReference> m_latest;
};

}  // namespace quantoscope
