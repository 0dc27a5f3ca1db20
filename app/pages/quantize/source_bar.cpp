// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/quantize/source_bar.h"

#include "widgets/controls.h"
#include "widgets/plot_text.h"

#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QSpinBox>

#include <array>

namespace quantoscope {

namespace {

constexpr std::array<std::int64_t, 6> counts{1024, 4096, 65536, 1048576, 16777216, 100000000};
constexpr std::array scales{0.005, 0.02, 0.1, 1.0};
constexpr std::array freedoms{3.0, 4.0, 5.0, 10.0};
constexpr std::array factors{5.0, 10.0, 20.0, 50.0, 100.0};
// More names than fit a menu are chosen on Models, or in the line at the top of the window.
constexpr std::size_t mostTensors = 30;

QString plain(std::string_view text)
{
    return QString::fromUtf8(text.data(), qsizetype(text.size()));
}

}  // namespace

SourceBar::SourceBar(QWidget* parent)
    : QWidget(parent)
    , m_source(new ChoiceButton(this))
    , m_detailLabel(new TextLabel({}, 12, QFont::Normal, TextTone::Muted, this))
    , m_count(new ChoiceButton(this))
    , m_scale(new ChoiceButton(this))
    , m_shape(new ChoiceButton(this))
    , m_seedWord(new TextLabel(tr("seed"), 12, QFont::Normal, TextTone::Muted, this))
    , m_seed(new QSpinBox(this))
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    for (QWidget* part : std::initializer_list<QWidget*>{m_source, m_detailLabel, m_count, m_scale, m_shape, m_seedWord, m_seed})
        layout->addWidget(part);
    layout->addStretch(1);
    m_source->setAccessibleName(tr("Weights"));
    m_count->setAccessibleName(tr("How many weights"));
    m_scale->setAccessibleName(tr("Standard deviation"));
    m_shape->setAccessibleName(tr("Shape of the tails"));
    m_seed->setAccessibleName(tr("Seed"));
    m_seed->setRange(0, 999999);
    m_seed->setKeyboardTracking(false);

    connect(m_source, &ChoiceButton::chosen, this, &SourceBar::chooseSource);
    const auto change = [this](auto set) {
        if (!m_recipe)
            return;
        SyntheticRecipe recipe = *m_recipe;
        const QString step = set(recipe);
        emit recipeChosen(recipe, step);
    };
    connect(m_count, &ChoiceButton::chosen, this, [change](const QString& id) {
        change([&](SyntheticRecipe& recipe) { recipe.count = id.toLongLong(); return tr("choose the number of weights"); });
    });
    connect(m_scale, &ChoiceButton::chosen, this, [change](const QString& id) {
        change([&](SyntheticRecipe& recipe) { recipe.scale = id.toDouble(); return tr("choose the deviation"); });
    });
    connect(m_shape, &ChoiceButton::chosen, this, [change](const QString& id) {
        change([&](SyntheticRecipe& recipe) {
            (recipe.distribution == "student" ? recipe.degreesOfFreedom : recipe.outlierFactor) = id.toDouble();
            return tr("choose the tails");
        });
    });
    connect(m_seed, &QSpinBox::valueChanged, this, [change](int seed) {
        change([&](SyntheticRecipe& recipe) { recipe.seed = std::uint64_t(seed); return tr("choose a seed"); });
    });
}

void SourceBar::showSource(const TensorSource* model, const TensorInfo* tensor,
                           const std::optional<SyntheticRecipe>& recipe)
{
    m_recipe = recipe;
    m_source->clear();
    QString current, shown;
    m_source->addHeading(model ? plain(model->name()) : tr("A model"));
    if (model) {
        std::size_t listed = 0;
        for (const TensorInfo& info : model->tensors()) {
            if (!info.type || info.count == 0)
                continue;
            if (listed++ == mostTensors)
                break;
            m_source->addChoice(QStringLiteral("tensor:") + plain(info.name), plain(info.name), plain(shapeText(info.shape)));
        }
    } else {
        m_source->addChoice(QStringLiteral("sample"), tr("Open the sample model"));
    }
    m_source->addHeading(tr("Synthetic weights"));
    for (const SyntheticDistribution& row : syntheticDistributions()) {
        m_source->addChoice(QStringLiteral("synthetic:") + plain(row.id), plain(row.name), plain(row.sentence));
        if (recipe && row.id == recipe->distribution) {
            current = QStringLiteral("synthetic:") + plain(row.id);
            shown = plain(row.name);
        }
    }
    m_source->addHeading(tr("Your own"));
    m_source->addChoice(QStringLiteral("paste"), tr("Paste numbers …"));
    m_detail.clear();
    if (tensor && !recipe) {
        current = QStringLiteral("tensor:") + plain(tensor->name);
        shown = plain(tensor->name);
        m_detail = plain(shapeText(tensor->shape)) + QStringLiteral(" · ") + plain(tensor->typeName);
    }
    if (shown.isEmpty())
        shown = tr("choose weights");
    if (shown.size() > 34)
        shown = shown.left(14) + u'…' + shown.right(18);
    m_source->setCurrent(current, shown);
    fillParameters();
    describe();
}

void SourceBar::fillParameters()
{
    if (!m_recipe)
        return;
    const auto fill = [](ChoiceButton* button, const auto& values, double now, auto toText) {
        button->clear();
        for (const auto value : values)
            button->addChoice(QString::number(double(value), 'g', 17), toText(double(value)));
        button->setCurrent(QString::number(now, 'g', 17), toText(now));
    };
    fill(m_count, counts, double(m_recipe->count), [](double n) { return wholeNumber(n); });
    fill(m_scale, scales, m_recipe->scale, [](double s) { return QStringLiteral("σ ") + roundedNumber(s, 3).remove(QStringLiteral("00")); });
    if (m_recipe->distribution == "student")
        fill(m_shape, freedoms, m_recipe->degreesOfFreedom, [](double n) { return tr("ν %1").arg(n); });
    else
        fill(m_shape, factors, m_recipe->outlierFactor, [](double n) { return tr("outliers ×%1").arg(n); });
    const QSignalBlocker blocker(m_seed);
    m_seed->setValue(int(std::min<std::uint64_t>(m_recipe->seed, 999999)));
}

void SourceBar::describe()
{
    const bool parameters = m_recipe.has_value() && !m_isFixed;
    m_source->setEnabled(!m_isFixed);
    QString detail = m_detail;
    if (m_recipe && m_isFixed)
        detail = tr("%1 weights, σ %2, seed %3").arg(wholeNumber(double(m_recipe->count)), roundedNumber(m_recipe->scale, 2))
                     .arg(m_recipe->seed);
    m_detailLabel->setText(detail);
    m_detailLabel->setVisible(!detail.isEmpty());
    for (QWidget* part : {static_cast<QWidget*>(m_count), static_cast<QWidget*>(m_seedWord), static_cast<QWidget*>(m_seed)})
        part->setVisible(parameters);
    m_scale->setVisible(parameters && !m_isCompact);
    m_shape->setVisible(parameters && (m_recipe->distribution == "student" || m_recipe->distribution == "outliers"));
}

void SourceBar::setCompact(bool compact)
{
    m_isCompact = compact;
    describe();
}

void SourceBar::setFixed(bool fixed)
{
    m_isFixed = fixed;
    describe();
}

void SourceBar::chooseSource(const QString& id)
{
    if (id == u"paste") {
        emit pasteRequested();
    } else if (id == u"sample") {
        emit sampleRequested();
    } else if (id.startsWith(u"tensor:")) {
        emit tensorChosen(id.mid(7));
    } else {
        SyntheticRecipe recipe = m_recipe.value_or(SyntheticRecipe());
        recipe.distribution = id.mid(10).toStdString();
        emit recipeChosen(recipe, tr("choose %1 weights").arg(id.mid(10)));
    }
}

}  // namespace quantoscope
