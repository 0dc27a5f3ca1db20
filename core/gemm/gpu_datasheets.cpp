// SPDX-License-Identifier: Apache-2.0
#include "core/gemm/gpu_datasheets.h"

#include "core/data_folder.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <fstream>
#include <sstream>

namespace quantoscope {
namespace {

using Json = nlohmann::json;

constexpr std::string_view fileName = "gpu_datasheets.json";

constexpr std::array kindList{
    RateKind{"fp32", "FP32"}, RateKind{"tf32", "TF32"}, RateKind{"fp16", "FP16, BF16"}, RateKind{"fp16_acc16", "FP16, FP16 sums"},
    RateKind{"int8", "INT8"}, RateKind{"int4", "INT4"}, RateKind{"fp8", "FP8"}, RateKind{"fp4", "FP4"},
};

tl::unexpected<Error> wrong(const std::string& what)
{
    return failure(Error::Kind::Malformed, std::string(fileName) + ": " + what);
}

std::string textAt(const Json& object, const char* key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Result<PublishedNumber> readNumber(const Json& json, const Json& sources, const std::string& what)
{
    if (!json.is_object() || !json.contains("value") || !json["value"].is_number())
        return wrong(what + " has no value.");
    PublishedNumber number{json["value"].get<double>(), {}, {}, textAt(json, "note")};
    if (!(number.value > 0) || !std::isfinite(number.value))
        return wrong(what + " is not a positive number.");
    const auto source = sources.find(textAt(json, "source"));
    if (source == sources.end() || textAt(*source, "title").empty() || textAt(*source, "address").empty())
        return wrong(what + " has no source in the list, so it is not shown.");
    number.source = textAt(*source, "title");
    number.address = textAt(*source, "address");
    return number;
}

Result<GpuDatasheet> readSheet(const Json& json, const Json& sources)
{
    GpuDatasheet sheet;
    sheet.id = textAt(json, "id");
    sheet.name = textAt(json, "name");
    sheet.architecture = textAt(json, "architecture");
    sheet.note = textAt(json, "note");
    sheet.isForComputingCentres = textAt(json, "market") != "desktop";
    sheet.nameContains = textAt(json, "nameContains");
    if (sheet.id.empty() || sheet.name.empty() || sheet.nameContains.empty())
        return wrong("a GPU has no id, name or nameContains.");
    for (const auto& [key, number] : {std::pair{"year", &sheet.year}, {"memoryGigabytes", &sheet.memoryGigabytes},
                                      {"gigabytesPerSecond", &sheet.gigabytesPerSecond}}) {
        auto read = readNumber(json.value(key, Json()), sources, sheet.name + ", " + key);
        if (!read)
            return tl::unexpected(read.error());
        *number = std::move(*read);
    }
    const Json rates = json.value("teraflops", Json::object());   // Kept: items() only looks at it.
    for (const auto& [kind, value] : rates.items()) {
        if (std::ranges::find(kindList, std::string_view(kind), &RateKind::id) == kindList.end())
            return wrong(sheet.name + " has a rate of no known kind: " + kind + ".");
        auto read = readNumber(value, sources, sheet.name + ", " + kind);
        if (!read)
            return tl::unexpected(read.error());
        sheet.teraflops[kind] = std::move(*read);
    }
    const Json excludes = json.value("nameExcludes", Json::array());
    for (const Json& word : excludes)
        if (word.is_string())
            sheet.nameExcludes.push_back(word.get<std::string>());
    return sheet;
}

std::string upperCase(std::string_view text)
{
    std::string result(text);
    for (char& c : result)
        c = char(std::toupper(static_cast<unsigned char>(c)));
    return result;
}

}  // namespace

std::optional<double> GpuDatasheet::bytesPerOperation(const std::string& kind) const
{
    const auto rate = teraflops.find(kind);
    if (rate == teraflops.end())
        return std::nullopt;
    return gigabytesPerSecond.value / (rate->second.value * 1000);
}

Result<std::vector<GpuDatasheet>> readGpuDatasheets(std::string_view text)
{
    const Json document = Json::parse(text, nullptr, false);
    if (!document.is_object() || !document.contains("gpus") || !document["gpus"].is_array())
        return wrong("it is no list of GPUs; install the program's data again.");
    const Json sources = document.value("sources", Json::object());
    std::vector<GpuDatasheet> sheets;
    for (const Json& json : document["gpus"]) {
        if (!json.is_object())
            return wrong("a GPU is no object.");
        auto sheet = readSheet(json, sources);
        if (!sheet)
            return tl::unexpected(sheet.error());
        sheets.push_back(std::move(*sheet));
    }
    return sheets;
}

Result<std::vector<GpuDatasheet>> loadGpuDatasheets()
{
    std::ifstream file(dataFolder() / "assets" / fileName, std::ios::binary);
    std::ostringstream text;
    if (!file || !(text << file.rdbuf()))
        return wrong("it is not in the data folder; install the program's data again.");
    return readGpuDatasheets(text.str());
}

const GpuDatasheet* findGpuDatasheet(const std::vector<GpuDatasheet>& sheets, std::string_view deviceName)
{
    const std::string name = upperCase(deviceName);
    const auto found = std::ranges::find_if(sheets, [&](const GpuDatasheet& sheet) {
        // A whole word: "T4" is not in "NVIDIA RTX T400".
        const std::size_t at = name.find(sheet.nameContains);
        const auto isLetter = [&](std::size_t place) { return place < name.size() && std::isalnum(static_cast<unsigned char>(name[place])); };
        return at != std::string::npos && !(at > 0 && isLetter(at - 1)) && !isLetter(at + sheet.nameContains.size())
            && std::ranges::none_of(sheet.nameExcludes, [&](const std::string& word) { return name.find(word) != std::string::npos; });
    });
    return found == sheets.end() ? nullptr : &*found;
}

std::span<const RateKind> rateKinds()
{
    return kindList;
}

std::string rateKindName(std::string_view id)
{
    const auto found = std::ranges::find(kindList, id, &RateKind::id);
    return std::string(found == kindList.end() ? id : found->name);
}

std::string rateKindOf(std::string_view id)
{
    const auto starts = [id](std::string_view word) { return id.starts_with(word); };
    if (starts("fp32"))
        return "fp32";
    if (starts("tf32"))
        return "tf32";
    // GeForce cards run it at twice the rate of FP16 with sums in FP32.
    if (id == "fp16_acc16")
        return "fp16_acc16";
    // Weight-only kernels multiply in 16 bits; only their memory is smaller.
    if (starts("fp16") || starts("bf16") || id.find("a16_") != std::string_view::npos)
        return "fp16";
    if (starts("e4m3") || starts("e5m2") || starts("mxfp8"))
        return "fp8";
    if (starts("int8"))
        return "int8";
    if (starts("nvfp4"))
        return "fp4";
    return {};
}

}  // namespace quantoscope
