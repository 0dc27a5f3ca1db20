// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/exclusive_row.h"

#include <QAbstractButton>
#include <QFrame>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>

#include <memory>

class QHBoxLayout;
class QPainter;
class QVBoxLayout;

namespace quantoscope {

/// A rounded panel with one-pixel border. Content goes into body(); the title line is made on demand.
class Card : public QFrame {
    Q_OBJECT

public:
    explicit Card(QWidget* parent = nullptr);
    void setTitle(const QString& title, const QString& subtitle = {});
    QHBoxLayout* titleLine();   ///< Title, subtitle, stretch; append controls.
    QVBoxLayout* body();

protected:
    void paintEvent(QPaintEvent*) override;

private:
    QVBoxLayout* m_body = nullptr;
    QHBoxLayout* m_titleLine = nullptr;
    QLabel* m_title = nullptr;
    QLabel* m_subtitle = nullptr;
};

enum class TextTone { Normal, Muted, Faint, Error, Good, Accent };

/// A label that follows the theme: size of the type scale, weight, tone. Plain text always: names
/// from files are labels, never rich text.
class TextLabel : public QLabel {
    Q_OBJECT

public:
    explicit TextLabel(const QString& text = {}, double pixels = 13, QFont::Weight weight = QFont::Normal,
                       TextTone tone = TextTone::Normal, QWidget* parent = nullptr);
    void setTone(TextTone);
    void setMono(bool);
    /// Cut with "…" where room is short, instead of asking for it; the whole text is in the tool tip.
    void setElides(bool);
    bool elides() const { return m_elides; }
    QSize minimumSizeHint() const override;

protected:
    void changeEvent(QEvent*) override;
    void paintEvent(QPaintEvent*) override;
    void resizeEvent(QResizeEvent*) override;

private:
    void applyTheme();
    double m_pixels;
    QFont::Weight m_weight;
    TextTone m_tone;
    bool m_mono = false;
    bool m_elides = false;
    QColor m_shown;   ///< The colour and font in force, so that applying them again changes nothing.
};

/// One of a few, all visible: "Linear | Log". Real buttons inside, so keyboard and screen readers work.
class SegmentedControl : public ExclusiveRow {
    Q_OBJECT

public:
    explicit SegmentedControl(QWidget* parent = nullptr);
    /// The name a screen reader says is the control's accessibleName() and the segment's text.
    void addSegment(const QString& id, const QString& text, const QString& toolTip = {});

protected:
    void paintEvent(QPaintEvent*) override;
};

/// One of many, in a menu: "INT4 ▾". The chosen id is shown in the sentence it stands in.
class ChoiceButton : public QToolButton {
    Q_OBJECT

public:
    explicit ChoiceButton(QWidget* parent = nullptr);
    void addChoice(const QString& id, const QString& text, const QString& explanation = {});
    void addHeading(const QString& text);
    void clear();
    QString current() const { return m_current; }
    void setCurrent(const QString& id, const QString& shownText = {});

signals:
    void chosen(const QString& id);

protected:
    void paintEvent(QPaintEvent*) override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

private:
    QString textOf(const QString& id) const;

    QString m_current;
};

/// Underlined tabs: "Number line · All values".
class TabStrip : public ExclusiveRow {
    Q_OBJECT

public:
    explicit TabStrip(QWidget* parent = nullptr);
    void addTab(const QString& id, const QString& text);
};

/// A button of the house: quiet (border), or primary (accent fill). Never narrower than its text.
class PushButton : public QAbstractButton {
    Q_OBJECT

public:
    enum class Role { Quiet, Primary, Chip };
    explicit PushButton(const QString& text, Role role = Role::Quiet, QWidget* parent = nullptr);
    void setKeyHint(const QString& key);   ///< "Esc", small, after the text.
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent*) override;
    void keyPressEvent(QKeyEvent*) override;
    void enterEvent(QEnterEvent*) override { update(); }
    void leaveEvent(QEvent*) override { update(); }

private:
    Role m_role;
    QString m_keyHint;
};

/// What is being done, how far, how fast, how long still, and Cancel. Hidden until 200 ms have passed.
class ProgressLine : public QWidget {
    Q_OBJECT

public:
    explicit ProgressLine(QWidget* parent = nullptr);
    ~ProgressLine() override;
    void begin(const QString& what);
    void setFraction(double fraction, const QString& rate = {});
    void end();

signals:
    void cancelRequested();

private:
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

/// A sentence at the top of a page that says what went wrong and what to do; closes by itself never.
class ProblemBar : public QFrame {
    Q_OBJECT

public:
    explicit ProblemBar(QWidget* parent = nullptr);
    void showSentence(const QString& sentence);   ///< Empty hides it.
    QString sentence() const;

protected:
    void paintEvent(QPaintEvent*) override;

private:
    QLabel* m_text;
    QWidget* m_dismiss;
};

/// Icons are drawn from SVG in the theme's colour at the screen's resolution.
QIcon themedIcon(const QString& name, const QColor& colour);
/// The same, straight into a widget's painter: nothing to renew when the theme changes.
void drawIcon(QPainter&, const QString& name, const QRectF& area, const QColor& colour);

/// "&" in a name is a letter, not a mnemonic.
QString menuText(QString text);
/// A menu's line: the name, and small at its right what it is, cut with "…" where it is long.
QString menuLine(const QString& text, const QString& explanation);

}  // namespace quantoscope
