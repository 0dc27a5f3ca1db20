// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/numbers/build_panel.h"

#include "app/pages/numbers/format_sheet.h"
#include "app/pages/numbers/number_texts.h"
#include "core/formats/stored_number.h"
#include "widgets/code_grid.h"
#include "widgets/number_line.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QMenu>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QVBoxLayout>

#include <cmath>

namespace quantoscope {

namespace {

QString text(std::string_view view)
{
    return QString::fromUtf8(view.data(), qsizetype(view.size()));
}

int usualBias(const FloatFormat& format)
{
    return (1 << (format.exponentBits - 1)) - 1;
}

QHBoxLayout* lineOf(QWidget* holder)
{
    auto* line = new QHBoxLayout(holder);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(space::small);
    return line;
}

QSpinBox* spinBox(int least, int most, const QString& name)
{
    auto* box = new QSpinBox;
    box->setRange(least, most);
    box->setAccessibleName(name);
    box->setKeyboardTracking(false);
    box->setFixedWidth(74);
    return box;
}

NumberLane laneOf(const NumberFormat& format, const StoredNumber& stored, bool selected)
{
    NumberLane lane;
    lane.name = text(format.name);
    lane.runs = uniformRuns(format);
    if (std::isfinite(stored.value))
        lane.stored = stored.value;
    lane.ulp = std::isfinite(stored.ulp) ? stored.ulp : 0;
    lane.spacing = lane.ulp > 0 ? BuildPanel::tr("every %1").arg(stepText(lane.ulp)) : QString();
    lane.selected = selected;
    return lane;
}

}  // namespace

BuildPanel::BuildPanel(QWidget* parent) : QWidget(parent)
{
    m_problem = new TextLabel({}, 12, QFont::Medium, TextTone::Error);
    m_problem->setWordWrap(true);
    m_problem->hide();
    m_sheet = new FormatSheet;
    m_words = new TextLabel({}, 13);
    m_words->setWordWrap(true);
    m_line = new NumberLine;
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(makeFields());
    layout->addWidget(makeCodes());
    layout->addWidget(m_problem);
    layout->addWidget(m_sheet);
    layout->addWidget(m_words);
    layout->addWidget(m_line, 1);
    m_grid = new CodeGrid;
    m_grid->setAccessibleName(tr("All values of the format"));
    layout->addWidget(m_grid, 3);
    connect(m_grid, &CodeGrid::codeChosen, this, [this](Code code) {
        const NumberFormat& format = *findBuiltFormat(builtFormatId(m_format));
        if (const double value = valueOf(format, code); std::isfinite(value))
            emit valueChosen(QString::fromStdString(exactDecimal(value)));
    });
    setCompact(false);
}

QWidget* BuildPanel::makeFields()
{
    auto* holder = new QWidget;
    QHBoxLayout* line = lineOf(holder);
    m_sign = new SegmentedControl;
    m_sign->setAccessibleName(tr("Sign"));
    m_sign->addSegment(QStringLiteral("1"), tr("Sign bit"));
    m_sign->addSegment(QStringLiteral("0"), tr("Unsigned"));
    m_exponent = spinBox(1, 11, tr("Exponent bits"));
    m_mantissa = spinBox(0, 52, tr("Mantissa bits"));
    m_bias = spinBox(-1023, 1075, tr("Bias"));
    m_usualBias = new PushButton({}, PushButton::Role::Chip);
    m_usualBias->setToolTip(tr("The bias of IEEE 754: half the exponents lie below 1"));
    line->addWidget(m_sign);
    for (const auto& [name, box] : {std::pair(tr("exponent"), m_exponent), std::pair(tr("mantissa"), m_mantissa), std::pair(tr("bias"), m_bias)}) {
        line->addSpacing(space::tight);
        line->addWidget(new TextLabel(name, 13, QFont::Medium));
        line->addWidget(box);
    }
    line->addWidget(m_usualBias);
    line->addStretch(1);
    m_add = new PushButton(tr("Add as a row"), PushButton::Role::Primary);
    line->addWidget(m_add);
    connect(m_sign, &SegmentedControl::chosen, this, [this](const QString& id) {
        change([&](FloatFormat& f) { f.isSigned = id == QLatin1String("1"); }, tr("sign"));
    });
    connect(m_exponent, &QSpinBox::valueChanged, this, [this](int bits) {
        change([&](FloatFormat& f) {
            // A bias that was the usual one stays the usual one.
            const bool wasUsual = f.bias == usualBias(f);
            f.exponentBits = bits;
            f.bias = wasUsual ? usualBias(f) : f.bias;
        }, tr("%1 exponent bits").arg(bits), QStringLiteral("build-exponent"));
    });
    connect(m_mantissa, &QSpinBox::valueChanged, this, [this](int bits) {
        change([&](FloatFormat& f) { f.mantissaBits = bits; }, tr("%1 mantissa bits").arg(bits), QStringLiteral("build-mantissa"));
    });
    connect(m_bias, &QSpinBox::valueChanged, this, [this](int bias) {
        change([&](FloatFormat& f) { f.bias = bias; }, tr("bias %1").arg(bias), QStringLiteral("build-bias"));
    });
    connect(m_usualBias, &QAbstractButton::clicked, this, [this] { change([](FloatFormat& f) { f.bias = usualBias(f); }, tr("usual bias")); });
    connect(m_add, &QAbstractButton::clicked, this, [this] { emit addRequested(QString::fromStdString(builtFormatId(m_format))); });
    return holder;
}

QWidget* BuildPanel::makeCodes()
{
    auto* holder = new QWidget;
    QHBoxLayout* line = lineOf(holder);
    m_specials = new ChoiceButton;
    m_specials->setAccessibleName(tr("Special codes"));
    for (const SpecialCodesRow& row : specialCodesRows())
        m_specials->addChoice(text(row.id), text(row.name), text(row.sentence));
    m_zero = new QCheckBox(tr("zero and subnormals"));
    m_yours = new ChoiceButton;
    m_yours->setAccessibleName(tr("Your formats"));
    m_forget = new PushButton(tr("Forget"), PushButton::Role::Chip);
    m_forget->setToolTip(tr("Takes this format out of your formats"));
    line->addWidget(new TextLabel(tr("special codes"), 13, QFont::Medium));
    line->addWidget(m_specials);
    line->addWidget(m_zero);
    line->addStretch(1);
    line->addWidget(m_yours);
    line->addWidget(m_forget);
    connect(m_specials, &ChoiceButton::chosen, this, [this](const QString& id) {
        for (const SpecialCodesRow& row : specialCodesRows())
            if (text(row.id) == id)
                change([&](FloatFormat& f) { f.specials = row.specials; }, tr("special codes"));
    });
    connect(m_zero, &QCheckBox::clicked, this, [this](bool checked) {
        change([&](FloatFormat& f) { f.hasSubnormals = checked; }, tr("zero and subnormals"));
    });
    connect(m_yours, &ChoiceButton::chosen, this, [this](const QString& id) { emit built(id, tr("choose a format of yours"), {}); });
    connect(m_forget, &QAbstractButton::clicked, this, [this] { emit forgetRequested(QString::fromStdString(builtFormatId(m_format))); });
    return holder;
}

void BuildPanel::change(const std::function<void(FloatFormat&)>& edit, const QString& text, const QString& mergeKey)
{
    FloatFormat format = m_format;
    edit(format);
    if (format == m_format)
        return;
    const Result<void> checked = checkBuiltFormat(format);
    QString sentence = checked ? QString() : QString::fromStdString(checked.error().message);
    if (checked && !findBuiltFormat(builtFormatId(format)))
        sentence = tr("So many formats were built that no more are kept; start the program again to build others.");
    m_problem->setText(sentence);
    m_problem->setVisible(!sentence.isEmpty());
    if (sentence.isEmpty()) {
        emit built(QString::fromStdString(builtFormatId(format)), text, mergeKey);
        return;
    }
    // The controls go back to the format that is shown; the sentence says why.
    const QSignalBlocker blockers[] = {QSignalBlocker(m_exponent), QSignalBlocker(m_mantissa), QSignalBlocker(m_bias)};
    m_exponent->setValue(m_format.exponentBits);
    m_mantissa->setValue(m_format.mantissaBits);
    m_bias->setValue(m_format.bias);
    m_sign->setCurrent(m_format.isSigned ? QStringLiteral("1") : QStringLiteral("0"));
    m_zero->setChecked(m_format.hasSubnormals);
}

void BuildPanel::showSaved(const QStringList& saved, const QString& id)
{
    if (m_saved != saved || m_yours->menu()->isEmpty()) {
        m_saved = saved;
        m_yours->clear();
        for (const QString& one : saved)
            if (const NumberFormat* format = findNumberFormat(one.toStdString()))
                m_yours->addChoice(one, text(format->name), text(format->sentence));
    }
    m_yours->setCurrent(id, tr("Your formats: %1").arg(saved.size()));
    m_yours->setVisible(!saved.isEmpty());
    m_forget->setVisible(saved.contains(id));
}

void BuildPanel::show(const NumbersState& state, const NumbersContent& content, const QStringList& saved)
{
    const NumberFormat& format = *findBuiltFormat(state.built.toStdString());
    if (m_format != *format.asFloat()) {
        m_problem->clear();
        m_problem->hide();
    }
    m_format = *format.asFloat();
    const QSignalBlocker blockers[] = {QSignalBlocker(m_exponent), QSignalBlocker(m_mantissa), QSignalBlocker(m_bias)};
    m_sign->setCurrent(m_format.isSigned ? QStringLiteral("1") : QStringLiteral("0"));
    m_exponent->setValue(m_format.exponentBits);
    m_mantissa->setValue(m_format.mantissaBits);
    m_bias->setValue(m_format.bias);
    m_usualBias->setText(tr("usual: %1").arg(usualBias(m_format)));
    m_usualBias->setEnabled(m_format.bias != usualBias(m_format));
    for (const SpecialCodesRow& row : specialCodesRows())
        if (row.specials == m_format.specials)
            m_specials->setCurrent(text(row.id));
    m_zero->setChecked(m_format.hasSubnormals);
    m_zero->setEnabled(!m_format.isSigned);
    const bool isRow = state.indexOf(state.built) >= 0;
    m_add->setEnabled(!isRow || !saved.contains(state.built));
    m_add->setText(isRow ? tr("Is a row") : tr("Add as a row"));
    showSaved(saved, state.built);

    const StoredNumber stored = storeNumber(format, content.typed, state.rule());
    m_sheet->show(format, stored);
    const bool isSmall = bitsOf(format) <= CodeGrid::mostBits;
    m_grid->setVisible(!m_isCompact && isSmall);
    if (isSmall) {
        m_grid->setContent(format, stored.code);
        // More lines than that are too thin for numbers; the table of a format of 8 bits never is.
        const bool isReadable = m_format.mantissaBits + int(m_format.isSigned) <= 4 || bitsOf(format) > 8;
        m_grid->setArrangement(CodeGrid::hasBinades(format) && isReadable ? CodeGrid::Arrangement::Binades : CodeGrid::Arrangement::Codes);
    }
    const NumberFormat* same = sameInTable(m_format);
    const QString typed = content.typedText.size() > 20 ? content.typedText.left(19) + u'…' : content.typedText;
    QString words = tr("%1 becomes %2 here.").arg(typed, exactText(stored.value, 18));
    if (same)
        words += u' ' + tr("This format has a name: it is %1.").arg(text(same->name));
    m_words->setText(words);

    const NumberRowContent& row = content.rows[std::size_t(std::max(0, state.indexOf(state.selected)))];
    std::vector<NumberLane> lanes{laneOf(format, stored, true)};
    if (row.id != state.built)
        lanes.push_back(laneOf(row.format, row.stored, false));
    m_line->setLanes(std::move(lanes));
    const double value = content.typed.toDouble();
    m_line->setMarker(std::isfinite(value) ? std::optional(value) : std::nullopt, content.typedText);
    m_line->setView(NumberLine::viewAround(std::isfinite(value) ? value : 1, state.logarithmic));
}

QString BuildPanel::problemText() const
{
    return m_problem->text();
}

void BuildPanel::setCompact(bool compact)
{
    m_isCompact = compact;
    m_grid->setVisible(!compact && m_format.bits() <= CodeGrid::mostBits);
    layout()->setSpacing(compact ? 4 : space::normal);
    m_sheet->setCompact(compact);
}

}  // namespace quantoscope
