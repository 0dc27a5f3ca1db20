// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/formats/number_format.h"

#include <QJsonObject>
#include <QWidget>

#include <optional>

namespace quantoscope {

class Figure;
class PushButton;
class TextLabel;
class WordsPanel;
class Workspace;

/// A weight of the open model whose code came here from Quantize: what it was, what its bits make of it
/// now, what the sample model then says, and the way back. Seen only while the page's state holds a
/// weight and the model and scheme it came from are the present ones. Under a method of error compensation it
/// brings the method along, and no words where the method looked at inputs that are not the model's.
class BorrowedWeight : public QWidget {
    Q_OBJECT

public:
    BorrowedWeight(Workspace& workspace, Figure& page);

    /// What the weight is with a code of its format; NaN where the scheme has no such code. `weight` as in
    /// WeightPanel::numbersState().
    static double valueOf(const QJsonObject& weight, Code code);
    WordsPanel* words() const { return m_words; }
    bool isSettled() const;

private:
    void refresh();
    /// The code that the page shows now; empty where the weight's format is not among its rows any more.
    std::optional<Code> presentCode(const QJsonObject& weight) const;
    void showCode(const QJsonObject& weight, Code stored, Code present);

    Workspace& m_workspace;
    Figure& m_page;
    TextLabel* m_title;
    TextLabel* m_facts;
    PushButton* m_unflip;
    PushButton* m_back;
    WordsPanel* m_words;
};

}  // namespace quantoscope
