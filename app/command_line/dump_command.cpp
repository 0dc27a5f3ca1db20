// SPDX-License-Identifier: Apache-2.0
#include "app/command_line/command.h"
#include "app/command_line/output.h"
#include "app/command_line/tensor_arguments.h"
#include "core/files/model_file.h"
#include "core/files/npy_header.h"

#include <CLI/App.hpp>

#include <algorithm>
#include <bit>

namespace quantoscope {

namespace {

struct Arguments {
    std::string file, tensor, output;
};

Result<void> writeValues(const TensorSource& source, const TensorInfo& tensor, OutputFile& output, const Progress& progress)
{
    static_assert(std::endian::native == std::endian::little);
    const std::string header = npyHeader("<f4", tensor.shape);
    if (auto written = output.write(std::as_bytes(std::span(header))); !written)
        return written;
    std::vector<float> values(std::size_t(std::min<std::int64_t>(tensor.count, 1 << 18)));
    for (std::int64_t done = 0; done < tensor.count;) {
        if (progress.cancelled())
            return cancelled();
        const std::int64_t some = std::min(tensor.count - done, std::int64_t(values.size()));
        const std::span part = std::span(values).first(std::size_t(some));
        if (auto got = source.read(tensor, {done, some}, part); !got)
            return got;
        if (auto written = output.write(std::as_bytes(part)); !written)
            return written;
        done += some;
        progress.report(double(done) / double(tensor.count));
    }
    return {};
}

Result<CommandOutput> dump(const Arguments& arguments)
{
    const auto source = openModelFile(arguments.file);
    if (!source)
        return tl::unexpected(source.error());
    const auto found = tensorOf(**source, arguments.tensor);
    if (!found)
        return tl::unexpected(found.error());
    const TensorInfo* tensor = *found;
    std::error_code ignored;
    if (std::filesystem::equivalent(arguments.file, arguments.output, ignored))
        return failure(Error::Kind::Usage, arguments.output + " is the model itself; name another file for --output.");
    auto output = OutputFile::create(arguments.output);
    if (!output)
        return tl::unexpected(output.error());
    if (auto written = writeValues(**source, *tensor, *output, commandProgress("Writing")); !written)
        return tl::unexpected(written.error());
    if (auto kept = output->commit(); !kept)
        return tl::unexpected(kept.error());
    CommandOutput answer;
    answer.json = {{"name", tensor->name}, {"dtype", tensor->typeName}, {"shape", tensor->shape}, {"count", tensor->count}, {"output", arguments.output}};
    answer.text = std::to_string(tensor->count) + " values, " + shapeText(tensor->shape) + ", written to " + arguments.output + "\n";
    return answer;
}

}  // namespace

std::function<Result<CommandOutput>()> command::dump(CLI::App& app)
{
    auto arguments = std::make_shared<Arguments>();
    app.add_option("FILE", arguments->file, "A model file")->required();
    app.add_option("TENSOR", arguments->tensor, "One of its tensors; “array” for the only one of an NPY file")->required();
    app.add_option("--output", arguments->output, "The NPY file to write")->required();
    return [arguments] { return quantoscope::dump(*arguments); };
}

}  // namespace quantoscope
