// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QFont>
#include <QString>

#include <span>

class QPainter;
class QRectF;

namespace quantoscope {

enum class ThemeId { Light, Dark, Projector };

/// Every colour and measure of one theme. Sign, exponent, mantissa and integer are used for those
/// fields and for nothing else; `…Ink` is the darker hue for text on the tint of a 0 bit.
struct Theme {
    ThemeId id;
    const char* name;   ///< "light", "dark", "projector": settings, links and the command line.
    bool isDark;

    QColor window;        ///< Behind the cards.
    QColor rail;
    QColor card;
    QColor border;        ///< One pixel, around cards and controls.
    QColor control;       ///< Fill of a quiet button or chip.
    QColor hover;
    QColor selectedRow;   ///< A selected row or list entry.
    QColor text;
    QColor muted;
    QColor faint;
    QColor grid;
    QColor axis;

    QColor accent;        ///< Interactive and selected: indigo.
    QColor accentSoft;    ///< Its tint.
    QColor onAccent;      ///< Text on it.
    QColor original;      ///< Slate grey: weights as they are in the file.
    QColor quantized;     ///< Ink: what is stored.
    QColor error;         ///< Vermilion: error, clipped, warning.
    QColor good;
    QColor prediction;
    QColor predictionSoft;

    QColor sign, exponent, mantissa, integer;
    QColor signInk, exponentInk, mantissaInk, integerInk;

    double stroke;        ///< Width of a data line, pixels at 100 %.
    double typeScale;     ///< Factor on every type size.
    double zeroBitTint;   ///< Opacity of a 0 bit's fill.
    bool outlinesZeroBits;
};

std::span<const Theme> themes();
const Theme& theme();            ///< The one in force.
void setTheme(ThemeId);          ///< Sets the application's palette and fonts; widgets get PaletteChange.
/// Ctrl + and Ctrl −: a factor on every type size, in every theme. Plots keep their own zoom.
void setZoom(double factor);
double zoom();
/// No text is drawn smaller than this many pixels, 0 for no limit: presenter mode.
void setSmallestText(double pixels);
const Theme* findTheme(QStringView name);
/// The theme that fits the system's palette (Qt 6.4 has no QStyleHints::colorScheme).
ThemeId systemTheme();

/// Loads the bundled fonts; call once, before the first widget.
void loadFonts();
/// The scale of type, in pixels at 100 %: 11 small print, 12 labels, 13 body, 15 card titles, 20, 30, 40.
QFont uiFont(double pixels, QFont::Weight weight = QFont::Normal);      ///< Inter
QFont titleFont(double pixels, QFont::Weight weight = QFont::DemiBold); ///< Inter Display
QFont monoFont(double pixels, QFont::Weight weight = QFont::Normal);    ///< JetBrains Mono: bits, codes, columns of digits

/// Diagonal hatching for what is clipped: in every theme, not by colour alone.
void fillHatched(QPainter&, const QRectF&, const QColor&);

/// Spacing: everything is a multiple of 4.
namespace space {
inline constexpr int tight = 4, small = 8, normal = 12, gap = 16, padding = 20, margin = 28;
inline constexpr int radius = 10;
}  // namespace space

}  // namespace quantoscope
