// SPDX-License-Identifier: Apache-2.0
#include "core/language/activations_argument.h"

#include "core/files/model_file.h"
#include "core/language/words_under_scheme.h"

namespace quantoscope {

namespace {

/// What flows into a matrix of the sample model while it reads the calibration words.
Result<Activations> sampleActivations(const TensorSource& source, const TensorInfo& tensor, const Progress& progress)
{
    const auto model = WordsModel::load(source, progress);
    if (!model)
        return tl::unexpected(model.error());
    const auto words = calibrationWords();
    if (!words)
        return tl::unexpected(words.error());
    const auto all = activationsOf(*model, *words, progress);
    if (!all)
        return tl::unexpected(all.error());
    for (std::size_t i = 0; i < model->weights().size(); ++i)
        if (model->weights()[i].name == tensor.name && (*all)[i])
            return *(*all)[i];
    return failure(Error::Kind::Unsupported, tensor.name + " is not multiplied with activations; choose a matrix such as blk.0.ffn_up.weight.");
}

}  // namespace

bool hasSampleActivations(const TensorSource& source, const TensorInfo& tensor)
{
    const bool isTable = tensor.name == "token_embd.weight" || tensor.name == "position_embd.weight";
    return !isTable && tensor.shape.size() == 2 && findTensor(source, "token_embd.weight") && findTensor(source, "position_embd.weight");
}

Result<Activations> activationsFor(const std::string& argument, const TensorSource& source, const TensorInfo& tensor, const Progress& progress)
{
    constexpr std::int64_t mostColumns = 8192;
    const std::int64_t columns = tensor.columns();
    if (columns > mostColumns)
        return failure(Error::Kind::Unsupported, "Activations are summed up for rows of up to 8192 weights; this tensor's have "
                                                     + std::to_string(columns) + ".");
    if (argument == "sample")
        return sampleActivations(source, tensor, progress);
    if (argument.starts_with("synthetic")) {
        const auto recipe = parseSyntheticActivations(argument);
        if (!recipe)
            return tl::unexpected(recipe.error());
        return makeActivations(*recipe, columns);
    }
    const auto file = openModelFile(argument);
    if (!file)
        return tl::unexpected(file.error());
    if ((*file)->tensors().size() != 1)
        return failure(Error::Kind::Usage, argument + " holds more than one tensor; activations come from an NPY file with a row a token.");
    return readActivations(**file, (*file)->tensors().front(), columns, progress);
}

}  // namespace quantoscope
