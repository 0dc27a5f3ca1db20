// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QWidget>

#include <vector>

class QStackedWidget;
class QVBoxLayout;

namespace quantoscope {

class Card;
class ChoiceButton;
class TabStrip;
class TextLabel;

/// Panels that stand below each other as cards where there is room, and share one card with tabs where
/// there is not. Where not even the tabs fit side by side, a menu takes their place.
class CardDeck : public QWidget {
    Q_OBJECT

public:
    explicit CardDeck(QWidget* parent = nullptr);
    /// `tabTitle`: shorter words for the tab; empty where the title does.
    void addPanel(const QString& id, const QString& title, QWidget* panel, int stretch = 1, const QString& tabTitle = {});
    /// Gives a panel with its words to another deck, at the place that the order of `order` gives it.
    void movePanel(const QString& id, CardDeck& to, const QStringList& order);
    bool hasPanel(const QString& id) const;
    bool isEmpty() const { return m_panels.empty(); }
    void setSubtitle(const QString& id, const QString& subtitle);
    void setTabbed(bool tabbed);
    bool isTabbed() const { return m_isTabbed; }
    /// False takes the tabs away: only the current panel and its title are seen.
    void setTabsVisible(bool);
    QString current() const;
    void setCurrent(const QString& id);

signals:
    void chosen(const QString& id);

protected:
    void resizeEvent(QResizeEvent*) override;
    void changeEvent(QEvent*) override;

private:
    struct Panel {
        QString id, title, tabTitle, subtitle;
        QWidget* widget;
        int stretch;
        Card* card;   ///< Its own, when not tabbed.
    };
    void arrange();
    void fitTabs();

    std::vector<Panel> m_panels;
    QVBoxLayout* m_layout;
    Card* m_tabCard;
    TabStrip* m_tabs;
    ChoiceButton* m_menu;       ///< In place of tabs that do not fit.
    TextLabel* m_title;         ///< Of the panel that is shown, where there are no tabs.
    TextLabel* m_tabSubtitle;   ///< Of the panel that is shown; only where all of it fits.
    QStackedWidget* m_stack;
    bool m_isTabbed = false;
    bool m_hasTabs = true;
};

}  // namespace quantoscope
