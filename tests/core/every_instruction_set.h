// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <hwy/highway.h>
#include <hwy/targets.h>

namespace quantoscope {

/// Calls `check(name of the set)` with the vector kernels of every instruction set this processor has.
template <class Check>
void forEveryInstructionSet(Check check)
{
    const auto all = hwy::SupportedTargets();
    for (auto rest = all; rest != 0; rest &= rest - 1) {
        const auto one = rest & -rest;
        hwy::SetSupportedTargetsForTest(one);
        hwy::GetChosenTarget().Update(hwy::SupportedTargets());
        check(hwy::TargetName(one));
    }
    hwy::SetSupportedTargetsForTest(0);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

}  // namespace quantoscope
