// SPDX-License-Identifier: Apache-2.0
#include "core/gemm/recorded_sweep.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>

namespace quantoscope {
namespace {

using Json = nlohmann::json;

struct Refusal {
    std::string what;
};

const Json& member(const Json& object, const char* name)
{
    const auto found = object.find(name);
    if (found == object.end())
        throw Refusal{std::string("\"") + name + "\" is missing"};
    return *found;
}

/// "inf" and "nan" are strings, because JSON has no such numbers.
double number(const Json& value, const char* name)
{
    if (value.is_number())
        return value.get<double>();
    if (value == "inf")
        return HUGE_VAL;
    if (value == "nan")
        return NAN;
    throw Refusal{std::string("\"") + name + "\" is no number"};
}

double numberOf(const Json& object, const char* name)
{
    return number(member(object, name), name);
}

double numberOr(const Json& object, const char* name, double otherwise)
{
    return object.contains(name) ? numberOf(object, name) : otherwise;
}

std::string textOf(const Json& object, const char* name)
{
    const Json& value = member(object, name);
    if (!value.is_string())
        throw Refusal{std::string("\"") + name + "\" is no text"};
    return value.get<std::string>().substr(0, 2000);
}

std::string textOr(const Json& object, const char* name)
{
    return object.contains(name) ? textOf(object, name) : std::string();
}

std::int64_t sizeOf(const Json& object, const char* name)
{
    const double value = numberOf(object, name);
    if (!(value >= 1 && value <= 1 << 24 && value == std::floor(value)))
        throw Refusal{std::string("\"") + name + "\" is no size of a matrix"};
    return std::int64_t(value);
}

RecordedRun runOf(const Json& object, const std::string& device)
{
    if (!object.is_object())
        throw Refusal{"a run is no object"};
    RecordedRun recorded;
    recorded.shape = {sizeOf(object, "m"), sizeOf(object, "n"), sizeOf(object, "k")};
    GemmRun& run = recorded.run;
    run.kernel = textOf(object, "kernel");
    run.device = device;
    run.isFinal = true;
    recorded.obstacle = textOr(object, "obstacle");
    if (!recorded.obstacle.empty())
        return recorded;
    run.medianSeconds = numberOf(object, "medianSeconds");
    if (!(run.medianSeconds > 0 && run.medianSeconds < 1e6))
        throw Refusal{"\"medianSeconds\" is no time"};
    const Json& interval = member(object, "ci95");
    if (!interval.is_array() || interval.size() != 2)
        throw Refusal{"\"ci95\" is no pair"};
    run.confidenceLow = number(interval[0], "ci95");
    run.confidenceHigh = number(interval[1], "ci95");
    run.teraflops = numberOf(object, "teraflops");
    run.gigabytesPerSecond = numberOf(object, "gigabytesPerSecond");
    run.relativeError = numberOf(object, "relativeError");
    run.quantizationError = numberOr(object, "quantizationError", 0);
    run.accumulationError = numberOf(object, "accumulationError");
    run.bound = numberOr(object, "bound", HUGE_VAL);
    run.quantizingSeconds = numberOr(object, "quantizeSeconds", 0);
    recorded.samples = std::int64_t(std::clamp(numberOr(object, "samples", 0), 0.0, 1e9));
    recorded.clockMegahertz = numberOr(object, "clockMegahertz", 0);
    recorded.powerWatts = numberOr(object, "powerWatts", 0);
    recorded.temperatureCelsius = numberOr(object, "temperatureCelsius", 0);
    recorded.method = textOr(object, "method");
    return recorded;
}

RecordedSweep sweepOf(const Json& document)
{
    if (!document.is_object())
        throw Refusal{"it is no object"};
    RecordedSweep sweep;
    const double memory = numberOf(document, "memoryBytes");
    const auto cudaVersion = int(std::clamp(numberOf(document, "driverCudaVersion"), 0.0, 1e6));
    const std::string driver = textOr(document, "driver"), cuda = "CUDA " + std::to_string(cudaVersion / 1000) + "." + std::to_string(cudaVersion % 1000 / 10);
    sweep.device = {"recorded", "gpu", textOf(document, "device"), memory > 0 && memory < 1e18 ? std::uint64_t(memory) : 0,
                    textOf(document, "computeCapability"), driver.empty() ? cuda : cuda + ", driver " + driver, "ready"};
    sweep.date = textOf(document, "date");
    sweep.method = textOf(document, "method");
    sweep.cublasLtVersion = std::uint64_t(std::clamp(numberOr(document, "cublasLtVersion", 0), 0.0, 1e9));
    sweep.copyBytesPerSecond = numberOf(document, "copyBytesPerSecond");
    sweep.largestClockMegahertz = numberOr(document, "largestClockMegahertz", 0);
    sweep.powerLimitWatts = numberOr(document, "powerLimitWatts", 0);
    const Json& runs = member(document, "runs");
    if (!runs.is_array())
        throw Refusal{"\"runs\" is no list"};
    for (const Json& run : runs)
        sweep.runs.push_back(runOf(run, sweep.device.name));
    const auto complete = document.find("isComplete");
    sweep.isComplete = complete != document.end() && complete->is_boolean() && complete->get<bool>();
    return sweep;
}

}  // namespace

double RecordedSweep::bestTeraflops(std::string_view kernel) const
{
    double best = 0;
    for (const RecordedRun& recorded : runs)
        if (recorded.obstacle.empty() && recorded.run.kernel == kernel)
            best = std::max(best, recorded.run.teraflops);
    return best;
}

Result<RecordedSweep> readRecordedSweep(std::string_view text)
{
    const Json document = Json::parse(text, nullptr, false);
    if (document.is_discarded())
        return failure(Error::Kind::Malformed, "This is no recorded run: it is no JSON.");
    try {
        return sweepOf(document);
    } catch (const Refusal& refusal) {
        return failure(Error::Kind::Malformed, "This is no recorded run: " + refusal.what + ".");
    }
}

Result<RecordedSweep> openRecordedSweep(const std::string& path)
{
    constexpr std::streamoff largest = 16 << 20;
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    if (!file)
        return failure(Error::Kind::Unreadable, "The recorded run " + path + " cannot be read.");
    const std::streamoff bytes = file.tellg();
    if (bytes < 0 || bytes > largest)
        return failure(Error::Kind::Malformed, "The recorded run " + path + " is larger than 16 MiB.");
    std::string text(std::size_t(bytes), '\0');
    file.seekg(0);
    if (!file.read(text.data(), bytes))
        return failure(Error::Kind::Unreadable, "The recorded run " + path + " cannot be read.");
    auto sweep = readRecordedSweep(text);
    if (!sweep)
        sweep.error().message = path + ": " + sweep.error().message;
    return sweep;
}

}  // namespace quantoscope
