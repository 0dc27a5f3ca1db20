// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <stop_token>

namespace quantoscope {

/// How a long computation tells how far it is, and learns that nobody wants the answer any more.
/// The default one is for tests and small inputs: it never stops and reports to nobody.
/// `report` may be called from any thread; computations poll `cancelled()` at least every 10 ms.
struct Progress {
    std::stop_token stop = {};
    std::function<void(double fraction)> report = [](double) {};

    bool cancelled() const { return stop.stop_requested(); }
};

}  // namespace quantoscope
