// SPDX-License-Identifier: Apache-2.0
#include "app/command_line/command.h"
#include "app/command_line/tensor_arguments.h"
#include "core/files/model_file.h"
#include "core/formats/stored_number.h"

#include <CLI/App.hpp>

#include <algorithm>

namespace quantoscope {

namespace {

using Json = nlohmann::ordered_json;
using Source = std::shared_ptr<const TensorSource>;

/// The first values of a tensor in C order; none where its type is listed without values.
Result<std::vector<double>> firstValues(const TensorSource& source, const TensorInfo& tensor, std::int64_t most)
{
    std::vector<double> values(tensor.hasValues() ? std::size_t(std::clamp<std::int64_t>(tensor.count, 0, most)) : 0);
    if (auto got = source.read(tensor, {0, std::int64_t(values.size())}, values); tensor.hasValues() && !got)
        return tl::unexpected(got.error());
    return values;
}

/// A JSON string. Nearly all names are plain and need no library.
std::string quoted(const std::string& text)
{
    const bool isPlain = std::all_of(text.begin(), text.end(), [](unsigned char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; });
    return isPlain ? '"' + text + '"' : Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// Without its closing brace: values may follow.
std::string describe(const TensorInfo& tensor)
{
    std::string row = "{\"name\": " + quoted(tensor.name) + ", \"dtype\": " + quoted(tensor.typeName) + ", \"shape\": [";
    for (const std::int64_t size : tensor.shape)
        row += (row.back() == '[' ? "" : ", ") + std::to_string(size);
    row += "], \"layout\": " + quoted(tensor.layout) + ", \"count\": " + std::to_string(tensor.count)
        + ", \"bytes\": " + std::to_string(tensor.bytes) + ", \"file\": " + quoted(tensor.file)
        + ", \"offset\": " + std::to_string(tensor.offset);
    return row;
}

std::string listOf(const std::vector<double>& values)
{
    std::string list = "[";
    for (const double value : values)
        list += (list.size() == 1 ? "" : ", ") + jsonNumber(value).dump();
    return list + "]";
}

Result<void> writeJson(const TensorSource& source, std::int64_t most, const std::function<void(std::string_view)>& write)
{
    write("{\"metadata\": {");
    bool isFirst = true;
    for (const auto& [key, value] : source.metadata())
        write((std::exchange(isFirst, false) ? "" : ", ") + quoted(key) + ": " + quoted(value));
    write("},\n \"tensors\": [");
    isFirst = true;
    for (const TensorInfo& tensor : source.tensors()) {
        if (interruption().stop_requested())
            return cancelled();
        std::string row = describe(tensor);
        if (most > 0 && tensor.hasValues()) {
            const auto values = firstValues(source, tensor, most);
            if (!values)
                return tl::unexpected(values.error());
            row += ", \"values\": " + listOf(*values);
        }
        write((std::exchange(isFirst, false) ? "\n  " : ",\n  ") + row + "}");
    }
    write("\n]}\n");
    return {};
}

std::string totals(const TensorSource& source)
{
    std::uint64_t values = 0, bytes = 0;
    for (const TensorInfo& tensor : source.tensors()) {
        values += std::uint64_t(tensor.count);
        bytes += tensor.bytes;
    }
    const std::size_t count = source.tensors().size();
    return std::to_string(count) + (count == 1 ? " tensor, " : " tensors, ") + std::to_string(values) + " values, "
        + std::to_string(bytes) + " bytes\n";
}

Result<std::string> text(const TensorSource& source, std::int64_t most)
{
    std::vector<std::vector<std::string>> rows;
    for (const TensorInfo& tensor : source.tensors()) {
        auto& row = rows.emplace_back(std::vector<std::string>{plainText(tensor.name), plainText(tensor.typeName), shapeText(tensor.shape),
                                                               tensor.layout, std::to_string(tensor.bytes),
                                                               std::to_string(tensor.offset)});
        if (most == 0)
            continue;
        const auto values = firstValues(source, tensor, most);
        if (!values)
            return tl::unexpected(values.error());
        std::string list;
        for (const double value : *values)
            list += (list.empty() ? "" : " ") + valueText(value);
        row.push_back(list);
    }
    std::vector<std::string> headings{"name", "type", "shape", "layout", "bytes", "offset"};
    if (most > 0)
        headings.push_back("values");
    return textTable(headings, rows) + totals(source);
}

}  // namespace

std::function<Result<CommandOutput>()> command::tensors(CLI::App& app)
{
    auto file = std::make_shared<std::string>();
    auto most = std::make_shared<std::int64_t>(0);
    app.add_option("FILE", *file, "A model: safetensors, the index of one in parts, GGUF, or NPY")->required();
    app.add_option("--values", *most, "Print the first N values of each tensor, in C order")->check(CLI::Range(std::int64_t(0), std::int64_t(1) << 24));
    return [&app, file, most]() -> Result<CommandOutput> {
        const auto source = openModelFile(*file);
        if (!source)
            return tl::unexpected(source.error());
        CommandOutput output;
        if (wantsJson(app)) {
            output.writeJson = [source = *source, most = *most](const auto& write) { return writeJson(*source, most, write); };
            return output;
        }
        auto listed = text(**source, *most);
        if (!listed)
            return tl::unexpected(listed.error());
        output.text = std::move(*listed);
        return output;
    };
}

}  // namespace quantoscope
