// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/card_deck.h"

#include "widgets/controls.h"
#include "widgets/theme.h"

#include <QEvent>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace quantoscope {

CardDeck::CardDeck(QWidget* parent)
    : QWidget(parent)
    , m_layout(new QVBoxLayout(this))
    , m_tabCard(new Card(this))
    , m_tabs(new TabStrip(m_tabCard))
    , m_menu(new ChoiceButton(m_tabCard))
    , m_title(new TextLabel({}, 14, QFont::DemiBold, TextTone::Normal, m_tabCard))
    , m_tabSubtitle(new TextLabel({}, 12, QFont::Normal, TextTone::Muted, m_tabCard))
    , m_stack(new QStackedWidget(m_tabCard))
{
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(space::gap);
    auto* line = new QHBoxLayout;
    line->setSpacing(space::gap);
    // The strip must not hold the window open: where it does not fit the menu stands for it.
    m_tabs->setMinimumWidth(1);
    m_menu->setAccessibleName(tr("Views"));
    m_menu->hide();
    m_title->hide();
    line->addWidget(m_tabs);
    line->addWidget(m_menu);
    line->addWidget(m_title);
    m_tabSubtitle->setElides(true);
    m_tabSubtitle->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    line->addWidget(m_tabSubtitle, 1);
    m_tabCard->body()->addLayout(line);
    m_tabCard->body()->addWidget(m_stack, 1);
    m_tabCard->hide();
    const auto choose = [this](const QString& id) {
        setCurrent(id);
        emit chosen(id);
    };
    connect(m_tabs, &TabStrip::chosen, this, choose);
    connect(m_menu, &ChoiceButton::chosen, this, choose);
}

void CardDeck::addPanel(const QString& id, const QString& title, QWidget* panel, int stretch, const QString& tabTitle)
{
    auto* card = new Card(this);
    card->setTitle(title);
    m_panels.push_back({id, title, tabTitle.isEmpty() ? title : tabTitle, {}, panel, stretch, card});
    arrange();
}

void CardDeck::movePanel(const QString& id, CardDeck& to, const QStringList& order)
{
    const auto found = std::ranges::find(m_panels, id, &Panel::id);
    if (found == m_panels.end() || &to == this)
        return;
    Panel panel = *found;
    m_panels.erase(found);
    m_stack->removeWidget(panel.widget);
    panel.card->setParent(&to);
    const auto behind = std::ranges::find_if(to.m_panels, [&](const Panel& each) { return order.indexOf(each.id) > order.indexOf(id); });
    to.m_panels.insert(behind, panel);
    arrange();
    to.arrange();
}

bool CardDeck::hasPanel(const QString& id) const
{
    return std::ranges::find(m_panels, id, &Panel::id) != m_panels.end();
}

void CardDeck::setSubtitle(const QString& id, const QString& subtitle)
{
    for (Panel& panel : m_panels) {
        if (panel.id == id && panel.subtitle != subtitle) {
            panel.subtitle = subtitle;
            panel.card->setTitle(panel.title, subtitle);
            if (m_isTabbed && id == m_tabs->current())
                fitTabs();
        }
    }
}

void CardDeck::setTabbed(bool tabbed)
{
    if (tabbed == m_isTabbed)
        return;
    m_isTabbed = tabbed;
    arrange();
}

void CardDeck::setTabsVisible(bool visible)
{
    m_hasTabs = visible;
    fitTabs();
}

void CardDeck::arrange()
{
    const QString shown = m_tabs->current();
    while (QLayoutItem* item = m_layout->takeAt(0))
        delete item;
    m_tabs->clear();
    m_menu->clear();
    for (const Panel& panel : m_panels) {
        m_tabs->addTab(panel.id, panel.tabTitle);
        m_menu->addChoice(panel.id, panel.tabTitle);
        panel.card->setVisible(!m_isTabbed);
        if (m_isTabbed) {
            if (m_stack->indexOf(panel.widget) < 0)
                m_stack->addWidget(panel.widget);
        } else {
            m_stack->removeWidget(panel.widget);
            panel.card->body()->addWidget(panel.widget, 1);
            panel.widget->show();
            m_layout->addWidget(panel.card, panel.stretch);
        }
    }
    m_tabCard->setVisible(m_isTabbed && !m_panels.empty());
    if (m_isTabbed)
        m_layout->addWidget(m_tabCard, 1);
    setCurrent(shown);
}

QString CardDeck::current() const
{
    return m_tabs->current();
}

void CardDeck::setCurrent(const QString& id)
{
    m_tabs->setCurrent(id);
    for (const Panel& panel : m_panels) {
        if (panel.id == m_tabs->current() && m_isTabbed) {
            m_stack->setCurrentWidget(panel.widget);
            m_menu->setCurrent(panel.id);
            m_title->setText(panel.title);
        }
    }
    fitTabs();
}

/// Tabs, or the menu where they do not fit; the subtitle where all of it has room beside them.
void CardDeck::fitTabs()
{
    const int room = width() - 2 * space::gap, wanted = m_tabs->sizeHint().width();
    const bool fits = wanted <= room;
    m_tabs->setVisible(m_hasTabs && fits);
    m_menu->setVisible(m_hasTabs && !fits);
    m_title->setVisible(!m_hasTabs);
    const int taken = !m_hasTabs ? m_title->sizeHint().width() : fits ? wanted : static_cast<QWidget*>(m_menu)->sizeHint().width();
    const auto panel = std::ranges::find(m_panels, m_tabs->current(), &Panel::id);
    const QString subtitle = panel == m_panels.end() ? QString() : panel->subtitle;
    m_tabSubtitle->setText(m_tabSubtitle->fontMetrics().horizontalAdvance(subtitle) + 2 * space::gap <= room - taken ? subtitle : QString());
}

void CardDeck::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    fitTabs();
}

void CardDeck::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        fitTabs();
}

}  // namespace quantoscope
