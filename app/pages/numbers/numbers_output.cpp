// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/numbers/arithmetic_panel.h"
#include "app/pages/numbers/arithmetic_table.h"
#include "app/pages/numbers/block_panel.h"
#include "app/pages/numbers/borrowed_weight.h"
#include "app/pages/numbers/line_card.h"
#include "app/pages/numbers/number_texts.h"
#include "app/pages/numbers/numbers_figure.h"
#include "app/pages/numbers/presented_numbers.h"
#include "app/pages/numbers/rows_card.h"
#include "app/pages/numbers/value_card.h"
#include "widgets/bit_view.h"
#include "widgets/theme.h"
#include "widgets/typed_key.h"

#include <QCoreApplication>
#include <QKeyEvent>

#include <cmath>

// What others ask of the page: state, readings, texts; what a lesson and a lecture set.

namespace quantoscope {

namespace {

QString roundingId(Rounding rounding)
{
    const std::string_view id = roundingRows()[std::size_t(rounding)].id;
    return QString::fromUtf8(id.data(), qsizetype(id.size()));
}

QVariantMap readingsOf(const NumberRowContent& row)
{
    const StoredNumber& stored = row.stored;
    return {{QStringLiteral("code"), codeString(row.format, stored.code)},
            {QStringLiteral("stored"), stored.value},
            {QStringLiteral("absoluteError"), row.isGiven ? 0.0 : stored.absoluteError},
            {QStringLiteral("relativeError"), row.isGiven ? 0.0 : stored.relativeError},
            {QStringLiteral("ulpError"), row.isGiven ? 0.0 : stored.ulpError},
            {QStringLiteral("ulp"), stored.ulp},
            {QStringLiteral("previous"), stored.previous},
            {QStringLiteral("next"), stored.next},
            {QStringLiteral("className"), QString::fromStdString(stored.className)},
            {QStringLiteral("sign"), stored.sign},
            {QStringLiteral("exponent"), stored.exponent},
            {QStringLiteral("mantissa"), QVariant::fromValue<qulonglong>(stored.mantissa)},
            {QStringLiteral("nan"), nanWords(row)}};
}

}  // namespace

QJsonObject NumbersFigure::state() const
{
    return m_state.toJson();
}

void NumbersFigure::setState(const QJsonObject& json)
{
    m_state = NumbersState::fromJson(json);
    if (!tabOfPart().isEmpty())
        m_state.tab = tabOfPart();
    const bool namesFormats = json.contains(QStringLiteral("formats")) || json.contains(QStringLiteral("format"));
    if (m_part == Part::BitView && (!namesFormats || m_state.formats.size() > 1)) {
        m_state.formats = {m_state.formats[std::size_t(m_state.indexOf(m_state.selected))]};
    }
    const QString wanted = json[QStringLiteral("value")].toString();
    m_valueCard->showProblem(wanted.isEmpty() || wanted == m_state.text ? QString() : tr("“%1” was not understood; %2 is shown instead.").arg(wanted.left(40), m_state.text), 0);
    for (const int operand : {1, 2})
        m_lineCard->arithmetic()->showProblem(operand, {});
    for (const bool isLeft : {true, false})
        m_lineCard->arithmetic()->showListProblem(isLeft, {});
    refresh();
}

QVariantMap NumbersFigure::readings() const
{
    QVariantMap all;
    for (const NumberRowContent& row : m_content->rows) {
        const QVariantMap one = readingsOf(row);
        for (auto entry = one.begin(); entry != one.end(); ++entry) {
            all.insert(row.id + QLatin1Char('.') + entry.key(), entry.value());
            if (row.id == m_state.selected)
                all.insert(entry.key(), entry.value());
        }
    }
    all.insert(QStringLiteral("format"), m_state.selected);
    all.insert(QStringLiteral("selected"), m_state.selected);
    all.insert(QStringLiteral("value"), m_content->typed.toDouble());
    all.insert(QStringLiteral("text"), m_state.text);
    all.insert(QStringLiteral("rounding"), roundingId(m_state.rounding));
    if (m_state.tab == QLatin1String("arithmetic"))
        all.insert(arithmeticReadings());
    else if (m_state.tab == QLatin1String("block"))
        all.insert(readingsOf(m_lineCard->block()->content()));
    else if (m_state.tab == QLatin1String("build"))
        all.insert(readingsOfBuilt(m_state.built));
    return all;
}

QVariantMap NumbersFigure::arithmeticReadings() const
{
    const ArithmeticPanel* panel = m_lineCard->arithmetic();
    return readingsOf(panel->arithmetic(), panel->sums());
}

QString NumbersFigure::commandLine() const
{
    QStringList ids;
    for (const ChosenFormat& chosen : m_state.formats)
        ids << chosen.id;
    QString text = m_state.text;
    if (m_state.given)
        text = QString::fromStdString(exactDecimal(m_content->typed.toDouble()));
    QString line = QStringLiteral("qscope number \"%1\" --formats %2 --rounding %3").arg(text, ids.join(QLatin1Char(',')), roundingId(m_state.rounding));
    if (m_state.overflow != Overflow::Default)
        line += QStringLiteral(" --overflow ") + QLatin1String(overflowRows()[std::size_t(m_state.overflow)].id);
    if (m_state.rounding == Rounding::Stochastic)
        line += QStringLiteral(" --seed %1").arg(m_state.seed);
    return line;
}

QByteArray NumbersFigure::csv() const
{
    if (m_state.tab == QLatin1String("block"))
        return blockTable(m_lineCard->block()->content());
    if (m_state.tab == QLatin1String("arithmetic"))
        return arithmeticTable(m_lineCard->arithmetic()->arithmetic(), m_lineCard->arithmetic()->sums());
    QByteArray text = "format,code,value,absError,relError,ulpError,previous,next,ulp,class\n";
    for (const NumberRowContent& row : m_content->rows) {
        const StoredNumber& stored = row.stored;
        const auto number = [](double value) { return QByteArray::fromStdString(valueText(value)); };
        const QByteArrayList cells{row.id.toUtf8(), codeString(row.format, stored.code).toUtf8(), number(stored.value),
                                   number(row.isGiven ? 0 : stored.absoluteError), number(row.isGiven ? 0 : stored.relativeError),
                                   number(row.isGiven ? 0 : stored.ulpError), number(stored.previous), number(stored.next),
                                   number(stored.ulp), QByteArray::fromStdString(stored.className)};
        text += cells.join(',') + '\n';
    }
    return text;
}

void NumbersFigure::showOnlyControls(const QStringList& controls)
{
    m_controls = controls;
    const auto has = [&](const char* name) { return controls.contains(QLatin1String(name)); };
    m_valueCard->setParts(has("value"), has("examples"), has("rounding"));
    m_rowsCard->setEditsFormats(has("formats"));
    m_lineCard->setControlsVisible(has("tabs"), has("scale"));
    m_lineCard->arithmetic()->setControlsVisible(has("operation"), has("sum"));
    refresh();
}

/// Only what the sample model says of a borrowed weight takes time here.
bool NumbersFigure::isSettled() const
{
    const auto* weight = findChild<BorrowedWeight*>();
    return !weight || weight->isSettled();
}

void NumbersFigure::setPresenting(bool presenting)
{
    if (m_presenting == presenting)
        return;
    m_presenting = presenting;
    delete m_presented;
    m_presented = nullptr;
    for (QWidget* part : {static_cast<QWidget*>(m_valueCard), static_cast<QWidget*>(m_rowsCard), static_cast<QWidget*>(m_lineCard)})
        part->setVisible(!presenting);
    if (presenting) {
        m_presented = new PresentedNumbers(this);
        m_presented->setGeometry(rect().adjusted(space::margin, space::small, -space::margin, 0));
        connect(m_presented, &PresentedNumbers::codeEdited, this, &NumbersFigure::takeCode);
        connect(m_presented, &PresentedNumbers::selected, this, &NumbersFigure::select);
        connect(m_presented, &PresentedNumbers::valueTyped, this, [this](const QString& text) {
            if (!enterValue(text))
                m_presented->showProblem(problemSentence());
        });
        m_presented->QWidget::show();
        m_presented->setFocus();
    } else {
        m_lineCard->setVisible(m_part != Part::Rows && m_part != Part::BitView);
        m_rowsCard->setVisible(showsRows());
    }
    refresh();
    if (m_presented)
        m_presented->raise();
}

QList<std::pair<QString, QString>> NumbersFigure::keys() const
{
    const std::string_view rounding = roundingRows()[std::size_t(m_state.rounding)].name;
    return {{QStringLiteral("V"), tr("value")},
            {QStringLiteral("F"), tr("formats")},
            {QStringLiteral("R"), QString::fromUtf8(rounding.data(), qsizetype(rounding.size())).toLower()},
            {QStringLiteral("[ ]"), tr("neighbour")},
            {QStringLiteral("G"), tr("ghost")}};
}

void NumbersFigure::toggleGhost()
{
    if (m_ghost)
        m_ghost.reset();
    else
        m_ghost = *m_content;
    refresh();
}

void NumbersFigure::step(const QString& format, NumberStep step)
{
    const NumberRowContent& row = m_content->rows[std::size_t(m_state.indexOf(format))];
    const bool up = step == NumberStep::NextNumber || step == NumberStep::Twice;
    if (step == NumberStep::PreviousNumber || step == NumberStep::NextNumber) {
        const Code code = up ? nextCode(row.format, row.stored.code) : previousCode(row.format, row.stored.code);
        if (code != row.stored.code)
            takeCode(row.id, code, up ? tr("next number") : tr("previous number"), {});
        return;
    }
    // One binade: half or twice the stored value, where the format reaches that far.
    const double wanted = row.stored.value * (up ? 2 : 0.5);
    const Code code = encode(row.format, wanted, {Rounding::NearestEven, Overflow::Saturate});
    if (std::isfinite(wanted) && code != row.stored.code)
        takeCode(row.id, code, up ? tr("next binade") : tr("previous binade"), {});
}

void NumbersFigure::keyPressEvent(QKeyEvent* event)
{
    if (event->modifiers() & ~(Qt::ShiftModifier | Qt::KeypadModifier)) {
        Figure::keyPressEvent(event);
        return;
    }
    switch (event->key()) {
    case Qt::Key_V:
        if (m_presented) {
            m_presented->beginTyping(m_state.text);
        } else {
            m_valueCard->field()->setFocus(Qt::ShortcutFocusReason);
            m_valueCard->field()->selectAll();
        }
        return;
    case Qt::Key_R: {
        const auto rows = roundingRows();
        chooseRounding(rows[(std::size_t(m_state.rounding) + 1) % rows.size()].rounding);
        return;
    }
    case Qt::Key_F: {
        // In a lecture: the next format takes the first place on the screen.
        const int next = (m_state.indexOf(m_state.selected) + 1) % int(m_state.formats.size());
        select(m_state.formats[std::size_t(next)].id);
        return;
    }
    // From anywhere on the page: of what the selected row stores.
    case Qt::Key_BracketLeft: step(m_state.selected, NumberStep::PreviousNumber); return;
    case Qt::Key_BracketRight: step(m_state.selected, NumberStep::NextNumber); return;
    case Qt::Key_BraceLeft: step(m_state.selected, NumberStep::Half); return;
    case Qt::Key_BraceRight: step(m_state.selected, NumberStep::Twice); return;
    case Qt::Key_L:
        edit([](NumbersState& s) { s.logarithmic = !s.logarithmic; s.view.reset(); }, tr("scale of the number line"));
        return;
    default:
        if (m_presented || !m_valueCard->isVisible() || !beginsNumber(event->text()))
            return Figure::keyPressEvent(event);
        m_valueCard->field()->setFocus(Qt::ShortcutFocusReason);
        m_valueCard->field()->selectAll();
        QCoreApplication::sendEvent(m_valueCard->field(), event);
    }
}

}  // namespace quantoscope
