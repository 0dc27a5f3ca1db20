// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/gemm/gemm_bar.h"

#include "core/gemm/gemm_problem_text.h"
#include "widgets/theme.h"

#include <QCoreApplication>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QVBoxLayout>

namespace quantoscope {

namespace {

QString text(std::string_view words)
{
    return QString::fromUtf8(words.data(), qsizetype(words.size()));
}

}  // namespace

GemmBar::GemmBar(QWidget* parent)
    : Card(parent)
    , m_line(new QHBoxLayout)
    , m_preset(new ChoiceButton(this))
    , m_data(new ChoiceButton(this))
    , m_device(new ChoiceButton(this))
    , m_progress(new TextLabel({}, 12, QFont::Normal, TextTone::Muted, this))
    , m_run(new PushButton(tr("Run"), PushButton::Role::Primary, this))
    , m_cancel(new PushButton(tr("Cancel"), PushButton::Role::Quiet, this))
{
    layout()->setContentsMargins(space::gap, space::small, space::gap, space::small);
    body()->addLayout(m_line);
    m_line->setSpacing(space::small);

    m_preset->setAccessibleName(tr("Layer"));
    for (const LayerPreset& preset : layerPresets())
        m_preset->addChoice(QLatin1String(preset.id), QCoreApplication::translate("LayerPreset", preset.name),
                            QCoreApplication::translate("LayerPreset", preset.explanation));
    m_line->addWidget(m_preset);
    const char* const names[3] = {"M", "N", "K"};
    const QString meanings[3] = {tr("M, rows of x"), tr("N, output channels"), tr("K, input channels")};
    for (int side = 0; side < 3; ++side) {
        m_sides[side] = addField(QLatin1String(names[side]), meanings[side], 5);
        connect(m_sides[side], &QLineEdit::editingFinished, this, [this] {
            emit shapeTyped(m_sides[0]->text(), m_sides[1]->text(), m_sides[2]->text());
        });
    }
    m_data->setAccessibleName(tr("Data"));
    for (const GemmDataRow& row : gemmDataRows())
        m_data->addChoice(text(row.id), text(row.name));
    m_line->addWidget(m_data);
    m_seed = addField(tr("seed"), tr("Seed of the random data"), 3);
    connect(m_seed, &QLineEdit::editingFinished, this, [this] { emit seedTyped(m_seed->text()); });

    m_device->setAccessibleName(tr("Device"));
    m_line->addWidget(m_device);
    m_progress->setElides(true);
    m_progress->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_line->addWidget(m_progress, 1);
    m_cancel->setKeyHint(tr("Esc"));
    m_cancel->hide();
    m_line->addWidget(m_cancel);
    m_run->setKeyHint(tr("Ctrl+R"));
    m_run->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_R));   // As it says, wherever in the window the focus is.
    m_line->addWidget(m_run);

    connect(m_preset, &ChoiceButton::chosen, this, &GemmBar::presetChosen);
    connect(m_data, &ChoiceButton::chosen, this, &GemmBar::dataChosen);
    connect(m_device, &ChoiceButton::chosen, this, &GemmBar::deviceChosen);
    connect(m_run, &PushButton::clicked, this, &GemmBar::runRequested);
    connect(m_cancel, &PushButton::clicked, this, &GemmBar::cancelRequested);
}

QLineEdit* GemmBar::addField(const QString& label, const QString& name, int characters)
{
    auto* shown = new TextLabel(label, 12, QFont::Normal, TextTone::Muted, this);
    auto* field = new QLineEdit(this);
    field->setFont(monoFont(13));
    field->setAccessibleName(name);
    field->setToolTip(name);
    field->setAlignment(Qt::AlignHCenter);
    field->setFixedWidth(field->fontMetrics().horizontalAdvance(QString(characters + 2, QLatin1Char('0'))) + 8);
    m_line->addWidget(shown);
    m_line->addWidget(field);
    m_labels.push_back(shown);
    return field;
}

void GemmBar::show(const GemmState& state)
{
    m_preset->setCurrent(state.preset, state.preset == QLatin1String("custom") ? tr("custom shape") : QString());
    const std::int64_t sides[3] = {state.shape.m, state.shape.n, state.shape.k};
    for (int side = 0; side < 3; ++side)
        m_sides[side]->setText(QString::number(sides[side]));
    m_data->setCurrent(state.data);
    m_seed->setText(QString::number(state.seed));
    m_device->setCurrent(state.device);
    shortenDevice();
}

void GemmBar::setDevices(const std::vector<DeviceInfo>& devices)
{
    const QString current = m_device->current();
    m_device->clear();
    for (const DeviceInfo& device : devices) {
        if (device.isReady())
            m_device->addChoice(text(device.id), text(device.name), text(device.driver));
    }
    m_device->setCurrent(current);
    m_device->setVisible(devices.size() > 1);
    shortenDevice();
}

/// A recorded GPU's title is longer than the line has room for; the menu and the picture's own title have all of it.
void GemmBar::shortenDevice()
{
    const QString id = m_device->current();
    m_device->setCurrent(id);
    const QFontMetrics metrics(uiFont(13, QFont::DemiBold));
    const QString whole = m_device->text();
    m_device->setToolTip(whole);
    m_device->setCurrent(id, metrics.elidedText(whole, Qt::ElideMiddle, m_isCompact ? 180 : 360));
}

void GemmBar::setTensor(const QString& name)
{
    const QString preset = m_preset->current(), data = m_data->current();
    m_preset->clear();
    for (const LayerPreset& row : layerPresets())
        m_preset->addChoice(QLatin1String(row.id), QCoreApplication::translate("LayerPreset", row.name),
                            QCoreApplication::translate("LayerPreset", row.explanation));
    m_data->clear();
    for (const GemmDataRow& row : gemmDataRows())
        m_data->addChoice(text(row.id), text(row.name));
    if (!name.isEmpty()) {
        m_preset->addChoice(QStringLiteral("tensor"), tr("the open tensor"), name);
        m_data->addChoice(QStringLiteral("tensor"), tr("the open tensor"), tr("Its values as weights, random rows against them"));
    }
    m_preset->setCurrent(preset, preset == QLatin1String("custom") ? tr("custom shape") : QString());
    m_data->setCurrent(data);
}

void GemmBar::setRunning(bool running)
{
    m_run->setVisible(!running);
    m_cancel->setVisible(running);
}

void GemmBar::setProgress(const QString& progress)
{
    m_progress->setText(progress);
}

void GemmBar::setCompact(bool compact)
{
    if (compact != m_isCompact) {
        m_isCompact = compact;
        shortenDevice();
    }
    m_labels.back()->setVisible(!compact);
    m_seed->setVisible(!compact);
}

void GemmBar::showOnly(const QStringList& controls)
{
    const auto visible = [&](const char* name) { return controls.contains(QLatin1String(name)); };
    m_preset->setVisible(visible("layer"));
    for (int side = 0; side < 3; ++side) {
        m_sides[side]->setVisible(visible("shape"));
        m_labels[std::size_t(side)]->setVisible(visible("shape"));
    }
    m_data->setVisible(visible("data"));
    m_seed->setVisible(visible("seed"));
    m_labels.back()->setVisible(visible("seed"));
    m_device->setVisible(visible("device"));
}

}  // namespace quantoscope
