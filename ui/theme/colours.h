// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QPalette>

namespace lunargate::ui {

/// What a colour says. Texts in any of them are readable on every background of their scheme (contrast 4.5 and more).
enum class Tone { Normal, Muted, Accent, Ok, Warning, Error };

/// The colours of one scheme.
struct Colours
{
    QColor window;  ///< behind everything
    QColor sidebar; ///< behind the navigation
    QColor surface; ///< behind texts and tables
    QColor hover;
    QColor selection;
    QColor border;
    QColor text;
    QColor muted;
    QColor accent;
    QColor onAccent; ///< texts on it
    QColor ok;
    QColor warning;
    QColor error;
    // In plots: who cannot tell colours apart sees that the first two differ in brightness, and the third in hue from
    // both (blue and orange).
    QColor series;
    QColor seriesTint;  ///< a part of the first
    QColor seriesOther; ///< something else

    QColor of(Tone tone) const;
    /// For Qt's own painting.
    QPalette palette() const;
};

const Colours &lightColours();
const Colours &darkColours();

/// The scheme that a palette is of.
Colours coloursOf(const QPalette &palette);

/// How well two colours can be told apart, from 1 to 21 (WCAG 2.2, "contrast ratio").
double contrast(const QColor &one, const QColor &other);

} // namespace lunargate::ui
