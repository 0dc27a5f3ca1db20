// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/statistics/value_counts.h"

namespace quantoscope {

struct Histogram {
    std::vector<double> edges;            ///< counts.size() + 1, ascending. Last bin closed, as in NumPy.
    std::vector<double> counts;           ///< Whole numbers where exact; shares of cut bins otherwise.
    double underflow = 0, overflow = 0;   ///< Values beyond the edges.
};

/// The picture's histogram, from counts alone; a counting bin cut by an edge is shared out evenly.
Histogram histogramOf(const ValueCounts&, double low, double high, int bins);

/// The exact histogram, from the values, as `qscope histogram` prints it.
Result<Histogram> exactHistogram(const TensorSource&, const TensorInfo&, double low, double high, int bins,
                                 Progress = {});

}  // namespace quantoscope
