// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/formats/stored_number.h"
#include "widgets/bit_fields.h"

#include <QWidget>

namespace quantoscope {

/// A float format as a picture: its fields with the bits of a value in them, and what it can hold.
class FormatSheet : public QWidget {
    Q_OBJECT

public:
    explicit FormatSheet(QWidget* parent = nullptr);
    void show(const NumberFormat& format, const StoredNumber& stored);
    void setCompact(bool compact);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {360, sizeHint().height()}; }

    struct Fact {
        QString name, value, note;
    };
    const std::vector<Fact>& facts() const { return m_facts; }

protected:
    void paintEvent(QPaintEvent*) override;

private:
    void collectFacts();
    double paintFields(QPainter&) const;   ///< Returns where they end.

    NumberFormat m_format;
    StoredNumber m_stored;
    std::vector<Fact> m_facts;
    bool m_compact = false;
};

}  // namespace quantoscope
