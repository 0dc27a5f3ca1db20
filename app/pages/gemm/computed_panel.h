// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QVariantMap>
#include <QWidget>

class QHBoxLayout;

namespace quantoscope {

class LineChart;
class TextLabel;

/// A view that computes what it shows, in the background and only when it is looked at: a line of controls, lines, and
/// what they say in words.
class ComputedPanel : public QWidget {
    Q_OBJECT

public:
    /// Starts what the state asks for and is not known yet.
    virtual void compute() = 0;
    virtual bool isComputing() const = 0;
    virtual QVariantMap readings() const = 0;
    virtual QByteArray csv() const = 0;

signals:
    void changed(const QString& what, const QString& mergeKey);
    void needed();     ///< Something is to be computed; whoever measures times decides when.
    void computed();
    void problem(const QString& sentence);

protected:
    ComputedPanel(const QString& chartName, QWidget* parent);
    /// True where nothing has to be computed for the present state.
    virtual bool isKnown() const = 0;
    /// Asks for what is not known, where somebody looks.
    void ask();
    void showEvent(QShowEvent*) override;

    QHBoxLayout* controls() { return m_controls; }
    LineChart& chart() { return *m_chart; }
    void setWords(const QString& words);

private:
    QHBoxLayout* m_controls;
    LineChart* m_chart;
    TextLabel* m_words;
};

/// A line of CSV: words, then numbers with nine digits.
QByteArray csvLine(const QStringList& words, std::initializer_list<double> numbers, const QStringList& more = {});

}  // namespace quantoscope
