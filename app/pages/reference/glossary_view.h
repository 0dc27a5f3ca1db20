// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLineEdit;
class QListWidget;

namespace quantoscope {

class TextLabel;

/// The glossary: a field that filters, the terms, and the chosen one explained with its relatives.
class GlossaryView : public QWidget {
    Q_OBJECT

public:
    explicit GlossaryView(QWidget* parent = nullptr);
    QString current() const;
    void setCurrent(const QString& id);

signals:
    void changed(const QString& text);

protected:
    void changeEvent(QEvent*) override;

private:
    void filter(const QString& words);
    void showCurrent();
    void applyTheme();

    QLineEdit* m_field;
    QListWidget* m_list;
    TextLabel* m_title;
    TextLabel* m_text;
    QWidget* m_related;
    bool m_isRestoring = false;
};

}  // namespace quantoscope
