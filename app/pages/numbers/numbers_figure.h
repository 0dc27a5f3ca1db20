// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pages/numbers/numbers_state.h"
#include "widgets/figure.h"

#include <functional>
#include <memory>

namespace quantoscope {

class LineCard;
class NumberRow;
enum class NumberStep;
class PresentedNumbers;
class Profile;
class RowsCard;
class ValueCard;

/// One value, many formats. The whole page, or a part of it that a lesson embeds.
class NumbersFigure : public Figure {
    Q_OBJECT

public:
    enum class Part {
        Page,         ///< Value, rows, number line.
        Rows,         ///< Value and rows.
        Lesson,       ///< All of it without the page's margins: lesson figure "numbers".
        BitView,      ///< One format's row that explains itself: "bit-view".
        NumberLine,   ///< The number line of the formats: "number-line".
        Arithmetic,   ///< One operation, digit by digit: "arithmetic".
        RunningSum,   ///< Sums of many terms: "running-sum".
        Build,        ///< A format put together: "build-format".
        Block,        ///< Values that share a scale: "block".
    };
    explicit NumbersFigure(Part part = Part::Page, QWidget* parent = nullptr);
    ~NumbersFigure() override;

    QJsonObject state() const override;
    void setState(const QJsonObject&) override;
    /// value, selected, rounding; of the selected row: format code stored relativeError ulpError
    /// absoluteError className ulp previous next; of every row: "fp16.code" and so on.
    QVariantMap readings() const override;
    bool isSettled() const override;
    QString commandLine() const override;
    QByteArray csv() const override;
    /// Of the Arithmetic tab: exact, rounded, error, absorbedBits, cancelledBits, isAbsorbed; of every
    /// running sum "naive.sum", "naive.stuckAt", "naive.stuckAfter" and so on, and exactSum.
    QVariantMap arithmeticReadings() const;
    /// Controls: value, examples, rounding, formats, bits, tabs, scale, operation, sum.
    void showOnlyControls(const QStringList&) override;
    void setPresenting(bool) override;
    QList<std::pair<QString, QString>> keys() const override;
    void toggleGhost() override;

    /// As if a person had typed it. False where it is not understood: the picture stays, a sentence
    /// says why.
    bool enterValue(const QString& text, bool finished = true);
    /// Where the formats that a person built are kept; without one they last as long as the page.
    void setProfile(Profile* profile);
    const QStringList& savedFormats() const { return m_saved; }
    QString problemSentence() const;
    const NumbersContent& content() const { return *m_content; }
    NumberRow* row(const QString& format) const;
    LineCard* lineCard() const { return m_lineCard; }
    ValueCard* valueCard() const { return m_valueCard; }

protected:
    void resizeEvent(QResizeEvent*) override;
    void keyPressEvent(QKeyEvent*) override;
    void changeEvent(QEvent*) override;

private:
    void connectParts();
    void connectArithmetic();
    void connectBuildAndBlock();
    void saveFormats(const QStringList& ids);
    QString tabOfPart() const;   ///< Empty where a part shows any.
    void enterList(bool isLeft, const QString& text, bool finished);
    void enterOperand(int operand, const QString& text, bool finished);
    bool showsRows() const;
    void arrange();
    void fitValueCard();
    void refresh();
    /// The neighbour of what a row stores (a ULP up or down), or half or twice of it (a binade).
    void step(const QString& format, quantoscope::NumberStep step);
    void select(const QString& format);
    void chooseRounding(Rounding);
    void chooseFormats(const QStringList& ids);
    void takeCode(const QString& format, Code code, const QString& text, const QString& mergeKey);
    bool takeTypedCode(const QString& text, bool finished);
    void forgetViewUnlessInside();
    /// Changes the state, shows it and records the step.
    void edit(const std::function<void(NumbersState&)>& change, const QString& text, const QString& mergeKey = {});

    Part m_part;
    NumbersState m_state;
    std::shared_ptr<const NumbersContent> m_content;
    std::optional<NumbersContent> m_ghost;
    ValueCard* m_valueCard;
    RowsCard* m_rowsCard;
    LineCard* m_lineCard;
    PresentedNumbers* m_presented = nullptr;
    std::optional<QStringList> m_controls;
    Profile* m_profile = nullptr;
    QStringList m_saved;         ///< Ids of built formats.
    bool m_presenting = false;
    int m_typing = 0;
};

}  // namespace quantoscope
