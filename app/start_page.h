// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QWidget>

namespace quantoscope {

/// First start: three doors (learn, explore π, open a model), shown once and when asked for.
class StartPage : public QWidget {
    Q_OBJECT

public:
    explicit StartPage(QWidget* parent = nullptr);

protected:
    void resizeEvent(QResizeEvent*) override;

signals:
    void pageChosen(const QString& id, const QJsonObject& state);
    void fileWanted();
    void sampleWanted();

private:
    QWidget* m_footer;
};

}  // namespace quantoscope
