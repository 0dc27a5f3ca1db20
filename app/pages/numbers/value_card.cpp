// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/numbers/value_card.h"

#include "app/pages/numbers/number_texts.h"
#include "widgets/theme.h"

#include <QCoreApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPainter>
#include <QVBoxLayout>

namespace quantoscope {

namespace {

QString shortRoundingName(Rounding rounding)
{
    const auto translated = [](const char* name) { return QCoreApplication::translate("NumbersPage", name); };
    switch (rounding) {
    case Rounding::NearestEven: return translated("Nearest even");
    case Rounding::NearestAway: return translated("Away");
    case Rounding::TowardZero: return translated("To zero");
    case Rounding::Up: return translated("Up");
    case Rounding::Down: return translated("Down");
    case Rounding::ToOdd: return translated("To odd");
    case Rounding::Stochastic: return translated("Stochastic");
    }
    return {};
}

QString idOf(const RoundingRow& row)
{
    return QString::fromUtf8(row.id.data(), qsizetype(row.id.size()));
}

}  // namespace

ValueField::ValueField(QWidget* parent) : QLineEdit(parent)
{
    setFrame(false);
    setTextMargins(10, 0, 8, 0);
    setAccessibleName(tr("Value"));
    setMaxLength(400);
    applyTheme();
}

void ValueField::applyTheme()
{
    setFont(monoFont(17, QFont::Medium));
    if (palette().color(QPalette::Base).alpha() != 0 || palette().color(QPalette::Text) != theme().text) {
        QPalette colours = palette();
        colours.setColor(QPalette::Base, Qt::transparent);
        colours.setColor(QPalette::Text, theme().text);
        setPalette(colours);
    }
}

void ValueField::setNote(const QString& note)
{
    m_note = note;
    update();
}

void ValueField::setWrongCharacter(int position)
{
    m_wrong = position;
    update();
}

QSize ValueField::sizeHint() const
{
    return {240, QFontMetrics(font()).height() + 14};
}

QSize ValueField::minimumSizeHint() const
{
    return {120, sizeHint().height()};
}

void ValueField::paintEvent(QPaintEvent* event)
{
    const Theme& colours = theme();
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const QColor border = m_wrong != 0 ? colours.error : hasFocus() ? colours.accent : colours.outlinesZeroBits ? colours.axis : colours.border;
        painter.setPen(QPen(border, hasFocus() || m_wrong != 0 ? 2 : 1.2));
        painter.setBrush(colours.card);
        painter.drawRoundedRect(QRectF(rect()).adjusted(1.5, 1.5, -1.5, -1.5), 7, 7);
        painter.setFont(uiFont(11));
        const QFontMetricsF metrics(painter.font());
        const double noteWidth = metrics.horizontalAdvance(m_note);
        const double textEnd = 18 + QFontMetricsF(font()).horizontalAdvance(text());
        if (textEnd + noteWidth + 22 < width()) {
            painter.setPen(colours.muted);
            painter.drawText(QRectF(width() - noteWidth - 12, 0, noteWidth + 1, height()), Qt::AlignVCenter, m_note);
        }
    }
    QLineEdit::paintEvent(event);
    if (m_wrong == 0)
        return;
    // A wave and an arrowhead under the character itself.
    const int index = m_wrong < 0 ? int(text().size()) : std::min<int>(m_wrong - 1, int(text().size()));
    const QFontMetricsF metrics(font());
    const double offset = cursorRect().center().x() - metrics.horizontalAdvance(text().left(cursorPosition()));
    const double x = offset + metrics.horizontalAdvance(text().left(index));
    const double w = std::max(8.0, metrics.horizontalAdvance(text().mid(index, 1)));
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colours.error);
    painter.drawRect(QRectF(x, height() - 8.5, w, 2));
}

void ValueField::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape)
        emit cancelled();
    else
        QLineEdit::keyPressEvent(event);
}

void ValueField::changeEvent(QEvent* event)
{
    QLineEdit::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        applyTheme();
}

ValueCard::ValueCard(QWidget* parent) : Card(parent)
{
    body()->setSpacing(4);
    auto* line = new QHBoxLayout;
    line->setSpacing(8);
    m_label = new TextLabel(tr("Value"), 13, QFont::DemiBold);
    m_field = new ValueField;
    m_label->setBuddy(m_field);
    m_examples = new QWidget;
    auto* chips = new QHBoxLayout(m_examples);
    chips->setContentsMargins(0, 0, 0, 0);
    chips->setSpacing(6);
    for (const char* example : {"π", "1/3", "0.1", "sqrt(2)", "2^-24", "65504", "nan"}) {
        auto* chip = new PushButton(QString::fromUtf8(example), PushButton::Role::Chip);
        chip->setCheckable(true);
        connect(chip, &QAbstractButton::clicked, this, [this, chip] { emit exampleChosen(chip->text()); });
        chips->addWidget(chip);
        m_chips << chip;
    }
    line->addWidget(m_label);
    line->addWidget(m_field, 3);
    line->addWidget(m_examples);
    line->addStretch(1);
    buildRounding();
    line->addWidget(m_roundingParts);
    body()->addLayout(line);
    m_problem = new TextLabel({}, 12, QFont::Medium, TextTone::Error);
    m_problem->setWordWrap(true);
    m_problem->hide();
    body()->addWidget(m_problem);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);

    connect(m_field, &QLineEdit::textEdited, this, [this](const QString& text) { emit textEdited(text, false); });
    connect(m_field, &QLineEdit::returnPressed, this, [this] {
        emit textEdited(m_field->text(), true);
        m_field->selectAll();
    });
}

void ValueCard::buildRounding()
{
    m_roundingParts = new QWidget;
    auto* line = new QHBoxLayout(m_roundingParts);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(8);
    m_roundingLabel = new TextLabel(tr("Rounding"), 12, QFont::Normal, TextTone::Muted);
    m_rounding = new SegmentedControl;
    m_roundingChoice = new ChoiceButton;
    m_rounding->setAccessibleName(tr("Rounding"));
    for (const RoundingRow& row : roundingRows()) {
        const QString full = QString::fromUtf8(row.name.data(), qsizetype(row.name.size()));
        m_roundingChoice->addChoice(idOf(row), full);
        m_rounding->addSegment(idOf(row), shortRoundingName(row.rounding), full);
    }
    m_seedParts = new QWidget;
    auto* seedLine = new QHBoxLayout(m_seedParts);
    seedLine->setContentsMargins(0, 0, 0, 0);
    seedLine->setSpacing(5);
    m_seed = new QLineEdit;
    m_seed->setFont(monoFont(12));
    m_seed->setFixedWidth(56);
    m_seed->setAccessibleName(tr("Seed"));
    m_seed->setMaxLength(19);
    seedLine->addWidget(new TextLabel(tr("seed"), 12, QFont::Normal, TextTone::Muted));
    seedLine->addWidget(m_seed);
    auto* next = new PushButton(tr("next"), PushButton::Role::Chip);
    next->setToolTip(tr("Draw again: the next seed"));
    seedLine->addWidget(next);
    line->addWidget(m_roundingLabel);
    line->addWidget(m_rounding);
    line->addWidget(m_roundingChoice);
    line->addWidget(m_seedParts);
    buildOverflow(line);
    m_roundingChoice->hide();

    const auto chosen = [this](const QString& id) {
        if (const auto rounding = findRounding(id.toStdString()))
            emit roundingChosen(*rounding);
    };
    connect(m_rounding, &SegmentedControl::chosen, this, chosen);
    connect(m_roundingChoice, &ChoiceButton::chosen, this, chosen);
    connect(next, &QAbstractButton::clicked, this, [this] { emit seedChosen(m_seed->text().toULongLong() + 1); });
    connect(m_seed, &QLineEdit::textEdited, this, [this](const QString& text) {
        bool understood = false;
        const quint64 seed = text.toULongLong(&understood);
        if (understood)
            emit seedChosen(seed);
    });
}

void ValueCard::buildOverflow(QHBoxLayout* line)
{
    m_overflowLabel = new TextLabel(tr("Overflow"), 12, QFont::Normal, TextTone::Muted);
    m_overflow = new ChoiceButton;
    m_overflow->setAccessibleName(tr("Overflow"));
    for (const OverflowRow& row : overflowRows())
        m_overflow->addChoice(QLatin1String(row.id), QCoreApplication::translate("NumbersPage", row.name),
                              QCoreApplication::translate("NumbersPage", row.sentence));
    line->addWidget(m_overflowLabel);
    line->addWidget(m_overflow);
    connect(m_overflow, &ChoiceButton::chosen, this, [this](const QString& id) {
        for (const OverflowRow& row : overflowRows())
            if (id == QLatin1String(row.id))
                emit overflowChosen(row.overflow);
    });
}

void ValueCard::show(const NumbersState& state, const NumbersContent& content)
{
    if (m_field->text() != state.text && !(m_field->hasFocus() && m_problem->isVisibleTo(this)))
        m_field->setText(state.text);
    QString note;
    if (state.given) {
        const int row = state.indexOf(state.given->format);
        if (row >= 0)
            note = tr("%1 code %2").arg(content.rows[std::size_t(row)].name, codeString(content.rows[std::size_t(row)].format, state.given->code));
    } else if (!content.typed.isNaN() && !content.typed.isInfinite()) {
        const bool isDouble = content.typed.isRational() && storeNumber(*findNumberFormat("fp64"), content.typed).direction == StoredNumber::Direction::Exact;
        note = isDouble ? tr("exact") : tr("exact, not its double");
    }
    m_field->setNote(note);
    for (PushButton* chip : m_chips)
        chip->setChecked(!state.given && chip->text() == state.text);
    const QString id = idOf(roundingRows()[std::size_t(state.rounding)]);
    m_rounding->setCurrent(id);
    m_roundingChoice->setCurrent(id);
    m_showsSeed = state.rounding == Rounding::Stochastic;
    m_seedParts->setVisible(m_showsSeed);
    m_overflow->setCurrent(QLatin1String(overflowRows()[std::size_t(state.overflow)].id));
    if (m_seed->text() != QString::number(state.seed))
        m_seed->setText(QString::number(state.seed));
}

void ValueCard::showProblem(const QString& sentence, int wrongCharacter)
{
    m_field->setWrongCharacter(sentence.isEmpty() ? 0 : wrongCharacter);
    m_problem->setText(sentence);
    m_problem->setVisible(!sentence.isEmpty());
}

QString ValueCard::problemText() const
{
    return m_problem->isVisibleTo(this) ? m_problem->text() : QString();
}

void ValueCard::setParts(bool value, bool examples, bool rounding)
{
    m_showsValue = value;
    m_showsRounding = rounding;
    m_label->setVisible(value);
    m_field->setVisible(value);
    m_examples->setVisible(examples);
    m_roundingParts->setVisible(rounding);
    setVisible(value || examples || rounding);
}

void ValueCard::fit(int width, bool compact)
{
    layout()->setContentsMargins(16, compact ? 5 : 9, 16, compact ? 5 : 9);
    // Examples go one by one before the field gets shorter than a number is long.
    constexpr int between = 8, leastField = 226;
    const auto widthOf = [](const QWidget* widget, bool isShown) { return isShown ? widget->sizeHint().width() + between : 0; };
    const int fixed = 32 + widthOf(m_label, m_showsValue) + (m_showsValue ? leastField : 0) + widthOf(m_roundingLabel, m_showsRounding)
        + widthOf(m_seedParts, m_showsRounding && m_showsSeed) + widthOf(m_overflowLabel, m_showsRounding) + widthOf(m_overflow, m_showsRounding);
    int room = width - fixed - widthOf(m_rounding, m_showsRounding);
    setNarrow(room < 120);
    if (m_narrow)
        room = width - fixed - widthOf(m_roundingChoice, m_showsRounding);
    // What is said with each: nan and a power of two go last, a second root first.
    for (const int chip : {0, 6, 1, 4, 2, 5, 3}) {
        const int needed = m_chips[chip]->sizeHint().width() + 6;
        const bool fits = room >= needed;
        m_chips[chip]->setVisible(fits);
        room -= fits ? needed : 0;
    }
}

void ValueCard::setNarrow(bool narrow)
{
    if (m_narrow == narrow)
        return;
    m_narrow = narrow;
    m_rounding->setVisible(!narrow);
    m_roundingChoice->setVisible(narrow);
}

}  // namespace quantoscope
