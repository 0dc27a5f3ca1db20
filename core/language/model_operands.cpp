// SPDX-License-Identifier: Apache-2.0
#include "core/language/model_operands.h"

#include "core/gemm/outlier_treatments.h"
#include "core/language/words.h"
#include "core/language/words_under_scheme.h"

#include <algorithm>
#include <mutex>
#include <numeric>

namespace quantoscope {

namespace {

constexpr std::size_t multipliedChannels = 3;

Result<GemmOperands> readOperands(const TensorSource& source, const std::string& name, const Progress& progress)
{
    const auto model = WordsModel::load(source, progress);
    if (!model)
        return failure(Error::Kind::Unsupported, "Only the sample model brings activations of its own; open it, and choose one of its "
                                                 "matrices. " + model.error().message);
    const auto words = calibrationWords();
    if (!words)
        return tl::unexpected(words.error());
    const auto all = activationsOf(*model, *words, progress);
    if (!all)
        return tl::unexpected(all.error());
    const auto& tensors = source.tensors();
    const auto tensor = std::ranges::find(tensors, name, &TensorInfo::name);
    for (std::size_t i = 0; tensor != tensors.end() && i < model->weights().size(); ++i) {
        if (model->weights()[i].name != name || !(*all)[i])
            continue;
        auto w = std::make_shared<std::vector<float>>(std::size_t(tensor->count));
        if (auto read = source.read(*tensor, {0, tensor->count}, std::span(*w)); !read)
            return tl::unexpected(read.error());
        const auto rows = (*all)[i]->keptRows();
        const std::int64_t k = tensor->columns();
        return GemmOperands{{std::int64_t(rows.size()) / k, tensor->rows(), k}, {rows.begin(), rows.end()}, std::move(w)};
    }
    return failure(Error::Kind::Unsupported, "Nothing is multiplied with this tensor in the sample model; choose a matrix such as "
                                             "blk.0.ffn_up.weight.");
}

void multiplyLargest(GemmOperands& operands, double factor)
{
    const std::int64_t columns = operands.shape.k;
    const std::vector<float> largest = columnMagnitudes(operands.x, operands.shape.m, columns);
    std::vector<std::size_t> order(largest.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const std::size_t count = std::min(multipliedChannels, order.size());
    std::ranges::partial_sort(order, order.begin() + std::ptrdiff_t(count), std::ranges::greater{}, [&](std::size_t column) { return largest[column]; });
    for (std::size_t place = 0; place < count; ++place)
        for (std::size_t i = order[place]; i < operands.x.size(); i += std::size_t(columns))
            operands.x[i] = float(operands.x[i] * factor);
}

}  // namespace

std::function<Result<GemmOperands>(double, const Progress&)> modelOperands(std::shared_ptr<const TensorSource> model, std::string tensor)
{
    struct Kept {
        std::mutex mutex;
        std::shared_ptr<const GemmOperands> operands;
    };
    auto kept = std::make_shared<Kept>();
    return [model = std::move(model), tensor = std::move(tensor), kept](double magnitude, const Progress& progress) -> Result<GemmOperands> {
        if (!model || tensor.empty())
            return failure(Error::Kind::NotFound, "No model is open: open the sample model, and choose one of its matrices.");
        std::shared_ptr<const GemmOperands> asTheyAre;
        {
            const std::lock_guard lock(kept->mutex);
            if (!kept->operands) {
                auto read = readOperands(*model, tensor, progress);
                if (!read)
                    return read;
                kept->operands = std::make_shared<const GemmOperands>(std::move(*read));
            }
            asTheyAre = kept->operands;
        }
        GemmOperands operands = *asTheyAre;
        multiplyLargest(operands, magnitude);
        return operands;
    };
}

}  // namespace quantoscope
