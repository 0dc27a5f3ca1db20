// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QCustomPlot;
class QCPAxis;
class QWidget;

namespace quantoscope {

/// A QCustomPlot in the manner of the house: no frame, a light horizontal grid, ticks outside, the type
/// and colours of the theme. The header of QCustomPlot costs six seconds a file, so it stays in .cpp files.
QCustomPlot* makeHousePlot(QWidget* parent);

/// Colours and fonts of the present theme; call again when it changes.
void applyTheme(QCustomPlot& plot);

/// Ticks at the powers of two (or four …), labelled "1/4", "16": for axes on which a step is a doubling.
void setPowerTicks(QCPAxis& axis, int base, const char* suffix = "");

}  // namespace quantoscope
