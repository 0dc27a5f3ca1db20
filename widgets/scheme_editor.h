// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/quantization/quantization_scheme.h"

#include <QWidget>

#include <vector>

class QHBoxLayout;
class QMenu;

namespace quantoscope {

class ChoiceButton;
class FormatMenu;
class TextLabel;

/// A scheme as one sentence whose words can be chosen: "INT4 · symmetric · one scale per tensor ·
/// clipped at least squared error · nearest even". Offers only what the parts allow each other, so
/// every sentence is a scheme. Every word opens with one key and every frequent choice of it is one more
/// (the underlined letter): "E 4" is INT4, "P 6" one scale per 64 weights.
class SchemeEditor : public QWidget {
    Q_OBJECT

public:
    explicit SchemeEditor(QWidget* parent = nullptr);

    /// Emits nothing. While a hand drags, "by hand" stands without its numbers: words that change
    /// their width sixty times a second would lay out the whole window anew each time.
    void setScheme(const QuantizationScheme&, bool isDragging = false);
    const QuantizationScheme& scheme() const { return m_scheme; }
    /// The range in force, so that "by hand" begins where the method before left off.
    void setPresentRange(double low, double high);
    /// Leaves out the small words where there is little width.
    void setCompact(bool compact);
    /// Names of the words that stay, for lessons: element, symmetry, granularity, clip, rounding, scale,
    /// fit, rule, method. An empty list shows all.
    void showOnly(const QStringList& words);
    /// Opens the menu of a word that is shown: E element, S symmetry, P per, C clip, R rounding, Q scale,
    /// T the power of two a scale becomes, F fit. False where the key is none of them.
    bool openByKey(int key);
    /// The levels in force, ascending, so that placing them by hand begins there.
    void setPresentLevels(std::vector<double> levels);
    ChoiceButton* word(const QString& name) const;
    /// Ids of the formats that the person built; they are elements too.
    void setOwnFormats(const QStringList& ids);
    /// Adds the last word, which names a method of error compensation (key M). Empty: rounding alone. The
    /// method is no part of the scheme: it says which of its codes are chosen.
    void setOffersMethods();
    void setMethod(const QString& id);
    QString method() const;

    /// Short names, for ghosts and marks: "INT4, least squares".
    static QString shortName(const QuantizationScheme&);
    static QString clipName(const Clip&);

protected:
    void resizeEvent(QResizeEvent*) override;

signals:
    /// By the person; `step` names it for undo: "choose INT4".
    void schemeChosen(const QuantizationScheme& scheme, const QString& step);
    void methodChosen(const QString& id, const QString& step);

private:
    void fillElements();
    void fillBlocks();
    void fillChoices();
    void fillScales();
    static void addScales(QMenu* menu, const FormatMenu& formats);
    void offerMethods();   ///< Only the calibration methods that the present scheme can have.
    void describe();       ///< Shows the words of m_scheme.
    void describeElement();
    void describeGranularity();
    void describeClip();
    void showWords();
    void fitWords();
    void choose(QuantizationScheme scheme, const QString& word);
    void chooseWord(const QString& name, const QString& id);
    void chooseElement(const QString& id);
    void chooseGranularity(const QString& id);
    void chooseClip(const QString& id);
    void chooseFit(const QString& id);
    TextLabel* addWord(const QString& text);
    ChoiceButton* addButton(const QString& name, const QString& spokenName, const QString& key);

    QuantizationScheme m_scheme;
    double m_presentLow = 0, m_presentHigh = 0;
    std::vector<double> m_presentLevels;
    bool m_isCompact = false;
    bool m_isTight = false;   ///< Not even the words between the choices fit.
    bool m_isDragging = false;
    QStringList m_only;
    QHBoxLayout* m_layout;
    ChoiceButton* m_element;
    QMenu* m_ownElements = nullptr;
    ChoiceButton* m_symmetry;
    TextLabel* m_perWord;
    ChoiceButton* m_granularity;
    TextLabel* m_clipWord;
    ChoiceButton* m_clip;
    ChoiceButton* m_rounding;
    TextLabel* m_scaleWord;
    ChoiceButton* m_scale;
    TextLabel* m_fitWord;
    ChoiceButton* m_fit;
    TextLabel* m_ruleWord;
    ChoiceButton* m_rule;
    ChoiceButton* m_method = nullptr;
};

/// Keeps what the new element or granularity cannot have from making a sentence that is no scheme.
QuantizationScheme madeConsistent(QuantizationScheme);

}  // namespace quantoscope
