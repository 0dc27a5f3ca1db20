// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/numbers/arithmetic_panel.h"

#include "app/pages/numbers/digit_sheet.h"
#include "app/pages/numbers/number_texts.h"
#include "app/pages/numbers/sum_chart.h"
#include "app/pages/numbers/value_card.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QPainter>
#include <QVBoxLayout>

namespace quantoscope {

namespace {

QString text(std::string_view view)
{
    return QString::fromUtf8(view.data(), qsizetype(view.size()));
}

QHBoxLayout* lineOf(QWidget* holder)
{
    auto* line = new QHBoxLayout(holder);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(space::small);
    return line;
}

/// One pixel between the two halves.
class Rule : public QWidget {
public:
    Rule() { setFixedHeight(1); }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter(this).fillRect(rect(), theme().border);
    }
};

}  // namespace

ArithmeticPanel::ArithmeticPanel(QWidget* parent) : QWidget(parent)
{
    m_operationLine = makeOperationLine();
    m_problem = new TextLabel({}, 12, QFont::Medium, TextTone::Error);
    m_problem->setWordWrap(true);
    m_problem->hide();
    m_sheet = new DigitSheet;
    m_words = new TextLabel({}, 13);
    m_words->setWordWrap(true);
    m_rule = new Rule;
    m_sumLine = makeSumLine();
    m_chart = new SumChart;
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    for (QWidget* part : {m_operationLine, static_cast<QWidget*>(m_problem), static_cast<QWidget*>(m_sheet), static_cast<QWidget*>(m_words), m_rule, m_sumLine})
        layout->addWidget(part);
    layout->addWidget(m_chart, 1);
    setCompact(false);
}

QWidget* ArithmeticPanel::makeOperationLine()
{
    auto* holder = new QWidget;
    QHBoxLayout* line = lineOf(holder);
    m_format = new ChoiceButton;
    m_format->setAccessibleName(tr("Format of the arithmetic"));
    m_first = new TextLabel({}, 13, QFont::Medium);
    m_operation = new SegmentedControl;
    m_operation->setAccessibleName(tr("Operation"));
    for (const OperationRow& row : operationRows())
        m_operation->addSegment(text(row.id), text(row.symbol), text(row.name));
    m_operation->addSegment(QStringLiteral("fma"), tr("a × b + c"), tr("Fused multiply-add: rounded once"));
    m_operation->addSegment(QStringLiteral("dot"), tr("Σ a × b"), tr("Dot product: rounded once, fused, or at every step"));
    m_second = new ValueField;
    m_second->setAccessibleName(tr("Operand b"));
    m_third = new ValueField;
    m_third->setAccessibleName(tr("Operand c"));
    for (ValueField* field : {m_second, m_third})
        field->setFixedWidth(170);
    m_thirdParts = new QWidget;
    QHBoxLayout* third = lineOf(m_thirdParts);
    third->addWidget(new TextLabel(tr("c ="), 13, QFont::Medium));
    third->addWidget(m_third);
    line->addWidget(new TextLabel(tr("In"), 13, QFont::Normal, TextTone::Muted));
    line->addWidget(m_format);
    line->addWidget(m_first);
    line->addWidget(m_operation);
    m_secondParts = new QWidget;
    QHBoxLayout* second = lineOf(m_secondParts);
    second->addWidget(new TextLabel(tr("b ="), 13, QFont::Medium));
    second->addWidget(m_second);
    m_listParts = makeLists();
    line->addWidget(m_secondParts);
    line->addWidget(m_thirdParts);
    line->addWidget(m_listParts, 100);
    line->addStretch(1);   // Takes what is left where there are no lists: fields stand beside their names.
    for (QWidget* parts : {m_secondParts, m_thirdParts})
        parts->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Preferred);
    connect(m_format, &ChoiceButton::chosen, this, &ArithmeticPanel::formatChosen);
    connect(m_operation, &SegmentedControl::chosen, this, &ArithmeticPanel::operationChosen);
    for (int operand : {1, 2}) {
        ValueField* field = operandField(operand);
        connect(field, &QLineEdit::textEdited, this, [=, this](const QString& typed) { emit operandEdited(operand, typed, false); });
        connect(field, &QLineEdit::returnPressed, this, [=, this] { emit operandEdited(operand, field->text(), true); });
        connect(field, &ValueField::cancelled, this, [=, this] {
            showProblem(operand, {});
            field->setText(m_arithmetic.operandTexts.value(operand));
        });
    }
    return holder;
}

QWidget* ArithmeticPanel::makeLists()
{
    auto* holder = new QWidget;
    QHBoxLayout* line = lineOf(holder);
    m_left = new ValueField;
    m_right = new ValueField;
    m_left->setAccessibleName(tr("Numbers of a"));
    m_right->setAccessibleName(tr("Numbers of b"));
    for (ValueField* field : {m_left, m_right}) {
        const bool isLeft = field == m_left;
        field->setToolTip(tr("Numbers with commas between them"));
        line->addWidget(new TextLabel(isLeft ? tr("a =") : tr("b ="), 13, QFont::Medium));
        line->addWidget(field, 1);
        connect(field, &QLineEdit::textEdited, this, [=, this](const QString& typed) { emit listEdited(isLeft, typed, false); });
        connect(field, &QLineEdit::returnPressed, this, [=, this] { emit listEdited(isLeft, field->text(), true); });
        connect(field, &ValueField::cancelled, this, [=, this] {
            showListProblem(isLeft, {});
            field->setText(isLeft ? m_lists.first : m_lists.second);
        });
    }
    return holder;
}

QWidget* ArithmeticPanel::makeSumLine()
{
    auto* holder = new QWidget;
    QHBoxLayout* line = lineOf(holder);
    m_terms = new ChoiceButton;
    m_terms->setAccessibleName(tr("Number of terms"));
    for (const int count : {64, 256, 1024, 4096, 16384})
        m_terms->addChoice(QString::number(count), tr("%1 terms").arg(wholeNumber(count)));
    m_data = new SegmentedControl;
    m_data->setAccessibleName(tr("Terms"));
    m_data->addSegment(QStringLiteral("one"), QStringLiteral("1"), tr("Every term is 1"));
    m_data->addSegment(QStringLiteral("tenth"), QStringLiteral("0.1"), tr("Every term is 0.1, as the format stores it"));
    m_data->addSegment(QStringLiteral("random"), tr("random"), tr("Uniform between 0 and 1"));
    m_seedParts = new QWidget;
    QHBoxLayout* seed = lineOf(m_seedParts);
    m_seed = new QLineEdit;
    m_seed->setFont(monoFont(12));
    m_seed->setFixedWidth(56);
    m_seed->setMaxLength(19);
    m_seed->setAccessibleName(tr("Seed of the terms"));
    auto* next = new PushButton(tr("next"), PushButton::Role::Chip);
    next->setToolTip(tr("Draw again: the next seed"));
    seed->addWidget(new TextLabel(tr("seed"), 12, QFont::Normal, TextTone::Muted));
    seed->addWidget(m_seed);
    seed->addWidget(next);
    m_sumFormat = new TextLabel({}, 12, QFont::Normal, TextTone::Muted);
    line->addWidget(new TextLabel(tr("Running sum"), 15, QFont::DemiBold));
    line->addWidget(m_terms);
    line->addWidget(new TextLabel(tr("each"), 13, QFont::Normal, TextTone::Muted));
    line->addWidget(m_data);
    line->addWidget(m_seedParts);
    line->addStretch(1);
    line->addWidget(m_sumFormat);
    connect(m_terms, &ChoiceButton::chosen, this, [this](const QString& count) {
        editSums([&](SumSettings& s) { s.terms = count.toInt(); }, tr("%1 terms").arg(count));
    });
    connect(m_data, &SegmentedControl::chosen, this, [this](const QString& data) { editSums([&](SumSettings& s) { s.data = data; }, tr("terms")); });
    connect(next, &QAbstractButton::clicked, this, [this] { editSums([](SumSettings& s) { ++s.seed; }, tr("next seed")); });
    connect(m_seed, &QLineEdit::textEdited, this, [this](const QString& typed) {
        bool understood = false;
        const quint64 seed = typed.toULongLong(&understood);
        if (understood)
            editSums([&](SumSettings& s) { s.seed = seed; }, tr("seed %1").arg(seed));
    });
    return holder;
}

void ArithmeticPanel::editSums(const std::function<void(SumSettings&)>& change, const QString& text)
{
    SumSettings settings = m_settings;
    change(settings);
    emit sumsEdited(settings, text);
}

void ArithmeticPanel::show(const NumbersState& state, const NumbersContent& content)
{
    if (m_formats != state.formats) {
        m_formats = state.formats;
        m_format->clear();
        for (const NumberRowContent& row : content.rows)
            m_format->addChoice(row.id, row.name);
    }
    m_format->setCurrent(state.selected);
    m_arithmetic = computeArithmetic(state, content);
    m_operation->setCurrent(state.operation);
    const bool isDot = m_arithmetic.dot.has_value();
    m_lists = {state.left, state.right};
    m_first->setVisible(!isDot);
    m_secondParts->setVisible(!isDot);
    m_thirdParts->setVisible(m_arithmetic.isFused);
    m_listParts->setVisible(isDot);
    const auto keepTyped = [](ValueField* field, const QString& now) {
        if (field->text() != now)
            field->setText(now);
    };
    keepTyped(m_second, state.second);
    keepTyped(m_third, state.third);
    keepTyped(m_left, state.left);
    keepTyped(m_right, state.right);
    const QString typed = state.text.size() > 14 ? state.text.left(13) + u'…' : state.text;
    m_first->setText(tr("a = %1").arg(typed));
    m_first->setToolTip(tr("The value at the top of the page"));
    m_sheet->show(m_arithmetic);
    m_words->setText(m_arithmetic.sentences.join(u' '));

    m_settings = state.sums;
    m_terms->setCurrent(QString::number(m_settings.terms), tr("%1 terms").arg(wholeNumber(m_settings.terms)));
    m_data->setCurrent(m_settings.data);
    m_seedParts->setVisible(m_settings.data == QLatin1String("random"));
    if (m_seed->text() != QString::number(m_settings.seed))
        m_seed->setText(QString::number(m_settings.seed));
    m_sumFormat->setText(tr("every partial sum rounded to %1").arg(m_arithmetic.formatName));
    const std::tuple wanted(state.formats[std::size_t(state.indexOf(state.selected))], state.sums, state.rounding, state.overflow);
    if (m_sums.sums.empty() || m_sumsOf != wanted) {
        m_sums = computeSums(state);
        m_sumsOf = wanted;
        m_chart->show(m_sums);
    }
}

void ArithmeticPanel::showProblem(int operand, const QString& sentence)
{
    operandField(operand)->setWrongCharacter(sentence.isEmpty() ? 0 : -1);
    m_problem->setText(sentence.isEmpty() ? QString() : tr("Operand %1: %2").arg(operand == 1 ? QStringLiteral("b") : QStringLiteral("c"), sentence));
    m_problem->setVisible(!sentence.isEmpty());
}

void ArithmeticPanel::showListProblem(bool isLeft, const QString& sentence)
{
    (isLeft ? m_left : m_right)->setWrongCharacter(sentence.isEmpty() ? 0 : -1);
    m_problem->setText(sentence);
    m_problem->setVisible(!sentence.isEmpty());
}

void ArithmeticPanel::setCompact(bool compact)
{
    layout()->setSpacing(compact ? 4 : space::normal);
    m_sheet->setCompact(compact);
}

void ArithmeticPanel::setParts(bool operation, bool sums)
{
    for (QWidget* part : {m_operationLine, static_cast<QWidget*>(m_sheet), static_cast<QWidget*>(m_words)})
        part->setVisible(operation);
    m_rule->setVisible(operation && sums);
    m_sumLine->setVisible(sums);
    m_chart->setVisible(sums);
}

void ArithmeticPanel::setControlsVisible(bool operands, bool sums)
{
    m_operationLine->setVisible(operands && m_sheet->isVisibleTo(this));
    m_sumLine->setVisible(sums && m_chart->isVisibleTo(this));
}

}  // namespace quantoscope
