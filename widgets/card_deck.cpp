// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/card_deck.h"

#include "widgets/controls.h"
#include "widgets/theme.h"

#include <QStackedWidget>
#include <QVBoxLayout>

namespace quantoscope {

CardDeck::CardDeck(QWidget* parent)
    : QWidget(parent)
    , m_layout(new QVBoxLayout(this))
    , m_tabCard(new Card(this))
    , m_tabs(new TabStrip(m_tabCard))
    , m_tabSubtitle(new TextLabel({}, 12, QFont::Normal, TextTone::Muted, m_tabCard))
    , m_stack(new QStackedWidget(m_tabCard))
{
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(space::gap);
    auto* line = new QHBoxLayout;
    line->setSpacing(space::gap);
    line->addWidget(m_tabs);
    m_tabSubtitle->setElides(true);
    m_tabSubtitle->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    line->addWidget(m_tabSubtitle, 1);
    m_tabCard->body()->addLayout(line);
    m_tabCard->body()->addWidget(m_stack, 1);
    m_tabCard->hide();
    connect(m_tabs, &TabStrip::chosen, this, [this](const QString& id) {
        setCurrent(id);
        emit chosen(id);
    });
}

void CardDeck::addPanel(const QString& id, const QString& title, QWidget* panel, int stretch)
{
    auto* card = new Card(this);
    card->setTitle(title);
    m_panels.push_back({id, title, {}, panel, stretch, card});
    m_tabs->addTab(id, title);
    arrange();
}

void CardDeck::setSubtitle(const QString& id, const QString& subtitle)
{
    for (Panel& panel : m_panels) {
        if (panel.id == id && panel.subtitle != subtitle) {
            panel.subtitle = subtitle;
            panel.card->setTitle(panel.title, subtitle);
            if (id == m_tabs->current())
                m_tabSubtitle->setText(subtitle);
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

void CardDeck::arrange()
{
    while (QLayoutItem* item = m_layout->takeAt(0))
        delete item;
    for (const Panel& panel : m_panels) {
        panel.card->setVisible(!m_isTabbed);
        if (m_isTabbed) {
            m_stack->addWidget(panel.widget);
        } else {
            m_stack->removeWidget(panel.widget);
            panel.card->body()->addWidget(panel.widget, 1);
            panel.widget->show();
            m_layout->addWidget(panel.card, panel.stretch);
        }
    }
    m_tabCard->setVisible(m_isTabbed);
    if (m_isTabbed) {
        m_layout->addWidget(m_tabCard, 1);
        setCurrent(m_tabs->current());
    }
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
            m_tabSubtitle->setText(panel.subtitle);
        }
    }
}

}  // namespace quantoscope
