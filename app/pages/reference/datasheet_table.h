// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QGridLayout;

namespace quantoscope {

struct GpuDatasheet;

/// The numbers of one GPU's datasheet, a line each: what, how much, how many bytes memory delivers in the time of
/// one operation, and where the number stands.
class DatasheetTable : public QWidget {
    Q_OBJECT

public:
    explicit DatasheetTable(QWidget* parent = nullptr);
    void setSheet(const GpuDatasheet&);

private:
    void addLine(const QString& what, const QString& value, const QString& bytes, const QString& source, bool isHead = false);

    QGridLayout* m_lines;
    int m_lineCount = 0;
};

}  // namespace quantoscope
