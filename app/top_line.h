// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QMenu;
class QToolButton;

namespace quantoscope {

class Crumb;
class PillButton;
class Workspace;

/// The line all pages share: model ▸ tensor ▸ scheme, each of which opens its menu or list; at the
/// right what computes, and the field that finds anything.
class TopLine : public QWidget {
    Q_OBJECT

public:
    explicit TopLine(Workspace& workspace, QWidget* parent = nullptr);
    /// Filled by the window each time before it is shown.
    QMenu* modelMenu() { return m_modelMenu; }
    void setShowsDevices(bool shows);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

signals:
    void tensorListRequested(const QPoint& below);   ///< In this widget's coordinates.
    void searchRequested();
    void schemeChosen(const QString& text);          ///< A named scheme.
    void editSchemeRequested();

protected:
    void paintEvent(QPaintEvent*) override;
    void resizeEvent(QResizeEvent*) override;
    void changeEvent(QEvent*) override;

private:
    void refresh();
    void arrange();
    void fillSchemeMenu();
    void fillDeviceMenu();

    Workspace& m_workspace;
    Crumb* m_model;
    Crumb* m_tensor;
    Crumb* m_scheme;
    PillButton* m_device;
    PillButton* m_search;
    QMenu* m_modelMenu;
    QMenu* m_schemeMenu;
    QMenu* m_deviceMenu;
    bool m_showsDevices = true;
};

}  // namespace quantoscope
