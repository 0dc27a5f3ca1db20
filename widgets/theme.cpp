// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/theme.h"

#include "widgets/house_style.h"

#include <QApplication>
#include <QFontDatabase>
#include <QPainter>
#include <QPalette>
#include <QWidget>

#include <algorithm>
#include <cmath>

// Outside any namespace: the macro declares a function of the global one.
static void registerAssets()
{
    Q_INIT_RESOURCE(assets);
}

namespace quantoscope {

namespace {

// Contrast of every text colour on window and card is at least 4.5 : 1 (tests/widgets/tst_theme.cpp).
const Theme rows[] = {
    {
        .id = ThemeId::Light, .name = "light", .isDark = false,
        .window = 0xF5F6F8, .rail = 0xFBFCFD, .card = 0xFFFFFF, .border = 0xE1E5EA,
        .control = 0xF1F3F6, .hover = 0xE9ECF0, .selectedRow = 0xECEBF8,
        .text = 0x14181F, .muted = 0x566070, .faint = 0x606A79, .grid = 0xEEF0F3, .axis = 0xB4BBC5,
        .accent = 0x4A45B5, .accentSoft = 0xECEBF8, .onAccent = 0xFFFFFF,
        .original = 0x7C8794, .quantized = 0x14181F, .error = 0xB64300, .good = 0x3B6E22,
        .prediction = 0x7A6E00, .predictionSoft = 0xFEFBDF,
        .sign = 0xCC79A7, .exponent = 0xE69F00, .mantissa = 0x0072B2, .integer = 0x009E73,
        .signInk = 0x8A3F68, .exponentInk = 0x855B00, .mantissaInk = 0x00578A, .integerInk = 0x00664A,
        .stroke = 1.3, .typeScale = 1.0, .zeroBitTint = 0.14, .outlinesZeroBits = false,
    },
    {
        .id = ThemeId::Dark, .name = "dark", .isDark = true,
        .window = 0x0E1116, .rail = 0x0A0D11, .card = 0x161A21, .border = 0x2B313C,
        .control = 0x0F1319, .hover = 0x20262F, .selectedRow = 0x262A45,
        .text = 0xE9ECF1, .muted = 0xA3ADBA, .faint = 0x8A94A3, .grid = 0x1E232C, .axis = 0x4A5464,
        .accent = 0xA9A4FF, .accentSoft = 0x28284A, .onAccent = 0x12131F,
        .original = 0x97A3B2, .quantized = 0xF4F6F9, .error = 0xFF8F57, .good = 0x86C766,
        .prediction = 0xD9CB4A, .predictionSoft = 0x2B2910,
        .sign = 0xCC79A7, .exponent = 0xE69F00, .mantissa = 0x56B4E9, .integer = 0x009E73,
        .signInk = 0xE3A3C6, .exponentInk = 0xF0BC4B, .mantissaInk = 0x86CBF2, .integerInk = 0x45C9A1,
        .stroke = 1.3, .typeScale = 1.0, .zeroBitTint = 0.16, .outlinesZeroBits = false,
    },
    {
        .id = ThemeId::Projector, .name = "projector", .isDark = false,
        .window = 0xFFFFFF, .rail = 0xFFFFFF, .card = 0xFFFFFF, .border = 0x8C8C8C,
        .control = 0xF2F2F2, .hover = 0xE2E2E2, .selectedRow = 0xE4E2F5,
        .text = QRgb{0}, .muted = 0x333333, .faint = 0x565656, .grid = 0xC4C4C4, .axis = QRgb{0},
        .accent = 0x352F9E, .accentSoft = 0xE4E2F5, .onAccent = 0xFFFFFF,
        .original = 0x5A6472, .quantized = QRgb{0}, .error = 0xA83C00, .good = 0x2B5A14,
        .prediction = 0x5C5300, .predictionSoft = 0xF8F0A0,
        .sign = 0xCC79A7, .exponent = 0xE69F00, .mantissa = 0x00639B, .integer = 0x008A64,
        .signInk = 0x6E2A50, .exponentInk = 0x5F4100, .mantissaInk = 0x00416A, .integerInk = 0x004D38,
        .stroke = 2.0, .typeScale = 1.16, .zeroBitTint = 0.18, .outlinesZeroBits = true,
    },
};

/// The row in force with the zoom folded into its type scale.
struct State {
    Theme theme = rows[0];
    double zoom = 1;
    double smallestText = 0;
};

State& state()
{
    static State s;
    return s;
}

QPalette paletteOf(const Theme& t)
{
    QPalette p;
    p.setColor(QPalette::Window, t.window);
    p.setColor(QPalette::WindowText, t.text);
    p.setColor(QPalette::Base, t.card);
    p.setColor(QPalette::AlternateBase, t.control);
    p.setColor(QPalette::Text, t.text);
    p.setColor(QPalette::PlaceholderText, t.faint);
    p.setColor(QPalette::Button, t.card);
    p.setColor(QPalette::ButtonText, t.text);
    p.setColor(QPalette::BrightText, t.error);
    p.setColor(QPalette::Highlight, t.accent);
    p.setColor(QPalette::HighlightedText, t.onAccent);
    p.setColor(QPalette::Link, t.accent);
    p.setColor(QPalette::LinkVisited, t.accent);
    p.setColor(QPalette::ToolTipBase, t.card);
    p.setColor(QPalette::ToolTipText, t.text);
    p.setColor(QPalette::Light, t.card);
    p.setColor(QPalette::Midlight, t.hover);
    p.setColor(QPalette::Mid, t.border);
    p.setColor(QPalette::Dark, t.axis);
    p.setColor(QPalette::Shadow, t.axis);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        p.setColor(QPalette::Disabled, role, t.faint);
    p.setColor(QPalette::Disabled, QPalette::Highlight, t.hover);
    p.setColor(QPalette::Disabled, QPalette::HighlightedText, t.faint);
    return p;
}

/// Gives the application palette and font, and tells every widget, also those with a font of their own.
void apply()
{
    if (!qobject_cast<HouseStyle*>(QApplication::style()))
        QApplication::setStyle(new HouseStyle);
    const QPalette palette = paletteOf(state().theme);
    const bool samePalette = QApplication::palette() == palette;
    QApplication::setPalette(palette);
    // In lists a selected row is a tint with its text unchanged, not a block of accent.
    QPalette lists = palette;
    lists.setColor(QPalette::Highlight, state().theme.selectedRow);
    lists.setColor(QPalette::HighlightedText, state().theme.text);
    QApplication::setPalette(lists, "QAbstractItemView");
    QApplication::setFont(uiFont(13));
    // Qt tells the widgets of a new palette, but only while its event loop runs: not in a picture or a test.
    const QWidgetList windows = QApplication::topLevelWidgets();
    if (std::ranges::any_of(windows, [&](const QWidget* w) { return w->palette().window() != palette.window(); })) {
        for (QWidget* widget : QApplication::allWidgets()) {
            QEvent event(QEvent::ApplicationPaletteChange);
            QCoreApplication::sendEvent(widget, &event);
        }
    }
    // Of a new type size only those without an own font.
    if (samePalette) {
        for (QWidget* widget : QApplication::allWidgets()) {
            QEvent event(QEvent::PaletteChange);
            QCoreApplication::sendEvent(widget, &event);
        }
    }
    for (QWidget* widget : QApplication::allWidgets())
        widget->updateGeometry();
}

QFont font(const QString& family, double pixels, QFont::Weight weight)
{
    QFont f(family);
    const double scaled = std::max(pixels * state().theme.typeScale, state().smallestText);
    f.setPixelSize(std::max(1, int(std::lround(scaled))));
    f.setWeight(weight);
    f.setHintingPreference(QFont::PreferNoHinting);
    return f;
}

}  // namespace

std::span<const Theme> themes()
{
    return rows;
}

const Theme& theme()
{
    return state().theme;
}

void setTheme(ThemeId id)
{
    const Theme& row = *std::ranges::find(rows, id, &Theme::id);
    state().theme = row;
    state().theme.typeScale *= state().zoom;
    apply();
}

void setZoom(double factor)
{
    if (factor == state().zoom)
        return;
    state().zoom = factor;
    setTheme(state().theme.id);
}

double zoom()
{
    return state().zoom;
}

void setSmallestText(double pixels)
{
    if (pixels == state().smallestText)
        return;
    state().smallestText = pixels;
    apply();
}

const Theme* findTheme(QStringView name)
{
    const auto found = std::ranges::find_if(rows, [name](const Theme& t) { return name == QLatin1String(t.name); });
    return found == std::end(rows) ? nullptr : &*found;
}

ThemeId systemTheme()
{
    // The platform's own palette: the application's may be one of ours already.
    static const bool dark = QApplication::palette().color(QPalette::Window).lightnessF() < 0.5
                             && !qobject_cast<HouseStyle*>(QApplication::style());
    return dark ? ThemeId::Dark : ThemeId::Light;
}

void loadFonts()
{
    static bool loaded = false;
    if (loaded)
        return;
    loaded = true;
    registerAssets();
    for (const char* file : {"Inter-Regular.otf", "Inter-Medium.otf", "Inter-SemiBold.otf", "Inter-Bold.otf",
                             "InterDisplay-SemiBold.otf", "InterDisplay-Bold.otf", "JetBrainsMono-Regular.ttf",
                             "JetBrainsMono-Medium.ttf", "JetBrainsMono-Bold.ttf"})
        QFontDatabase::addApplicationFont(QStringLiteral(":/fonts/") + QLatin1String(file));
}

QFont uiFont(double pixels, QFont::Weight weight)
{
    return font(QStringLiteral("Inter"), pixels, weight);
}

QFont titleFont(double pixels, QFont::Weight weight)
{
    QFont f = font(QStringLiteral("Inter Display"), pixels, weight);
    // Inter Display is drawn for large sizes; a little tighter still looks right from 20 pixels on.
    if (pixels >= 20)
        f.setLetterSpacing(QFont::PercentageSpacing, 98.5);
    return f;
}

QFont monoFont(double pixels, QFont::Weight weight)
{
    QFont f = font(QStringLiteral("JetBrains Mono"), pixels, weight);
    f.setStyleHint(QFont::Monospace);
    return f;
}

void fillHatched(QPainter& painter, const QRectF& area, const QColor& colour)
{
    if (area.isEmpty())
        return;
    painter.save();
    painter.setClipRect(area, Qt::IntersectClip);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool strong = theme().id == ThemeId::Projector;
    painter.setPen(QPen(colour, strong ? 1.5 : 1));
    // Lines of one global family, so that neighbouring areas join without a seam.
    const double step = strong ? 9 : 7;
    const double first = std::floor((area.left() + area.top()) / step) * step;
    for (double sum = first; sum <= area.right() + area.bottom(); sum += step)
        painter.drawLine(QPointF(sum - area.top(), area.top()), QPointF(sum - area.bottom(), area.bottom()));
    painter.restore();
}

}  // namespace quantoscope
