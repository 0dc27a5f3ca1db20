// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/start_page.h"

#include "app/page.h"
#include "app/start_door.h"
#include "app/workspace.h"
#include "widgets/controls.h"
#include "widgets/theme.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QVBoxLayout>

namespace quantoscope {

namespace {

/// The stack of layers beside the line about the sample model.
class ModelSign : public QWidget {
public:
    explicit ModelSign(QWidget* parent)
        : QWidget(parent)
    {
        setFixedSize(24, 24);
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        drawIcon(painter, QStringLiteral("models"), rect(), theme().muted);
    }
};

}  // namespace

StartPage::StartPage(QWidget* parent)
    : QWidget(parent)
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::margin, space::margin + 8, space::margin, space::padding);
    column->setSpacing(0);
    column->addWidget(new TextLabel(QStringLiteral("Quantoscope"), 38, QFont::DemiBold, TextTone::Normal, this));
    column->addSpacing(6);
    auto* promise = new TextLabel(tr("See what a number loses when it is stored in fewer bits, and what that buys."), 17,
                                  QFont::Normal, TextTone::Muted, this);
    promise->setWordWrap(true);
    column->addWidget(promise);
    column->addSpacing(space::padding);

    auto* doors = new QHBoxLayout;
    doors->setSpacing(space::padding);
    column->addLayout(doors, 100);
    const auto addDoor = [&](const StartDoor::Words& words, StartDoor::Draw draw, auto open) {
        auto* door = new StartDoor(words, draw, doors->isEmpty(), this);
        door->setMaximumSize(560, 520);
        doors->addWidget(door);
        connect(door, &QAbstractButton::clicked, this, open);
    };
    if (findPage(u"lessons"))
        addDoor({tr("Learn"), tr("Lesson 0 goes from powers of two to your first rounding error. You predict, then you see. "
                                 "No mathematics is assumed."),
                 tr("Start lesson 0"), tr("8 minutes · progress is kept"), QStringLiteral("Alt+1")},
                drawStaircase, [this] { emit pageChosen(QStringLiteral("lessons"), {{QStringLiteral("lesson"), 0}}); });
    if (findPage(u"numbers"))
        addDoor({tr("Explore π"), tr("One value in every format at once. Flip a bit and watch the number move; nothing can break."),
                 tr("Open Numbers"), tr("for the curious and for the lecture hall"), QStringLiteral("Alt+2")},
                drawPiInFormats, [this] { emit pageChosen(QStringLiteral("numbers"), {}); });
    if (findPage(u"models"))
        addDoor({tr("Open a model"), tr("Which tensors will hurt at 4 bits? Look at the weights of a safetensors, GGUF or NumPy file of any size."),
                 tr("Choose a file …"), tr("or drop it anywhere in this window"), QStringLiteral("Alt+3")},
                drawLayers, [this] { emit fileWanted(); });

    column->addSpacing(space::gap);
    auto* offer = new Card(this);
    auto* line = new QHBoxLayout;
    line->setSpacing(space::gap);
    line->addWidget(new ModelSign(offer));
    auto* words = new QVBoxLayout;
    words->setSpacing(3);
    words->addWidget(new TextLabel(tr("No model at hand?"), 13, QFont::DemiBold, TextTone::Normal, offer));
    words->addWidget(new TextLabel(tr("A small language model is included. It invents English words."), 13, QFont::Normal, TextTone::Muted, offer));
    line->addLayout(words, 1);
    auto* open = new PushButton(tr("Open the sample model"), PushButton::Role::Quiet, offer);
    connect(open, &QAbstractButton::clicked, this, &StartPage::sampleWanted);
    line->addWidget(open);
    offer->body()->addLayout(line);
    offer->setVisible(!Workspace::sampleModelPath().isEmpty());
    column->addWidget(offer);

    column->addStretch(1);
    column->addSpacing(space::gap);
    m_footer = new QWidget(this);
    auto* foot = new QHBoxLayout(m_footer);
    foot->setContentsMargins(0, 0, 0, 0);
    foot->addWidget(new TextLabel(tr("Shown once. Ctrl+K, then “first start”, brings these doors back."), 12, QFont::Normal,
                                  TextTone::Muted, this));
    foot->addStretch(1);
    foot->addWidget(new TextLabel(tr("Nothing leaves this computer."), 12, QFont::Normal, TextTone::Muted, this));
    column->addWidget(m_footer);
}

void StartPage::resizeEvent(QResizeEvent*)
{
    // Where height is short the doors keep it: what stands around them gives way first.
    const bool isShort = height() < 680;
    layout()->setContentsMargins(space::margin, isShort ? space::gap : space::margin + 8, space::margin,
                                 isShort ? space::normal : space::padding);
    m_footer->setVisible(!isShort);
    for (StartDoor* door : findChildren<StartDoor*>())
        door->setIsCompact(isShort);
}

}  // namespace quantoscope
