// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/numbers/inline_edit.h"
#include "app/pages/numbers/number_row.h"
#include "widgets/bit_view.h"
#include "widgets/controls.h"
#include "widgets/theme.h"

#include <QPainter>
#include <QToolButton>

// Under the name of the selected row: one ULP and one binade up and down, for whoever does not know the keys.

namespace quantoscope {

namespace {

constexpr int buttonWidth = 23;

/// Narrower than a button with words.
class StepButton : public PushButton {
public:
    using PushButton::PushButton;
    QSize sizeHint() const override { return {buttonWidth, 18}; }
};

}  // namespace

void NumberRow::makeSteppers()
{
    struct StepperRow {
        NumberStep step;
        QString sign, name, toolTip;
    };
    const StepperRow rows[] = {
        {NumberStep::PreviousNumber, QStringLiteral("−"), tr("Previous number"), tr("The number below this one ([)")},
        {NumberStep::NextNumber, QStringLiteral("+"), tr("Next number"), tr("The number above this one (])")},
        {NumberStep::Half, QStringLiteral("−"), tr("Half of it"), tr("Half of it: the exponent less one ({)")},
        {NumberStep::Twice, QStringLiteral("+"), tr("Twice of it"), tr("Twice of it: the exponent plus one (})")},
    };
    for (const StepperRow& row : rows) {
        auto* button = new StepButton(row.sign, PushButton::Role::Chip, this);
        button->setAccessibleName(row.name);
        button->setToolTip(row.toolTip);
        button->setAutoRepeat(true);
        button->hide();
        connect(button, &QAbstractButton::clicked, this, [this, step = row.step] { emit stepRequested(step); });
        m_steppers.push_back(button);
    }
}

void NumberRow::arrangeSteppers()
{
    const RowColumns& columns = m_shown.columns;
    const int height = std::max(18, (columns.detailHeight() - (columns.compact ? 6 : 10)) / 2);
    const int top = columns.rowHeight() + (columns.compact ? 0 : 1);
    const int left = int(columns.name.right()) - 2 * buttonWidth - 2;
    const double value = m_shown.row.stored.value;
    for (std::size_t i = 0; i < m_steppers.size(); ++i) {
        PushButton* button = m_steppers[i];
        button->setGeometry(left + int(i % 2) * (buttonWidth + 3), top + int(i / 2) * (height + 3), buttonWidth, height);
        button->setVisible(m_shown.selected && m_shown.editsSettings);
        const bool up = i % 2 == 1;
        const bool canMove = i < 2 ? (up ? m_shown.row.stored.next : m_shown.row.stored.previous) != value : value != 0;
        button->setEnabled(std::isfinite(value) && canMove);
    }
}

void NumberRow::paintStepperLabels(QPainter& painter) const
{
    if (m_steppers.front()->isHidden())
        return;
    painter.setFont(uiFont(12));
    painter.setPen(theme().muted);
    const double left = m_shown.columns.name.left;
    for (const std::size_t first : {std::size_t{0}, std::size_t{2}}) {
        const QRect place = m_steppers[first]->geometry();
        painter.drawText(QRectF(left, place.top(), place.left() - left - 2, place.height()), Qt::AlignVCenter | Qt::TextDontClip,
                         first == 0 ? tr("ULP") : QStringLiteral("× 2"));
    }
}

QList<QWidget*> NumberRow::tabStops() const
{
    QList<QWidget*> stops{m_bits, m_code};
    for (QWidget* edit : {static_cast<QWidget*>(m_scale), static_cast<QWidget*>(m_zero)})
        if (edit)
            stops << edit;
    for (PushButton* button : m_steppers)
        stops << button;
    return stops << m_digits << m_remove;
}

}  // namespace quantoscope
