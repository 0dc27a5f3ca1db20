// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/rail.h"

#include "app/page.h"
#include "widgets/controls.h"
#include "widgets/house_style.h"
#include "widgets/theme.h"

#include <QButtonGroup>
#include <QCoreApplication>
#include <QEvent>
#include <QPainter>
#include <QRadioButton>
#include <QVBoxLayout>

#include <cmath>

namespace quantoscope {

namespace {

QFont wordFont(bool isChosen)
{
    return uiFont(11.5, isChosen ? QFont::DemiBold : QFont::Medium);
}

class RailButton : public QAbstractButton {
public:
    RailButton(const QString& icon, const QString& text, QWidget* parent)
        : QAbstractButton(parent)
        , m_icon(icon)
    {
        setText(text);
        setAccessibleName(text);
        setCursor(Qt::PointingHandCursor);
        setFocusPolicy(Qt::TabFocus);   // A click leaves the keyboard with the page.
        setAttribute(Qt::WA_Hover);
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    }

    void setIconName(const QString& icon)
    {
        m_icon = icon;
        update();
    }

    QSize sizeHint() const override
    {
        const QFontMetrics metrics(wordFont(true));
        return {metrics.horizontalAdvance(text()) + 16, metrics.height() + 42};
    }
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent*) override
    {
        const Theme& t = theme();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const QRectF area = QRectF(rect()).adjusted(0, 2, 0, -2);
        if (isChecked() || underMouse()) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(isChecked() ? t.accentSoft : t.hover);
            painter.drawRoundedRect(area, 8, 8);
        }
        if (hasFocus())
            drawFocusRing(painter, area, 8);
        const QColor ink = isChecked() ? t.accent : t.muted;
        drawIcon(painter, m_icon, QRectF(width() / 2.0 - 11, area.top() + 9, 22, 22), ink);
        painter.setFont(wordFont(isChecked()));
        painter.setPen(ink);
        painter.drawText(QRectF(0, area.top() + 31, width(), area.height() - 35), Qt::AlignCenter, text());
    }

private:
    QString m_icon;
};

}  // namespace

Rail::Rail(QWidget* parent)
    : QWidget(parent)
    , m_group(new QButtonGroup(this))
    , m_theme(new RailButton({}, {}, this))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 66, 8, space::normal);
    column->setSpacing(2);
    m_group->setExclusive(true);
    int number = 0;
    for (const PageRow& row : pages()) {
        auto* button = new RailButton(QLatin1String(row.icon), QCoreApplication::translate("Pages", row.title), this);
        button->setObjectName(QLatin1String(row.id));
        button->setCheckable(true);
        button->setToolTip(tr("%1 (Ctrl+%2)").arg(button->text()).arg(++number));
        m_group->addButton(button);
        column->addWidget(button);
    }
    column->addStretch(1);
    column->addWidget(m_theme);
    connect(m_group, &QButtonGroup::buttonClicked, this,
            [this](QAbstractButton* button) { emit pageChosen(button->objectName()); });
    connect(m_theme, &QAbstractButton::clicked, this, &Rail::themeSwitched);
    applyTheme();
}

void Rail::setCurrent(const QString& page)
{
    m_group->setExclusive(false);
    for (QAbstractButton* button : m_group->buttons())
        button->setChecked(button->objectName() == page);
    m_group->setExclusive(true);
}

void Rail::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), theme().rail);
    painter.fillRect(QRect(width() - 1, 0, 1, height()), theme().border);
    drawIcon(painter, QStringLiteral("logo"), QRectF(width() / 2.0 - 18, 14, 36, 36), Qt::black);
}

void Rail::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        applyTheme();
}

void Rail::applyTheme()
{
    struct Look {
        const char* icon;
        QString word;
    };
    const Look looks[] = {{"sun", tr("Light")}, {"moon", tr("Dark")}, {"projector", tr("Projector")}};
    const Look& look = looks[int(theme().id)];
    static_cast<RailButton*>(m_theme)->setIconName(QLatin1String(look.icon));
    m_theme->setText(look.word);
    m_theme->setAccessibleName(tr("Theme: %1. Press for the next one.").arg(look.word));
    m_theme->setToolTip(tr("Next theme"));
    // As wide as its widest word, and a round number at 100 %.
    int width = 84;
    for (const QAbstractButton* button : m_group->buttons())
        width = std::max(width, button->sizeHint().width() + 16);
    setFixedWidth(std::max(width, m_theme->sizeHint().width() + 16));
}

}  // namespace quantoscope
