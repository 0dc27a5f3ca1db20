// SPDX-License-Identifier: Apache-2.0
#include "app/command_line/activations_argument.h"

#include "core/files/model_file.h"
#include "core/language/words_under_scheme.h"

namespace quantoscope {

namespace {

/// What flows into a matrix of the sample model while it reads the calibration words.
Result<Activations> sampleActivations(const ChosenTensor& chosen, const Progress& progress)
{
    const auto model = WordsModel::load(*chosen.source, progress);
    if (!model)
        return tl::unexpected(model.error());
    const auto words = calibrationWords();
    if (!words)
        return tl::unexpected(words.error());
    const auto all = activationsOf(*model, *words, progress);
    if (!all)
        return tl::unexpected(all.error());
    for (std::size_t i = 0; i < model->weights().size(); ++i)
        if (model->weights()[i].name == chosen.tensor->name && (*all)[i])
            return *(*all)[i];
    return failure(Error::Kind::Unsupported, plainText(chosen.tensor->name)
                                                 + " is not multiplied with activations; choose a matrix such as blk.0.ffn_up.weight.");
}

}  // namespace

Result<Activations> activationsFor(const std::string& argument, const ChosenTensor& chosen, const Progress& progress)
{
    constexpr std::int64_t mostColumns = 8192;
    const std::int64_t columns = chosen.tensor->columns();
    if (columns > mostColumns)
        return failure(Error::Kind::Unsupported, "Activations are summed up for rows of up to 8192 weights; this tensor's have "
                                                     + std::to_string(columns) + ".");
    if (argument == "sample")
        return sampleActivations(chosen, progress);
    if (argument.starts_with("synthetic")) {
        const auto recipe = parseSyntheticActivations(argument);
        if (!recipe)
            return tl::unexpected(recipe.error());
        return makeActivations(*recipe, columns);
    }
    const auto source = openModelFile(argument);
    if (!source)
        return tl::unexpected(source.error());
    if ((*source)->tensors().size() != 1)
        return failure(Error::Kind::Usage, argument + " holds more than one tensor; --activations takes an NPY file, sample, or synthetic:….");
    return readActivations(**source, (*source)->tensors().front(), columns, progress);
}

}  // namespace quantoscope
