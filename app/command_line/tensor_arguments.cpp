// SPDX-License-Identifier: Apache-2.0
#include "app/command_line/tensor_arguments.h"

#include "core/files/model_file.h"
#include "core/tensors/synthetic_tensors.h"

#include <CLI/App.hpp>

#include <algorithm>

namespace quantoscope {

void TensorArguments::addTo(CLI::App& app)
{
    app.add_option("FILE", file, "A model file");
    app.add_option("TENSOR", tensor, "One of its tensors; \"array\" for the only one of an NPY file");
    app.add_option("--synthetic", synthetic,
                   "Example weights in place of FILE and TENSOR, such as normal,count=65536,seed=7");
}

Result<ChosenTensor> TensorArguments::open() const
{
    if (!synthetic.empty()) {
        if (!file.empty())
            return failure(Error::Kind::Usage, "Give either FILE and TENSOR or --synthetic, not both.");
        const auto recipe = parseSyntheticRecipe(synthetic);
        if (!recipe)
            return failure(Error::Kind::Usage, recipe.error().message);
        const auto source = makeSyntheticTensor(*recipe);
        if (!source)
            return tl::unexpected(source.error());
        return ChosenTensor{*source, &(*source)->tensors().front()};
    }
    if (file.empty() || tensor.empty())
        return failure(Error::Kind::Usage, "Which tensor? Give FILE and TENSOR, or --synthetic normal,count=65536.");
    const auto source = openModelFile(file);
    if (!source)
        return tl::unexpected(source.error());
    const auto chosen = tensorOf(**source, tensor);
    if (!chosen)
        return tl::unexpected(chosen.error());
    return ChosenTensor{*source, *chosen};
}

Result<const TensorInfo*> tensorOf(const TensorSource& source, const std::string& name)
{
    const TensorInfo* const tensor = findTensor(source, name);
    if (!tensor)
        return failure(Error::Kind::NotFound, source.name() + " holds no tensor \"" + plainText(name)
                                                  + "\"; qscope tensors lists what it holds.");
    return tensor;
}

std::string plainText(std::string text)
{
    std::replace_if(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; }, '?');
    // C1 controls, two bytes in UTF-8: a no-break space in their place.
    for (std::size_t at = text.find('\xC2'); at != text.npos && at + 1 < text.size(); at = text.find('\xC2', at + 1))
        if (static_cast<unsigned char>(text[at + 1]) < 0xA0)
            text[at + 1] = '\xA0';
    return text;
}

}  // namespace quantoscope
