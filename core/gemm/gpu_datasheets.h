// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quantoscope {

/// A number that somebody published: where it stands, and what else is to be said about it.
struct PublishedNumber {
    double value = 0;
    std::string source;   ///< Title of the source; never empty.
    std::string address;
    std::string note;     ///< A conflict with another source, a condition; may be empty.
};

/// What a datasheet promises of one GPU.
struct GpuDatasheet {
    std::string id, name, architecture, note;
    bool isForComputingCentres = true;   ///< Else a card of a desktop computer.
    PublishedNumber year, memoryGigabytes, gigabytesPerSecond;
    std::map<std::string, PublishedNumber> teraflops;   ///< Dense, by the ids of rateKinds().
    std::string nameContains;                           ///< A device whose name contains this…
    std::vector<std::string> nameExcludes;              ///< …and none of these is meant.

    /// Bytes that can be read in the time of one operation of a kind: what a kernel has to live on.
    std::optional<double> bytesPerOperation(const std::string& kind) const;
};

/// Reads the document of assets/gpu_datasheets.json. A number without a source, or with one that is not in
/// the list, is an error that names it: numbers without a source are not shown.
Result<std::vector<GpuDatasheet>> readGpuDatasheets(std::string_view json);
/// The same from the data folder.
Result<std::vector<GpuDatasheet>> loadGpuDatasheets();

/// The sheet of a device by the name its driver gives; nullptr where there is none.
const GpuDatasheet* findGpuDatasheet(const std::vector<GpuDatasheet>&, std::string_view deviceName);
/// A kind of operation that datasheets name a rate for.
struct RateKind { std::string_view id, name; };
/// All of them, from the widest to the narrowest. "fp16" stands for BF16 too; sums are in FP32 unless the name says otherwise.
std::span<const RateKind> rateKinds();
/// The name of one; the id itself where it is not in the list.
std::string rateKindName(std::string_view id);
/// Which rate of a sheet a kernel is measured against: "fp16" for "bf16" and "w4a16_int4". Empty: none.
std::string rateKindOf(std::string_view kernelId);

}  // namespace quantoscope
