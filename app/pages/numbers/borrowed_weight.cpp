// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/numbers/borrowed_weight.h"

#include "app/pages/numbers/presented_numbers.h"
#include "app/pages/quantize/words_panel.h"
#include "app/workspace.h"
#include "core/compensation/compensation.h"
#include "widgets/controls.h"
#include "widgets/figure.h"
#include "widgets/plot_text.h"
#include "widgets/scheme_editor.h"
#include "widgets/theme.h"

#include <QHBoxLayout>
#include <QJsonArray>
#include <QVBoxLayout>

#include <cmath>

namespace quantoscope {

namespace {

std::optional<Code> codeOf(const QString& text)
{
    bool isCode = false;
    const Code code = text.toULongLong(&isCode, 0);
    return isCode ? std::optional(code) : std::nullopt;
}

QString hexCode(Code code)
{
    // Between letters the font would make a multiplication sign of the x.
    return QStringLiteral("0\u200Cx") + QString::number(code, 16).toUpper();
}

}  // namespace

BorrowedWeight::BorrowedWeight(Workspace& workspace, Figure& page)
    : QWidget(&page)
    , m_workspace(workspace)
    , m_page(page)
    , m_title(new TextLabel({}, 13, QFont::DemiBold, TextTone::Normal, this))
    , m_facts(new TextLabel({}, 13, QFont::Normal, TextTone::Muted, this))
    , m_unflip(new PushButton(tr("As stored"), PushButton::Role::Quiet, this))
    , m_back(new PushButton(tr("Back to Quantize"), PushButton::Role::Primary, this))
    , m_words(new WordsPanel(workspace, this))
{
    auto* body = new QVBoxLayout(this);
    body->setContentsMargins(0, 0, 0, 0);
    body->setSpacing(space::small);
    auto* card = new Card(this);
    card->layout()->setContentsMargins(space::gap, space::small, space::normal, space::small);
    auto* line = new QHBoxLayout;
    line->setSpacing(space::normal);
    line->addWidget(m_title);
    line->addWidget(m_facts, 1);
    line->addWidget(m_unflip);
    line->addWidget(m_back);
    card->body()->addLayout(line);
    body->addWidget(card);
    body->addWidget(m_words);
    m_facts->setElides(true);
    m_title->setElides(true);
    m_words->setCompact(true);
    m_unflip->setObjectName(QStringLiteral("weightAsStored"));
    m_unflip->setToolTip(tr("Put the flipped bits back"));
    m_back->setObjectName(QStringLiteral("backToQuantize"));
    hide();
    connect(m_back, &QAbstractButton::clicked, this, [this] { m_workspace.requestPage(QStringLiteral("quantize")); });
    connect(m_unflip, &QAbstractButton::clicked, this, [this] {
        QJsonObject state = m_page.state();
        state[u"code"] = state[u"weight"].toObject()[u"code"];
        state[u"codeFormat"] = state[u"weight"].toObject()[u"format"];
        state[u"value"] = state[u"code"];
        m_page.setState(state);
        emit m_page.changed(tr("put the bits back"), {});
    });
    connect(&m_page, &Figure::readingsChanged, this, &BorrowedWeight::refresh);
    connect(&m_workspace, &Workspace::schemeChanged, this, &BorrowedWeight::refresh);
    connect(&m_workspace, &Workspace::modelChanged, this, &BorrowedWeight::refresh);
    connect(m_words, &WordsPanel::settled, &m_page, &Figure::settled);
}

double BorrowedWeight::valueOf(const QJsonObject& weight, Code code)
{
    const QJsonArray levels = weight[u"levels"].toArray();
    if (!levels.isEmpty())
        return code < Code(levels.size()) && levels[int(code)].isDouble() ? levels[int(code)].toDouble() : std::nan("");
    const NumberFormat* const format = findNumberFormat(weight[u"format"].toString().toStdString());
    if (!format)
        return std::nan("");
    const double scale = weight[u"scale"].toDouble(1), offset = weight[u"offset"].toDouble(0);
    if (!format->asInteger())
        return double(float(scale * quantoscope::valueOf(*format, code)));
    NumberFormat plain = *format;
    std::get<IntegerFormat>(plain.kind).scale = 1;
    return double(float(scale * (quantoscope::valueOf(plain, code) - double(weight[u"zero"].toInteger())) + offset));
}

std::optional<Code> BorrowedWeight::presentCode(const QJsonObject& weight) const
{
    return codeOf(m_page.readings().value(weight[u"format"].toString() + QStringLiteral(".code")).toString());
}

void BorrowedWeight::refresh()
{
    const QJsonObject weight = m_page.state()[u"weight"].toObject();
    const auto stored = codeOf(weight[u"code"].toString()), present = presentCode(weight);
    const bool isHere = !weight.isEmpty() && stored && present && m_workspace.model()
        && findTensor(*m_workspace.model(), weight[u"tensor"].toString().toStdString())
        && weight[u"scheme"].toString().toStdString() == schemeText(m_workspace.scheme())
        && !m_page.findChild<PresentedNumbers*>();   // A hall sees one number.
    if (isHere)
        showCode(weight, *stored, *present);
    setVisible(isHere);
}

void BorrowedWeight::showCode(const QJsonObject& weight, Code stored, Code present)
{
    const double before = valueOf(weight, stored), now = valueOf(weight, present);
    const QString tensor = weight[u"tensor"].toString();
    const qint64 index = weight[u"index"].toInteger();
    m_title->setText(tr("Weight %1 of %2").arg(wholeNumber(double(index)), tensor));
    const CompensationMethod* const method = findCompensationMethod(weight[u"method"].toString().toStdString());
    QString scheme = SchemeEditor::shortName(m_workspace.scheme());
    if (method)
        scheme = tr("%1, %2").arg(scheme, QString::fromUtf8(method->name.data(), qsizetype(method->name.size())));
    const bool speaks = weight[u"speaks"].toBool(true);
    m_words->setMethod(weight[u"method"].toString());
    m_words->setVisible(speaks);
    const double scale = weight[u"scale"].toDouble(1), offset = weight[u"offset"].toDouble(0);
    QString times = scale != 1 && !weight.contains(u"levels") ? tr(", scale %1").arg(roundedNumber(scale, 4)) : QString();
    if (offset != 0)
        times += tr(", plus %1").arg(roundedNumber(offset, 4));
    const QString next = speaks ? tr("Flip a bit, read what the model then says.") : tr("Flip a bit: another weight.");
    m_facts->setText(present == stored
                         ? tr("%1: code %2%3 is stored as %4. %5").arg(scheme, hexCode(stored), times, roundedNumber(before, 5), next)
                         : tr("%1: code %2 → %3%4, stored as %5 → %6.").arg(scheme, hexCode(stored), hexCode(present), times, roundedNumber(before, 4), roundedNumber(now, 4)));
    m_unflip->setVisible(present != stored);
    m_words->setChangedWeight(present == stored || !speaks ? std::nullopt
                                                : std::optional(ChangedWeight{tensor.toStdString(), index, float(now)}));
}

bool BorrowedWeight::isSettled() const
{
    return m_words->isSettled();
}

}  // namespace quantoscope
