// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tensor_table_order.h"

#include <QStringList>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

namespace quantoscope {

namespace {

constexpr std::array columns{
    TensorColumnRow{"name", QT_TRANSLATE_NOOP("TensorTable", "Tensor"), 178, 0, false},
    TensorColumnRow{"type", QT_TRANSLATE_NOOP("TensorTable", "Type"), 54, 7, false},
    TensorColumnRow{"shape", QT_TRANSLATE_NOOP("TensorTable", "Shape"), 112, 8, false},
    TensorColumnRow{"size", QT_TRANSLATE_NOOP("TensorTable", "Size"), 82, 2, true},
    TensorColumnRow{"weights", QT_TRANSLATE_NOOP("TensorTable", "Weights"), 112, 11, false},
    TensorColumnRow{"min", QT_TRANSLATE_NOOP("TensorTable", "Min"), 76, 4, true},
    TensorColumnRow{"max", QT_TRANSLATE_NOOP("TensorTable", "Max"), 76, 5, true},
    TensorColumnRow{"mean", QT_TRANSLATE_NOOP("TensorTable", "Mean"), 84, 1, true},
    TensorColumnRow{"std", QT_TRANSLATE_NOOP("TensorTable", "Std"), 74, 9, true},
    TensorColumnRow{"kurtosis", QT_TRANSLATE_NOOP("TensorTable", "Kurtosis"), 74, 6, true},
    TensorColumnRow{"outliers", QT_TRANSLATE_NOOP("TensorTable", "Outliers"), 80, 10, true},
    TensorColumnRow{"specials", QT_TRANSLATE_NOOP("TensorTable", "NaN, Inf"), 72, 3, true},
    TensorColumnRow{"sqnr", QT_TRANSLATE_NOOP("TensorTable", "SQNR"), 176, 0, true},
};

bool isDigit(char c) { return c >= '0' && c <= '9'; }

std::size_t digitsFrom(std::string_view text, std::size_t at)
{
    std::size_t end = at;
    while (end < text.size() && isDigit(text[end]))
        ++end;
    return end;
}

/// Negative, zero or positive. Numbers by their size, of any length; the rest byte by byte.
int naturalOrder(std::string_view a, std::string_view b)
{
    std::size_t i = 0, j = 0;
    while (i < a.size() && j < b.size()) {
        if (!isDigit(a[i]) || !isDigit(b[j])) {
            if (a[i] != b[j])
                return static_cast<unsigned char>(a[i]) < static_cast<unsigned char>(b[j]) ? -1 : 1;
            ++i, ++j;
            continue;
        }
        const std::size_t endA = digitsFrom(a, i), endB = digitsFrom(b, j);
        while (i + 1 < endA && a[i] == '0')
            ++i;
        while (j + 1 < endB && b[j] == '0')
            ++j;
        if (endA - i != endB - j)
            return endA - i < endB - j ? -1 : 1;
        if (const int order = a.substr(i, endA - i).compare(b.substr(j, endB - j)); order != 0)
            return order;
        i = endA, j = endB;
    }
    if (i == a.size() && j == b.size())
        return a.compare(b);   // "07" and "7" are not the same name.
    return i == a.size() ? -1 : 1;
}

/// What comes before the layers when a model is read from its input to its output.
bool isEmbedding(std::string_view name)
{
    constexpr std::string_view words[] = {"embed", "embd", "wte.", "wpe."};
    return std::ranges::any_of(words, [&](std::string_view word) { return name.find(word) != name.npos; });
}

enum class Place { Embedding, Layer, Rest };

double valueOf(TensorColumn column, const TensorInfo& info, const TensorFacts* facts)
{
    constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
    if (!facts || (column != TensorColumn::Sqnr && !facts->isCounted))
        return unknown;
    switch (column) {
    case TensorColumn::Min: return facts->min;
    case TensorColumn::Max: return facts->max;
    case TensorColumn::Mean: return facts->mean;
    case TensorColumn::Weights:   // As wide as it looks: by deviation.
    case TensorColumn::Deviation: return facts->deviation;
    case TensorColumn::Kurtosis: return facts->kurtosis;
    case TensorColumn::Outliers: return facts->outlierShare();
    case TensorColumn::Specials: return double(facts->nan + facts->infinite);
    case TensorColumn::Sqnr:
        return isWeightMatrix(info) && facts->sqnrState == TensorFacts::Sqnr::Known ? facts->sqnrDb : unknown;
    default: return unknown;
    }
}

bool isOfFile(TensorColumn column)
{
    return column <= TensorColumn::Size;
}

char folded(char c)
{
    return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
}

bool isPlain(const QString& word)
{
    return std::ranges::all_of(word, [](QChar c) { return c.unicode() < 128; });
}

/// One word of a search. What a person types is nearly always ASCII, and is looked for without making a QString of
/// every name; a shape is written out only for a word that could be one.
class SearchWord {
public:
    explicit SearchWord(const QString& word)
        : m_word(word)
        , m_plain(isPlain(word) ? word.toLower().toStdString() : std::string())
        , m_shape(QString(word).replace(u'x', u'×').replace(u'*', u'×').toStdString())
        , m_mayBeShape(std::string_view("scalar").find(m_shape) != std::string_view::npos
                       || std::ranges::all_of(word, [](QChar c) { return c.isDigit() || c == u'x' || c == u'*' || c == u'×'; }))
    {
    }

    bool matches(const TensorInfo& info) const
    {
        if (m_plain.empty() ? QString::fromStdString(info.name).contains(m_word, Qt::CaseInsensitive) : isWithin(info.name))
            return true;
        if (m_plain.size() == info.typeName.size() && !m_plain.empty() && isWithin(info.typeName))
            return true;
        // "128x512" is how a shape is typed.
        return m_mayBeShape && shapeOf(info).find(m_shape) != std::string::npos;
    }

private:
    bool isWithin(std::string_view text) const
    {
        return !std::ranges::search(text, m_plain, {}, folded).empty();
    }
    static std::string shapeOf(const TensorInfo& info)
    {
        std::string text = shapeText(info.shape);
        std::erase(text, ' ');
        return text;
    }

    QString m_word;
    std::string m_plain;   ///< In small letters; empty where the word is not ASCII.
    std::string m_shape;
    bool m_mayBeShape;
};

class Matcher {
public:
    explicit Matcher(const TensorFilter& filter)
        : m_type(filter.type.toStdString())
    {
        for (const QString& word : filter.search.split(u' ', Qt::SkipEmptyParts))
            m_words.emplace_back(word);
    }

    bool operator()(const TensorInfo& info) const
    {
        return (m_type.empty() || info.typeName == m_type)
            && std::ranges::all_of(m_words, [&](const SearchWord& word) { return word.matches(info); });
    }

private:
    std::string m_type;
    std::vector<SearchWord> m_words;
};

/// Embeddings, layers, the rest; each in natural order.
TensorOrder inLayers(std::span<const TensorInfo> tensors, std::vector<std::uint32_t> sorted)
{
    const auto placeOf = [&](std::uint32_t i) {
        return !layerOf(tensors[i].name).prefix.empty() ? Place::Layer : isEmbedding(tensors[i].name) ? Place::Embedding
                                                                                                      : Place::Rest;
    };
    std::ranges::stable_sort(sorted, {}, placeOf);
    TensorOrder order;
    for (std::uint32_t at = 0; at < sorted.size();) {
        const LayerName layer = layerOf(tensors[sorted[at]].name);
        std::uint32_t end = at + 1;
        while (!layer.prefix.empty() && end < sorted.size() && layerOf(tensors[sorted[end]].name).prefix == layer.prefix)
            ++end;
        // One tensor is no group: it stands under its own name.
        if (end - at > 1)
            order.groups.push_back({at, end - at, layer.prefix, layer.stem});
        at = end;
    }
    order.tensors = std::move(sorted);
    return order;
}

}  // namespace

const TensorColumnRow& columnRow(TensorColumn column)
{
    return columns[std::size_t(column)];
}

std::optional<TensorColumn> findTensorColumn(QStringView id)
{
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (id == QLatin1String(columns[i].id))
            return TensorColumn(i);
    return {};
}

bool naturalLess(std::string_view a, std::string_view b)
{
    return naturalOrder(a, b) < 0;
}

LayerName layerOf(std::string_view name)
{
    // The first number that is a whole component and has something after it.
    for (std::size_t start = 0; start < name.size();) {
        const std::size_t end = std::min(name.find('.', start), name.size());
        if (end > start && end < name.size() && digitsFrom(name, start) == end)
            return {name.substr(0, end), name.substr(0, start > 0 ? start - 1 : 0), name.substr(end + 1)};
        start = end + 1;
    }
    return {{}, {}, name};
}

SortKeys sortKeysOf(const TensorSource& source, const TensorSort& sort, const TensorFilter& filter, const FactsOf& factsOf)
{
    SortKeys keys;
    const auto tensors = source.tensors();
    if (!isOfFile(sort.column)) {
        keys.values.resize(tensors.size());
        for (std::uint32_t i = 0; i < tensors.size(); ++i)
            keys.values[i] = valueOf(sort.column, tensors[i], factsOf(i));
    }
    if (filter.needsFacts()) {
        keys.passes.resize(tensors.size());
        for (std::uint32_t i = 0; i < tensors.size(); ++i) {
            const TensorFacts* facts = factsOf(i);
            const bool isBelow = !filter.belowDb || valueOf(TensorColumn::Sqnr, tensors[i], facts) < *filter.belowDb;
            keys.passes[i] = isBelow && (!filter.hasOutliers || (facts && facts->outliers > 0));
        }
    }
    return keys;
}

NameOrder orderOfNames(const TensorSource& source)
{
    const auto tensors = source.tensors();
    std::vector<std::uint32_t> order(tensors.size());
    std::iota(order.begin(), order.end(), 0u);
    std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) { return naturalLess(tensors[a].name, tensors[b].name); });
    return std::make_shared<const std::vector<std::uint32_t>>(std::move(order));
}

TensorOrder orderTensors(const TensorSource& source, std::span<const std::uint32_t> byName, const TensorSort& sort,
                         const TensorFilter& filter, const SortKeys& keys, bool byLayer, const Progress& progress)
{
    const auto tensors = source.tensors();
    std::vector<std::uint32_t> shown;
    const Matcher matches(filter);
    for (std::size_t at = 0; at < byName.size(); ++at) {
        if (at % 4096 == 0 && progress.cancelled())
            return {};
        const std::uint32_t i = byName[at];
        if ((keys.passes.empty() || keys.passes[i]) && matches(tensors[i]))
            shown.push_back(i);
    }

    // What is equal stays in the order of names, whatever the direction.
    const auto sortFirst = [&](auto end, auto less) {
        std::stable_sort(shown.begin(), end, [&](std::uint32_t a, std::uint32_t b) { return sort.descending ? less(b, a) : less(a, b); });
    };
    const auto sorted = [&](auto less) { sortFirst(shown.end(), less); };
    switch (sort.column) {
    case TensorColumn::Name:
        if (byLayer && filter.isEmpty() && !sort.descending)
            return inLayers(tensors, std::move(shown));
        if (sort.descending)
            std::ranges::reverse(shown);
        break;
    case TensorColumn::Type:
        sorted([&](std::uint32_t a, std::uint32_t b) { return tensors[a].typeName < tensors[b].typeName; });
        break;
    case TensorColumn::Shape:
        sorted([&](std::uint32_t a, std::uint32_t b) { return tensors[a].shape < tensors[b].shape; });
        break;
    case TensorColumn::Size:
        sorted([&](std::uint32_t a, std::uint32_t b) { return tensors[a].bytes < tensors[b].bytes; });
        break;
    default: {
        // What is not known comes last.
        const auto unknown = std::stable_partition(shown.begin(), shown.end(), [&](std::uint32_t i) { return !std::isnan(keys.values[i]); });
        sortFirst(unknown, [&](std::uint32_t a, std::uint32_t b) { return keys.values[a] < keys.values[b]; });
    }
    }
    return {std::move(shown), {}};
}

}  // namespace quantoscope
