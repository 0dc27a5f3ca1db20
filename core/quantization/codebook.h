// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/statistics/value_counts.h"

#include <span>
#include <vector>

namespace quantoscope {

/// One-dimensional k-means on weighted points.
struct Clustering {
    std::vector<std::size_t> starts;   ///< Index of the first bin of each cluster, ascending.
    std::vector<double> centroids;     ///< Ascending.
    double cost = 0;                   ///< Σ (x − centroid)² over the bins' means, and within wide bins.
};

/// The clustering of least cost: D[k][i] = min over j of D[k−1][j] + cost(j, i), each row by divide
/// and conquer, because the best j never decreases with i. O(k · bins · log bins). Bins are not
/// divided, so for wide bins it is the optimum among clusterings by whole bins.
Clustering optimalClustering(std::span<const CountBin> ascendingBins, int clusters);

/// Lloyd's alternation (S. P. Lloyd, "Least squares quantization in PCM", 1982) from levels of equal
/// mass until nothing moves: a local minimum.
Clustering lloydClustering(std::span<const CountBin> ascendingBins, int clusters);

}  // namespace quantoscope
