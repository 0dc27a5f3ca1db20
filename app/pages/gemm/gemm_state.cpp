// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/gemm/gemm_state.h"

#include <QCoreApplication>
#include <QJsonArray>

#include <array>

namespace quantoscope {

std::span<const LayerPreset> layerPresets()
{
    // Shapes of the released configurations: hidden size and feed-forward size of each model.
    static constexpr std::array presets{
        LayerPreset{"square", QT_TRANSLATE_NOOP("LayerPreset", "512 cubed"), QT_TRANSLATE_NOOP("LayerPreset", "A small square, done in a moment"), {512, 512, 512}},
        LayerPreset{"gpt2-ffn", QT_TRANSLATE_NOOP("LayerPreset", "GPT-2 feed-forward"), QT_TRANSLATE_NOOP("LayerPreset", "768 to 3072 channels, 128 tokens"), {128, 3072, 768}},
        LayerPreset{"llama-q", QT_TRANSLATE_NOOP("LayerPreset", "Llama 3 8B attn_q"), QT_TRANSLATE_NOOP("LayerPreset", "4096 to 4096 channels, 16 tokens"), {16, 4096, 4096}},
        LayerPreset{"llama-up", QT_TRANSLATE_NOOP("LayerPreset", "Llama 3 8B ffn_up"), QT_TRANSLATE_NOOP("LayerPreset", "4096 to 14336 channels, one token"), {1, 14336, 4096}},
    };
    return presets;
}

QJsonObject GemmState::toJson() const
{
    QJsonObject json{{QStringLiteral("preset"), preset},
            {QStringLiteral("shape"), QJsonArray{double(shape.m), double(shape.n), double(shape.k)}},
            {QStringLiteral("data"), data},
            {QStringLiteral("seed"), QString::number(seed)},
            {QStringLiteral("device"), device},
            {QStringLiteral("selected"), selected},
            {QStringLiteral("panel"), panel},
            {QStringLiteral("view"), view},
            {QStringLiteral("shown"), shown},
            {QStringLiteral("growth"), QJsonObject{{QStringLiteral("data"), growth.data}, {QStringLiteral("measure"), growth.measure},
                                                   {QStringLiteral("method"), growth.method}, {QStringLiteral("promoteEvery"), growth.promoteEvery}}},
            {QStringLiteral("outliers"), QJsonObject{{QStringLiteral("source"), outliers.source}, {QStringLiteral("magnitude"), outliers.magnitude},
                                                     {QStringLiteral("treatment"), outliers.treatment}}},
            {QStringLiteral("rung"), rung},
            {QStringLiteral("seconds"), seconds}};
    if (leftOut)
        json.insert(QStringLiteral("leftOut"), QJsonArray::fromStringList(*leftOut));
    return json;
}

GemmState GemmState::fromJson(const QJsonObject& json)
{
    GemmState state;
    const auto words = [&](const char* key, const QString& otherwise) { return json[QLatin1String(key)].toString(otherwise); };
    state.preset = words("preset", state.preset);
    const QJsonArray shape = json[QStringLiteral("shape")].toArray();
    // From a link, so untrusted: sides are bounded before anything is made of them.
    const auto side = [&](int index, std::int64_t otherwise) {
        const double value = shape[index].toDouble();
        return value >= 1 && value <= 1 << 20 ? std::int64_t(value) : otherwise;
    };
    state.shape = {side(0, state.shape.m), side(1, state.shape.n), side(2, state.shape.k)};
    state.data = words("data", state.data);
    bool ok = false;
    const quint64 seed = json[QStringLiteral("seed")].toVariant().toULongLong(&ok);
    state.seed = ok ? seed : state.seed;
    state.device = words("device", state.device);
    if (json.contains(QStringLiteral("leftOut"))) {
        state.leftOut.emplace();
        for (const QJsonValue& id : json[QStringLiteral("leftOut")].toArray())
            *state.leftOut << id.toString();
    }
    state.selected = words("selected", {});
    state.panel = words("panel", state.panel);
    state.view = words("view", state.view);
    // A link that names a view and nothing else means it.
    state.shown = words("shown", state.view != QLatin1String("split") ? state.view : state.shown);
    state.rung = words("rung", {});
    const QJsonObject growth = json[QStringLiteral("growth")].toObject();
    state.growth = {growth[QStringLiteral("data")].toString(state.growth.data), growth[QStringLiteral("measure")].toString(state.growth.measure),
                    growth[QStringLiteral("method")].toString(state.growth.method),
                    std::clamp(growth[QStringLiteral("promoteEvery")].toInt(state.growth.promoteEvery), 16, 65536)};
    const QJsonObject outliers = json[QStringLiteral("outliers")].toObject();
    state.outliers = {outliers[QStringLiteral("source")].toString(state.outliers.source),
                      std::clamp(outliers[QStringLiteral("magnitude")].toDouble(state.outliers.magnitude), 1.0, 1000.0),
                      outliers[QStringLiteral("treatment")].toString(state.outliers.treatment)};
    state.seconds = std::clamp(json[QStringLiteral("seconds")].toDouble(state.seconds), 0.01, 10.0);
    return state;
}

}  // namespace quantoscope
