// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/numbers/numbers_figure.h"

#include "app/page.h"
#include "app/pages/numbers/borrowed_weight.h"
#include "app/pages/numbers/arithmetic_panel.h"
#include "app/pages/numbers/line_card.h"
#include "app/pages/numbers/number_texts.h"
#include "app/pages/numbers/presented_numbers.h"
#include "app/pages/numbers/rows_card.h"
#include "app/pages/numbers/value_card.h"
#include "core/formats/parse_code.h"
#include "app/workspace.h"
#include "widgets/bit_view.h"
#include "widgets/number_line.h"
#include "widgets/theme.h"

#include <QKeyEvent>
#include <QRegularExpression>
#include <QVBoxLayout>

#include <cmath>

namespace quantoscope {

NumbersFigure::NumbersFigure(Part part, QWidget* parent)
    : Figure(parent), m_part(part), m_state(NumbersState::first()), m_valueCard(new ValueCard(this)),
      m_rowsCard(new RowsCard(this)), m_lineCard(new LineCard(this))
{
    if (part == Part::BitView)
        m_state.formats = {chosenFormat(m_state.selected)};
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_valueCard);
    layout->addWidget(m_rowsCard);
    layout->addWidget(m_lineCard, 1);
    const bool hasLine = part != Part::Rows && part != Part::BitView;
    if (!hasLine) {
        m_lineCard->hide();
        layout->addStretch(1);
    }
    if (!tabOfPart().isEmpty()) {
        m_state.tab = tabOfPart();
        m_lineCard->setControlsVisible(false, true);
    }
    if (part == Part::Block)
        m_valueCard->setParts(false, false, false);
    if (part == Part::Arithmetic || part == Part::RunningSum) {
        m_lineCard->arithmetic()->setParts(part == Part::Arithmetic, part == Part::RunningSum);
        if (part == Part::RunningSum)
            m_valueCard->setParts(false, false, true);
    }
    if (part == Part::BitView)
        m_valueCard->setParts(true, false, false);
    m_rowsCard->setEditsFormats(part == Part::Page || part == Part::Lesson || part == Part::Rows);
    connectParts();
    arrange();
    refresh();
}

NumbersFigure::~NumbersFigure() = default;

void NumbersFigure::connectParts()
{
    connect(m_valueCard, &ValueCard::textEdited, this, &NumbersFigure::enterValue);
    connect(m_valueCard, &ValueCard::exampleChosen, this, [this](const QString& text) { enterValue(text); });
    connect(m_valueCard->field(), &ValueField::cancelled, this, [this] {
        m_valueCard->showProblem({}, 0);
        m_valueCard->field()->setText(m_state.text);
    });
    connect(m_valueCard, &ValueCard::roundingChosen, this, &NumbersFigure::chooseRounding);
    connect(m_valueCard, &ValueCard::seedChosen, this, [this](quint64 seed) {
        edit([seed](NumbersState& s) { s.seed = seed; s.given.reset(); }, tr("seed %1").arg(seed), QStringLiteral("seed"));
    });
    connect(m_valueCard, &ValueCard::overflowChosen, this, [this](Overflow overflow) {
        edit([overflow](NumbersState& s) { s.overflow = overflow; }, tr("overflow"));
    });
    connect(m_rowsCard, &RowsCard::codeEdited, this, &NumbersFigure::takeCode);
    connect(m_rowsCard, &RowsCard::stepRequested, this, &NumbersFigure::step);
    connect(m_rowsCard, &RowsCard::selected, this, &NumbersFigure::select);
    connect(m_rowsCard, &RowsCard::settingsEdited, this, [this](const QString& id, double scale, qint64 zero) {
        edit([&](NumbersState& s) {
            ChosenFormat& chosen = s.formats[std::size_t(s.indexOf(id))];
            chosen.scale = scale;
            chosen.zeroPoint = zero;
            s.selected = id;
        }, tr("scale and zero point"));
    });
    connect(m_rowsCard, &RowsCard::formatsEdited, this, [this](const QStringList& ids, const QString& text, const QString& mergeKey) {
        edit([&](NumbersState& s) {
            std::vector<ChosenFormat> formats;
            for (const QString& id : ids)
                formats.push_back(s.indexOf(id) >= 0 ? s.formats[std::size_t(s.indexOf(id))] : chosenFormat(id));
            if (ids.size() > int(s.formats.size()))
                s.selected = ids.last();
            s.formats = formats;
            if (s.indexOf(s.selected) < 0)
                s.selected = formats.front().id;
            if (s.given && s.indexOf(s.given->format) < 0)
                s.given.reset();
        }, text, mergeKey);
    });
    connect(m_rowsCard, &RowsCard::digitsToggled, this, [this] {
        edit([](NumbersState& s) { s.allDigits = !s.allDigits; }, tr("all digits"));
    });
    connect(m_rowsCard, &RowsCard::problem, this, [this](const QString& sentence) { m_valueCard->showProblem(sentence, 0); });
    connect(m_lineCard, &LineCard::tabChosen, this, [this](const QString& tab) {
        const QString words = tab == QLatin1String("line") ? tr("number line") : tab == QLatin1String("stairs") ? tr("staircase") : tab == QLatin1String("values") ? tr("all values")
            : tab == QLatin1String("arithmetic") ? tr("arithmetic") : tab == QLatin1String("build") ? tr("build a format") : tr("block");
        edit([&](NumbersState& s) { s.tab = tab; }, words);
    });
    connect(m_lineCard, &LineCard::scaleChosen, this, [this](bool logarithmic) {
        edit([&](NumbersState& s) { s.logarithmic = logarithmic; s.view.reset(); }, logarithmic ? tr("logarithmic") : tr("linear"));
    });
    connect(m_lineCard, &LineCard::colouringChosen, this, [this](const QString& colouring) {
        edit([&](NumbersState& s) { s.colouring = colouring; }, tr("colour by %1").arg(colouring));
    });
    connect(m_lineCard, &LineCard::arrangementChosen, this, [this](const QString& arrangement) {
        edit([&](NumbersState& s) { s.arrangement = arrangement; }, tr("arrangement"));
    });
    connect(m_lineCard, &LineCard::stairsChosen, this, [this](const QString& view) {
        edit([&](NumbersState& s) { s.stairs = view; }, tr("part of the staircase"));
    });
    connect(m_lineCard, &LineCard::roundingChosen, this, &NumbersFigure::chooseRounding);
    connect(m_lineCard, &LineCard::viewChanged, this, [this](const NumberLineView& view) {
        m_state.view = view;   // The line has drawn itself already: a pan computes nothing.
        emit changed(tr("move number line"), QStringLiteral("number-line"));
    });
    connect(m_lineCard, &LineCard::viewReset, this, [this] { edit([](NumbersState& s) { s.view.reset(); }, tr("number line around the value")); });
    connect(m_lineCard, &LineCard::rowSelected, this, &NumbersFigure::select);
    connect(m_lineCard, &LineCard::codeChosen, this, [this](const QString& id, Code code, const QString& mergeKey) {
        takeCode(id, code, tr("choose code"), mergeKey);
    });
    connectArithmetic();
    connectBuildAndBlock();
}

QString NumbersFigure::tabOfPart() const
{
    switch (m_part) {
    case Part::Arithmetic:
    case Part::RunningSum: return QStringLiteral("arithmetic");
    case Part::Build: return QStringLiteral("build");
    case Part::Block: return QStringLiteral("block");
    default: return {};
    }
}

bool NumbersFigure::showsRows() const
{
    const bool hasTabs = m_part == Part::Page || m_part == Part::Lesson;
    return m_part == Part::Rows || m_part == Part::BitView || (hasTabs && !LineCard::takesRows(m_state.tab));
}

void NumbersFigure::connectArithmetic()
{
    ArithmeticPanel* panel = m_lineCard->arithmetic();
    connect(panel, &ArithmeticPanel::formatChosen, this, &NumbersFigure::select);
    connect(panel, &ArithmeticPanel::operationChosen, this, [this](const QString& id) {
        edit([&](NumbersState& s) { s.operation = id; }, tr("operation"));
    });
    connect(panel, &ArithmeticPanel::operandEdited, this, &NumbersFigure::enterOperand);
    connect(panel, &ArithmeticPanel::listEdited, this, &NumbersFigure::enterList);
    connect(panel, &ArithmeticPanel::sumsEdited, this, [this](const SumSettings& settings, const QString& text) {
        edit([&](NumbersState& s) { s.sums = settings; }, text);
    });
}

void NumbersFigure::enterOperand(int operand, const QString& text, bool finished)
{
    const NumberFormat format = m_state.formats[std::size_t(m_state.indexOf(m_state.selected))].format();
    const std::string characters = text.trimmed().toStdString();
    QString sentence;
    if (looksLikeCode(characters)) {
        if (const Result<Code> code = parseCode(format, characters); !code)
            sentence = QString::fromStdString(code.error().message);
    } else if (const Result<RealNumber> number = parseNumber(characters); !number) {
        sentence = QString::fromStdString(number.error().message);
    }
    m_lineCard->arithmetic()->showProblem(operand, sentence);
    if (!sentence.isEmpty())
        return;
    if (finished)
        ++m_typing;
    edit([&](NumbersState& s) { (operand == 1 ? s.second : s.third) = text; }, tr("operand %1").arg(text),
         finished ? QString() : QStringLiteral("operand-%1-%2").arg(operand).arg(m_typing));
}

void NumbersFigure::enterList(bool isLeft, const QString& text, bool finished)
{
    const auto numbers = parseNumberList(text);
    m_lineCard->arithmetic()->showListProblem(isLeft, numbers ? QString() : QString::fromStdString(numbers.error().message));
    if (!numbers)
        return;
    if (finished)
        ++m_typing;
    edit([&](NumbersState& s) { (isLeft ? s.left : s.right) = text; }, tr("factors %1").arg(text),
         finished ? QString() : QStringLiteral("list-%1-%2").arg(isLeft).arg(m_typing));
}

void NumbersFigure::edit(const std::function<void(NumbersState&)>& change, const QString& text, const QString& mergeKey)
{
    const NumbersState before = m_state;
    change(m_state);
    if (m_state == before)
        return;
    refresh();
    emit changed(text, mergeKey);
}

void NumbersFigure::refresh()
{
    m_content = std::make_shared<const NumbersContent>(computeNumbers(m_state));
    m_valueCard->show(m_state, *m_content);
    fitValueCard();
    if (!m_presented && m_part != Part::BitView)
        m_rowsCard->setVisible(showsRows());
    const int only = LineCard::onlyRow(m_state);
    m_rowsCard->setOnlyRow(only < 0 || m_part == Part::Rows || m_part == Part::BitView ? QString() : m_state.formats[std::size_t(only)].id);
    if (!m_rowsCard->isHidden())
        m_rowsCard->show(m_state, m_content, m_ghost);
    if (!m_lineCard->isHidden())
        m_lineCard->show(m_state, *m_content, m_ghost);
    if (m_presented)
        m_presented->show(m_state, m_content, m_ghost);
    emit readingsChanged();
}

void NumbersFigure::select(const QString& format)
{
    if (m_state.selected == format || m_state.indexOf(format) < 0)
        return;
    edit([&](NumbersState& s) { s.selected = format; }, tr("select row"), QStringLiteral("select"));
}

void NumbersFigure::chooseRounding(Rounding rounding)
{
    edit([rounding](NumbersState& s) { s.rounding = rounding; }, tr("rounding"));
}

bool NumbersFigure::enterValue(const QString& text, bool finished)
{
    if (looksLikeCode(text.trimmed().toStdString()))
        return takeTypedCode(text, finished);
    const Result<RealNumber> number = parseNumber(text.toStdString());
    if (!number) {
        const QString sentence = QString::fromStdString(number.error().message);
        static const QRegularExpression place(QStringLiteral("^Character (\\d+)"));
        const QRegularExpressionMatch found = place.match(sentence);
        m_valueCard->showProblem(sentence, found.hasMatch() ? found.captured(1).toInt() : -1);
        return false;
    }
    m_valueCard->showProblem({}, 0);
    if (finished)
        ++m_typing;
    edit([&](NumbersState& s) {
        s.text = text;
        s.given.reset();
        s.view.reset();
    }, tr("value %1").arg(text), finished ? QString() : QStringLiteral("typing-%1").arg(m_typing));
    return true;
}

bool NumbersFigure::takeTypedCode(const QString& text, bool finished)
{
    const int row = m_state.indexOf(m_state.selected);
    const Result<Code> code = parseCode(m_state.formats[std::size_t(row)].format(), text.trimmed().toStdString());
    if (!code) {
        m_valueCard->showProblem(QString::fromStdString(code.error().message), -1);
        return false;
    }
    m_valueCard->showProblem({}, 0);
    if (finished)
        ++m_typing;
    edit([&](NumbersState& s) {
        s.text = text;
        s.given = GivenCode{s.selected, *code};
        s.view.reset();
    }, tr("code %1").arg(text), finished ? QString() : QStringLiteral("typing-%1").arg(m_typing));
    return true;
}

/// The picture stays where it is while a flipped bit moves the number inside it.
void NumbersFigure::forgetViewUnlessInside()
{
    const NumberRowContent& row = m_content->rows[std::size_t(std::max(0, m_state.indexOf(m_state.selected)))];
    const double value = row.stored.value;
    if (!m_state.view || !std::isfinite(value))
        return;
    const double place = m_state.view->logarithmic ? NumberLineScale::octaves(value) : value;
    if (std::abs(place - m_state.view->centre) > 0.48 * m_state.view->span)
        m_state.view.reset();
}

void NumbersFigure::takeCode(const QString& format, Code code, const QString& text, const QString& mergeKey)
{
    m_valueCard->showProblem({}, 0);
    const NumberLineView shown = m_lineCard->line()->view();
    edit([&](NumbersState& s) {
        const NumberFormat row = s.formats[std::size_t(s.indexOf(format))].format();
        const double value = valueOf(row, code);
        const QString exact = QString::fromStdString(exactDecimal(value));
        s.selected = format;
        s.given = GivenCode{format, code};
        // The field says the value itself while that is short enough to be read, else the code.
        s.text = exact.size() <= 22 ? exact : codeString(row, code);
        if (!s.view && std::isfinite(value) && shown.logarithmic == s.logarithmic) {
            const double place = s.logarithmic ? NumberLineScale::octaves(value) : value;
            if (std::abs(place - shown.centre) < 0.48 * shown.span)
                s.view = shown;
        }
    }, text, mergeKey);
    const std::optional<NumberLineView> before = m_state.view;
    forgetViewUnlessInside();
    if (before != m_state.view)
        refresh();
}

QString NumbersFigure::problemSentence() const
{
    return m_valueCard->problemText();
}

NumberRow* NumbersFigure::row(const QString& format) const
{
    return m_rowsCard->row(format);
}

void NumbersFigure::fitValueCard()
{
    const QMargins margins = layout()->contentsMargins();
    m_valueCard->fit(width() - margins.left() - margins.right(), height() < 760);
}

void NumbersFigure::arrange()
{
    const bool compact = height() < 760;
    layout()->setSpacing(compact ? 7 : 14);
    if (m_part == Part::Page)
        layout()->setContentsMargins(compact ? 10 : space::gap, compact ? 6 : space::normal, compact ? 10 : space::gap, compact ? 8 : space::gap);
    fitValueCard();
    m_rowsCard->setCompact(compact);
    m_lineCard->setCompact(compact);
}

void NumbersFigure::resizeEvent(QResizeEvent*)
{
    arrange();
    if (m_presented)
        m_presented->setGeometry(rect().adjusted(space::margin, space::small, -space::margin, 0));
}

void NumbersFigure::changeEvent(QEvent* event)
{
    Figure::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        arrange();
}

Figure* makeNumbersPage(Workspace& workspace, QWidget* parent)
{
    auto* page = new NumbersFigure(NumbersFigure::Part::Page, parent);
    page->setProfile(&workspace.profile());
    page->layout()->addWidget(new BorrowedWeight(workspace, *page));
    return page;
}

}  // namespace quantoscope
