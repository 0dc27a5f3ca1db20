// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <vector>

class QStackedWidget;
class QVBoxLayout;

namespace quantoscope {

class Card;
class TabStrip;
class TextLabel;

/// Panels that stand below each other as cards where there is room, and share one card with tabs where
/// there is not.
class CardDeck : public QWidget {
    Q_OBJECT

public:
    explicit CardDeck(QWidget* parent = nullptr);
    void addPanel(const QString& id, const QString& title, QWidget* panel, int stretch = 1);
    void setSubtitle(const QString& id, const QString& subtitle);
    void setTabbed(bool tabbed);
    bool isTabbed() const { return m_isTabbed; }
    QString current() const;
    void setCurrent(const QString& id);

signals:
    void chosen(const QString& id);

private:
    struct Panel {
        QString id, title, subtitle;
        QWidget* widget;
        int stretch;
        Card* card;   ///< Its own, when not tabbed.
    };
    void arrange();

    std::vector<Panel> m_panels;
    QVBoxLayout* m_layout;
    Card* m_tabCard;
    TabStrip* m_tabs;
    TextLabel* m_tabSubtitle;   ///< Of the panel that is shown.
    QStackedWidget* m_stack;
    bool m_isTabbed = false;
};

}  // namespace quantoscope
