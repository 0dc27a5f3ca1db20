// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QAbstractButton;
class QButtonGroup;

namespace quantoscope {

/// The pages at the left edge, icon and word each, walked from the table; the theme switch at its foot.
class Rail : public QWidget {
    Q_OBJECT

public:
    explicit Rail(QWidget* parent = nullptr);
    void setCurrent(const QString& page);   ///< None where it is no page of the table.

signals:
    void pageChosen(const QString& id);
    void themeSwitched();

protected:
    void paintEvent(QPaintEvent*) override;
    void changeEvent(QEvent*) override;

private:
    void applyTheme();

    QButtonGroup* m_group;
    QAbstractButton* m_theme;
};

}  // namespace quantoscope
